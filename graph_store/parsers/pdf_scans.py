"""Scanned pages of a PDF: which ones they are, and their words, recognised by ocr.py."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from . import ocr
from .pdf_words import Word

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

    from . import OnPage

_DOTS_PER_INCH = 300
_MOST_PIXELS = 40_000_000
_FEW_WORDS = 10
"""Scanners stamp a line on the page; with fewer words than this, a page of a picture is still a scan."""

_LEAST_SHARE = 0.4


def scanned_pages(pdf: "PdfDocument", words: list[list[Word]]) -> list[int]:
    """Return the indexes of pages that are a picture with next to no text. Call under PDFium's lock."""
    return [i for i, on_page in enumerate(words) if is_scan(pdf, i, on_page)]


def is_scan(pdf: "PdfDocument", index: int, words: list[Word]) -> bool:
    """Tell whether a page with these words is a picture with next to no text. Call under PDFium's lock."""
    return len(words) < _FEW_WORDS and _is_picture(pdf, index)


def recognise_pages(pdf: "PdfDocument", indexes: list[int], on_page: "OnPage | None") -> Iterator[list[Word]]:
    """Yield the words of the pages at these indexes, in their order. Call under PDFium's lock.

    Raises:
        InputError: as ``ocr.recognise`` does.
    """
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    done_count = 0
    waiting = iter(indexes)
    with ThreadPoolExecutor(workers) as pool:
        while batch := list(islice(waiting, workers)):
            pictures = [_picture(pdf, index) for index in batch]
            for words in pool.map(_recognise, pictures):
                done_count += 1
                if on_page:
                    on_page(done_count, len(indexes))
                yield words


def _recognise(picture: tuple[bytes, int]) -> list[Word]:
    pages = ocr.recognise(*picture)
    return pages[0] if pages else []


def _is_picture(pdf: "PdfDocument", index: int) -> bool:
    import pypdfium2.raw as pdfium

    page = pdf[index]
    try:
        width, height = page.get_size()
        pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        boxes = [picture.get_bounds() for picture in pictures]
    finally:
        page.close()
    # A scan may be cut into strips: their areas count together.
    area = sum(abs((right - left) * (top - bottom)) for left, bottom, right, top in boxes)
    return area >= _LEAST_SHARE * width * height


def _picture(pdf: "PdfDocument", index: int) -> tuple[bytes, int]:
    """Return a page as a grey picture (PGM), and its dots per inch; posters are made less fine."""
    page = pdf[index]
    width, height = page.get_size()
    finest = (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5 * 72
    dots_per_inch = max(1, min(_DOTS_PER_INCH, int(finest)))
    bitmap = page.render(scale=dots_per_inch / 72, grayscale=True)  # pyright: ignore[reportArgumentType]
    try:
        rows = memoryview(bytes(bitmap.buffer))
        lines = (rows[start : start + bitmap.width] for start in range(0, bitmap.stride * bitmap.height, bitmap.stride))
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(lines), dots_per_inch
    finally:
        bitmap.close()
        page.close()
