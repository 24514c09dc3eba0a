"""Lines of a PDF page: characters with their boxes put together to words, words to lines in reading order.

Coordinates here are those of the page as it is seen: x to the right, y down, in points.
"""

import ctypes
import statistics
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .pdf_columns import in_reading_order

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_LINE_BREAK_HYPHENS = {0x2: "-", 0xAD: "-"}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BLANKS = frozenset({0x9, 0xA, 0xD, 0x20, 0xA0, 0x2000, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F, 0x3000})
_DROPPED = frozenset({0x0, 0xFEFF, 0xFFFE, 0xFFFF, 0x200B, 0x2060})
_WORD_GAP = 0.2
"""A gap of this share of the font's height parts two words where the file has no blank between them."""

_CELL_GAP = 1.1
"""A gap of this share of the font's height may part two cells."""

_SAME_ROW = 0.4
"""Words that share this part of the lower one's height stand on one line; raised and lowered ones do."""


@dataclass(slots=True)
class Word:
    """Characters without a blank, their box, and the height of their font in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    bold: bool = False

    @property
    def height(self) -> float:
        """The height of the font in points."""
        return self.bottom - self.top


@dataclass(slots=True)
class Line:
    """A line of a page (or of a column of it): one segment, or the cells of a table row."""

    segments: list[list[Word]]
    page: int = 0

    @property
    def words(self) -> list[Word]:
        """All words from left to right."""
        return [word for segment in self.segments for word in segment]

    @property
    def text(self) -> str:
        """The words of the line with blanks between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """The left edge."""
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        """The right edge."""
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        """The upper edge of the tallest word."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """The lower edge of the lowest word."""
        return max(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        """The font height of most of its characters."""
        words = sorted(self.words, key=lambda word: word.height)
        return words[len(words) // 2].height

    @property
    def bold(self) -> bool:
        """Whether most of its characters are bold."""
        return sum(len(word.text) if word.bold else -len(word.text) for word in self.words) > 0


def read_lines(pdf: "PdfDocument", index: int) -> list[Line]:
    """Return the lines of the page at ``index`` (from 0) in reading order. Call under PDFium's lock."""
    page = pdf[index]
    text_page = page.get_textpage()
    try:
        words = _read_words(text_page.raw, page.get_rotation(), page.get_size())
    finally:
        text_page.close()
        page.close()
    lines = in_reading_order([Line(_segments(row)) for row in _rows(words)])
    for line in lines:
        line.page = index + 1
    return lines


def _read_words(raw: Any, rotation: int, size: tuple[float, float]) -> list[Word]:
    import pypdfium2.raw as pdfium

    words: list[Word] = []
    box = pdfium.FS_RECTF()
    box_pointer = ctypes.byref(box)
    get_unicode, get_box, get_weight = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox, _bold_reader(raw)
    word: Word | None = None
    for i in range(pdfium.FPDFText_CountChars(raw)):
        code = get_unicode(raw, i)
        if code in _BLANKS:
            word = None
            continue
        if code in _DROPPED or not get_box(raw, i, box_pointer):
            continue
        left, top, right, bottom = _seen(box.left, box.top, box.right, box.bottom, rotation, size)
        character = _LINE_BREAK_HYPHENS.get(code) or _LIGATURES.get(code) or chr(code)
        if word and _continues(word, left, right, top, bottom):
            word.text += character
            word.left, word.right = min(word.left, left), max(word.right, right)
        else:
            word = Word(character, left, right, top, bottom, get_weight(i))
            words.append(word)
    for word in words:
        word.text = _printable(word.text)
    return [word for word in words if word.text]


def _printable(text: str) -> str:
    """Return characters without control ones and with the halves of characters beyond 16 bits put together."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole if whole.isprintable() else "".join(filter(str.isprintable, whole))


def _bold_reader(raw: Any) -> Any:
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(256)
    flags = ctypes.c_int()

    def is_bold(i: int) -> bool:
        length = pdfium.FPDFText_GetFontInfo(raw, i, name, 256, ctypes.byref(flags))
        font = name.raw[: min(length, 256)].lower()
        named = b"bold" in font or b"black" in font or b"heavy" in font or b"-bd" in font or b"semibold" in font
        return named or pdfium.FPDFText_GetFontWeight(raw, i) >= 600

    return is_bold


def _seen(left: float, top: float, right: float, bottom: float, rotation: int, size: tuple[float, float]):
    """Return the box as seen, y down, on a page that is shown rotated by 0, 90, 180 or 270 degrees."""
    width, height = size
    match rotation:
        case 90:
            return bottom, left, top, right
        case 180:
            return width - right, bottom, width - left, top
        case 270:
            return width - top, height - right, width - bottom, height - left
        case _:
            return left, height - top, right, height - bottom


def _continues(word: Word, left: float, right: float, top: float, bottom: float) -> bool:
    """Tell whether a character stands right beside a word, on its line (on either side: some scripts run left)."""
    height = max(bottom - top, word.height, 1.0)
    if min(bottom, word.bottom) - max(top, word.top) < 0.5 * min(bottom - top, word.height):
        return False
    return left - word.right < _WORD_GAP * height and word.left - right < _WORD_GAP * height


def _rows(words: list[Word]) -> list[list[Word]]:
    """Put words of one height on the page together, from top to bottom; words stand in their reading direction."""
    rows: list[list[Word]] = []
    tallest: list[Word] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom) / 2):
        near = range(max(len(rows) - 3, 0), len(rows))
        best = max(near, key=lambda i: _overlap(tallest[i], word), default=None)
        if best is None or _overlap(tallest[best], word) < _SAME_ROW:
            rows.append([word])
            tallest.append(word)
            continue
        rows[best].append(word)
        tallest[best] = max(tallest[best], word, key=lambda word: word.height)
    return [sorted(row, key=lambda word: word.left, reverse=_runs_left(row)) for row in rows]


def _overlap(one: Word, other: Word) -> float:
    """Return the share of the lower word's height that stands at the height of the other one too."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / max(min(one.height, other.height), 0.1)


def _runs_left(row: list[Word]) -> bool:
    """Tell whether most letters are of a script that is written from right to left."""
    letters = [character for word in row for character in word.text if character.isalpha()]
    return sum(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in letters[:200]) * 2 > len(letters[:200])


def _segments(row: list[Word]) -> list[list[Word]]:
    """Cut a row at gaps that are wider than those between words."""
    segments = [[row[0]]]
    usual = statistics.median([_gap(before, word) for before, word in pairwise(row)] or [0])
    height = max(1.0, *(word.height for word in row))
    for before, word in pairwise(row):
        if _gap(before, word) > max(_CELL_GAP * height, 1.8 * min(usual, height)):
            segments.append([word])
        else:
            segments[-1].append(word)
    return segments


def _gap(before: Word, word: Word) -> float:
    return max(word.left - before.right, before.left - word.right, 0)
