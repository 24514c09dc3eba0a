"""One page of a PDF: where its words stand. For showing a quote on the page; reading the document is pdf.py's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import ocr
from .pdf_lines import lines_of
from .pdf_scans import is_scan, recognise_pages
from .pdf_words import Word, read_words

if TYPE_CHECKING:
    from pypdfium2 import PdfPage


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word and its box in points, from the upper left corner of the page as it is seen."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageWords:
    """A page's size in points, and its words, line by line in reading order."""

    width: float
    height: float
    lines: tuple[tuple[PlacedWord, ...], ...]


def read_page(data: bytes, number: int) -> PageWords:
    """Return the words of a page; those of a scan are recognised where tesseract is installed.

    Args:
        data: a PDF that can be opened.
        number: the page, from 1 on.

    Raises:
        InputError: as ``ocr.recognise`` does.
    """
    from pypdfium2 import PdfDocument

    pdf = PdfDocument(data)
    index = number - 1
    page = pdf[index]
    words = read_words(pdf, index)
    right, down = _shift(page)
    if is_scan(pdf, index, words) and ocr.is_installed():
        words = next(recognise_pages(pdf, [index], None))
        right, down = 0.0, 0.0
    lines = tuple(tuple(_placed(word, right, down) for word in line.words) for line in lines_of(words, number))
    width, height = page.get_size()
    return PageWords(width, height, lines)


def _placed(word: Word, right: float, down: float) -> PlacedWord:
    return PlacedWord(word.text, word.left + right, word.top + down, word.right + right, word.bottom + down)


def _shift(page: "PdfPage") -> tuple[float, float]:
    """Return how far words stand from where they are seen: a cropped page's corner is not where its points begin."""
    x, y, _, _ = page.get_bbox()
    return {0: (-x, y), 90: (-y, -x), 180: (x, -y), 270: (y, x)}[page.get_rotation()]
