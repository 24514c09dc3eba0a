"""Recognises the text of pictures (OCR) with the program tesseract, one page after the other or a few at a time.

Tesseract is called as a program: it needs no Python package, its time can be limited, and where it is not installed
that is said. It reads the languages whose data are installed beside it; where there are many, English alone, since
each further one slows it and adds mistakes.
"""

import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from ..errors import ConfigurationError, DamagedInput, NoTextInput, TooLargeInput
from .decoding import clean
from .pdf_words import Word

INSTALL_HINT = (
    "Install tesseract (Debian and Ubuntu: apt install tesseract-ocr, and tesseract-ocr-deu for German, and so on) and "
    "add it again; or run OCR on it yourself (for example ocrmypdf) and add the result."
)
_PAGE_SECONDS = 300
_MOST_LANGUAGES = 4
_LEAST_CONFIDENCE = 30
_LEAST_MEDIAN_CONFIDENCE = 50
_SAME_SIZE = 0.2
_USUAL_POINTS = 10.0


@dataclass(slots=True)
class _Line:
    """A recognised line: the height of its letters and its words, in pixels."""

    baseline: float
    size: float
    descent: float
    words: list[tuple[str, float, float]] = field(default_factory=list)


def is_installed() -> bool:
    """Tell whether the program is there."""
    return shutil.which("tesseract") is not None


def recognise(picture: bytes, dots_per_inch: int | None = None) -> list[list[Word]]:
    """Return the words of each page of a picture, as pdf_words does; a page without readable text has none.

    Args:
        picture: a PNG, JPEG, TIFF or PNM file; a TIFF may hold several pages.
        dots_per_inch: how fine it is; where that is not known, its usual letters are taken for 10 points high.

    Raises:
        NoTextInput: tesseract is not installed. DamagedInput: it cannot read the picture.
        TooLargeInput: it takes too long.
    """
    if not is_installed():
        raise NoTextInput("It is a picture, and tesseract, which recognises text, is not installed.", hint=INSTALL_HINT)
    pages = _pages(_run(picture, dots_per_inch))
    return [_words(lines, 72 / dots_per_inch if dots_per_inch else None) for lines in pages]


def _run(picture: bytes, dots_per_inch: int | None) -> bytes:
    languages, layout_mode = _languages()
    command = ["tesseract", "stdin", "stdout", "-l", languages, "--psm", layout_mode]
    if dots_per_inch:
        command += ["--dpi", str(dots_per_inch)]
    # Its own threads gain little; several pages at a time gain all.
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            [*command, "hocr"], input=picture, capture_output=True, env=environment, timeout=_PAGE_SECONDS, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise TooLargeInput(f"A page was not recognised within {_PAGE_SECONDS} seconds.") from error
    except subprocess.CalledProcessError as error:
        reason = clean(error.stderr.decode(errors="replace")).strip().split("\n")[0][:200]
        raise DamagedInput(f"The picture cannot be read: {reason}") from error
    return done.stdout


@cache
def _languages() -> tuple[str, str]:
    """Return the languages to read, and the layout mode: with the data for it, turned pages are put upright."""
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=60, check=True, text=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise ConfigurationError(f"tesseract does not run: {error}", hint=INSTALL_HINT) from error
    names = listed.stdout.split("\n")[1:]
    found = sorted(name for name in names if name.isalpha() and name != "osd")
    if not found:
        raise ConfigurationError("tesseract has no data of any language.", hint=INSTALL_HINT)
    english_first = sorted(found, key=lambda name: name != "eng")
    chosen = english_first if len(found) <= _MOST_LANGUAGES else english_first[:1]
    return "+".join(chosen), "1" if "osd" in names else "3"


def _pages(hocr: bytes) -> Iterator[list[_Line]]:
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (lxml ships no types)

    root = etree.fromstring(hocr, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    for page in root.iterfind(".//{*}div[@class='ocr_page']"):
        lines: list[_Line] = []
        confidences: list[float] = []
        for node in page.iterfind(".//{*}span"):
            said = _properties(node.get("title", ""))
            if "x_size" in said:
                bottom = said["bbox"][3] + said.get("baseline", [0.0, 0.0])[1]
                lines.append(_Line(bottom, said["x_size"][0], said.get("x_descenders", [0.0])[0]))
            elif "x_wconf" in said and lines:
                confidences.append(said["x_wconf"][0])
                text = clean("".join(node.itertext())).strip()
                if text and said["x_wconf"][0] >= _LEAST_CONFIDENCE:
                    lines[-1].words.append((text, said["bbox"][0], said["bbox"][2]))
        # The grain of a photograph is recognised as words too, but never with confidence.
        is_text = bool(confidences) and statistics.median(confidences) >= _LEAST_MEDIAN_CONFIDENCE
        yield lines if is_text else []


def _properties(title: str) -> dict[str, list[float]]:
    """Return the properties of an hOCR element: "bbox 1 2 3 4; x_size 5" and the like."""
    found: dict[str, list[float]] = {}
    for part in title.split(";"):
        name, *values = part.split()
        if name in {"bbox", "baseline", "x_size", "x_descenders", "x_wconf"}:
            found[name] = [float(value) for value in values]
    return found


def _words(lines: list[_Line], points_a_pixel: float | None) -> list[Word]:
    sizes = [line.size for line in lines for _ in line.words]
    if not sizes:
        return []
    usual = statistics.median(sizes)
    scale = points_a_pixel or _USUAL_POINTS / usual
    words: list[Word] = []
    for line in lines:
        # Measured on few letters, the height varies; headings differ by more.
        size = usual if abs(line.size - usual) < _SAME_SIZE * usual else line.size
        bottom = (line.baseline + line.descent) * scale
        top = bottom - size * scale
        words += [Word(text, left * scale, right * scale, top, bottom) for text, left, right in line.words]
    return words
