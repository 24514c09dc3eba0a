"""PDF to a document: opens it and hands its words over pdf_lines, pdf_running and pdf_layout to the assembly.

PDFium is not thread-safe: one module-level lock guards every use of it.
"""

import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from ..document import ParsedDocument
from ..errors import DamagedInput, EncryptedInput, NoTextInput, TooLargeInput
from . import ocr
from .blocks import Block, assemble
from .decoding import clean
from .pdf_layout import layout
from .pdf_lines import lines_of
from .pdf_running import without_running_lines
from .pdf_scans import recognise_pages, scanned_pages
from .pdf_words import Word, read_words

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

    from . import OnPage

_PDFIUM = threading.Lock()
_PASSWORD_ERROR = 4
_SECURITY_ERROR = 5
_FILE_NAME_TITLE = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|tex|dvi|pptx?|xlsx?)\b|^(?:untitled|microsoft word\b|document\d*$)", re.I
)
_NUMBERED = re.compile(r"(?:chapter|part|section|lecture)?\s*\d{1,2}(?:\.\d+)*\.?\s", re.IGNORECASE)


def parse_pdf(data: bytes, title: str, max_pages: int, on_page: "OnPage | None" = None) -> ParsedDocument:
    """Read a PDF's text in reading order; repeated heads and feet of pages are left out.

    Scanned pages are recognised where tesseract is installed; ``on_page`` is told how far that is.

    Raises:
        DamagedInput: it cannot be opened. EncryptedInput: a password is needed.
        NoTextInput: no page has text, or all are pictures and tesseract is not installed.
        TooLargeInput: more than ``max_pages`` pages.
    """
    with _PDFIUM:
        own_title, words, remark = _read(data, max_pages, on_page)
    pages = [lines_of(on_page, number) for number, on_page in enumerate(words, start=1)]
    if not any(pages):
        told = "1 page, but no text on it" if len(pages) == 1 else f"{len(pages)} pages, but no text on them"
        hint = "If there is text to be seen, run OCR first (for example ocrmypdf), then add the result."
        raise NoTextInput(f"{told}.", hint=hint, page_count=len(pages))
    blocks = layout(without_running_lines(pages))
    parsed = assemble(blocks, own_title or _heading_title(blocks) or title, "application/pdf", len(pages))
    return replace(parsed, remark=remark)


def _read(data: bytes, max_pages: int, on_page: "OnPage | None") -> tuple[str, list[list[Word]], str]:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        pdf = PdfDocument(data)
    except PdfiumError as error:
        if getattr(error, "err_code", None) in {_PASSWORD_ERROR, _SECURITY_ERROR}:
            raise EncryptedInput("This PDF is encrypted and needs a password.") from error
        raise DamagedInput(f"This PDF cannot be opened: {error}") from error
    try:
        page_count = len(pdf)
        if page_count > max_pages:
            raise TooLargeInput(f"The PDF has {page_count:,} pages; the limit is {max_pages:,}.", page_count=page_count)
        if not page_count:
            raise DamagedInput("This PDF has no pages.")
        words = [read_words(pdf, index) for index in range(page_count)]
        remark = _read_scans(pdf, words, on_page)
        return _own_title(pdf), words, remark
    finally:
        pdf.close()


def _read_scans(pdf: "PdfDocument", words: list[list[Word]], on_page: "OnPage | None") -> str:
    """Put recognised words on the pages that are pictures; return a remark on those that are not read."""
    scans = scanned_pages(pdf, words)
    if scans and ocr.is_installed():
        for index, recognised in zip(scans, recognise_pages(pdf, scans, on_page), strict=True):
            words[index] = recognised or words[index]
    elif scans and len(scans) == len(words):
        pages = "The page is a picture" if len(scans) == 1 else f"All {len(scans):,} pages are pictures"
        message = f"{pages}, and tesseract, which recognises text, is not installed."
        raise NoTextInput(message, hint=ocr.INSTALL_HINT, page_count=len(scans))
    elif scans:
        pages = "1 page is a picture" if len(scans) == 1 else f"{len(scans):,} pages are pictures"
        return f"{pages} and not read: tesseract, which recognises text, is not installed."
    return ""


def _own_title(pdf: "PdfDocument") -> str:
    title = " ".join(clean(pdf.get_metadata_value("Title")).split())
    return "" if sum(map(str.isalpha, title)) < 4 or _FILE_NAME_TITLE.search(title) else title


def _heading_title(blocks: list[Block]) -> str:
    """Return the highest heading of the first pages, one without a number if there is any."""
    headings = [block for block in blocks if block.level and block.page <= 3 and len(block.text) > 3]
    ranked = sorted(headings, key=lambda block: (bool(_NUMBERED.match(block.text)), block.level, block.page))
    return ranked[0].text if ranked else ""
