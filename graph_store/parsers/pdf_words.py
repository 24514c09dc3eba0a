"""Words of a PDF page: characters with their boxes put together, in the order in which the file writes them.

Coordinates here are those of the page as it is seen: x to the right, y down, in points.
"""

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .pdf_bare_fonts import LIGATURES, heights_by_baseline

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_LINE_BREAK_HYPHENS = {0x2: "-", 0xAD: "-"}
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BLANKS = frozenset({0x9, 0xA, 0xD, 0x20, 0xA0, 0x2000, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F, 0x3000})
_DROPPED = frozenset({0x0, 0xFEFF, 0xFFFE, 0xFFFF, 0x200B, 0x2060})
_ALEFS = frozenset("\u0622\u0623\u0625\u0627")
_LAM = "\u0644"
_WORD_GAP = 0.2
"""A gap of this share of the font's height parts two words where the file has no blank between them."""


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
        """The height of the font in points; a damaged one has none, and is taken for a very small one."""
        return max(self.bottom - self.top, 0.1)


def read_words(pdf: "PdfDocument", index: int) -> list[Word]:
    """Return the words of the page at ``index`` (from 0). Call under PDFium's lock."""
    page = pdf[index]
    text_page = page.get_textpage()
    try:
        return _read_words(text_page.raw, page.get_rotation(), page.get_size())
    finally:
        text_page.close()
        page.close()


def _read_words(raw: Any, rotation: int, size: tuple[float, float]) -> list[Word]:
    import pypdfium2.raw as pdfium

    words: list[Word] = []
    box = pdfium.FS_RECTF()
    box_pointer = ctypes.byref(box)
    get_unicode, get_box, get_weight = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox, _bold_reader(raw)
    edges = {} if rotation % 180 else heights_by_baseline(raw)
    word: Word | None = None
    beside = 0.0, 0.0
    for i in range(pdfium.FPDFText_CountChars(raw)):
        code = get_unicode(raw, i)
        if code in _BLANKS and i not in edges:
            # Where fonts have no measures, PDFium takes the gap between two letters for a blank.
            word = word if edges and pdfium.FPDFText_IsGenerated(raw, i) == 1 else None
            continue
        if code in _DROPPED or not get_box(raw, i, box_pointer):
            continue
        lower, upper = edges.get(i) or (box.bottom, box.top)
        left, top, right, bottom = _seen(box.left, upper, box.right, lower, rotation, size)
        ligature = LIGATURES.get(code) if i in edges else _LIGATURES.get(code)
        character = ligature or _LINE_BREAK_HYPHENS.get(code) or chr(code)
        if word and character == _LAM and word.text[-1] in _ALEFS and (left, right) == beside:
            # Lam and alef are written as one sign, whose letters PDFium turns with the line.
            word.text = word.text[:-1] + character + word.text[-1]
        elif word and _continues(word, left, right, top, bottom):
            word.text += character
            word.left, word.right = min(word.left, left), max(word.right, right)
        else:
            word = Word(character, left, right, top, bottom, get_weight(i))
            words.append(word)
        beside = left, right
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
