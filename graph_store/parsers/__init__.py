"""Turns the bytes of a file into a document. Each format has its module; this one only chooses.

``confined.py`` does the same in a process of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath
from typing import TypeAlias

from ..document import ParsedDocument
from ..errors import EmptyInput, TooLargeInput
from .decoding import decode
from .formats import IMAGES, detect_format

MAX_BYTES = 200_000_000
"""The largest file that is read, in bytes."""

MAX_PAGES = 5000
"""The longest PDF that is read, in pages."""

OnPage: TypeAlias = Callable[[int, int], None]
"""Told (pages done, pages in all) while the pages of a scan are recognised."""

# Media type: module and function, which is handed the bytes and a title of last resort.
_OF_BYTES = {
    "application/epub+zip": ("epub", "parse_epub"),
    "application/jats+xml": ("jats", "parse_jats"),
    "application/vnd.oasis.opendocument.presentation": ("open_document", "parse_open_document"),
    "application/vnd.oasis.opendocument.spreadsheet": ("open_document", "parse_open_document"),
    "application/vnd.oasis.opendocument.text": ("open_document", "parse_open_document"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx", "parse_pptx"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", "parse_xlsx"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "parse_docx"),
    "message/rfc822": ("email", "parse_email"),
    "text/html": ("html", "parse_html"),
}
# The same for functions that are handed the decoded text.
_OF_TEXT = {
    "text/csv": ("csv", "parse_csv"),
    "text/markdown": ("markdown", "parse_markdown"),
    "text/plain": ("plain", "parse_plain"),
}


def parse(
    data: bytes,
    file_name: str,
    *,
    max_bytes: int = MAX_BYTES,
    max_pages: int = MAX_PAGES,
    on_page: OnPage | None = None,
) -> ParsedDocument:
    """Read a file of any format that is told by ``detect_format``: by content first and by name second.

    Args:
        data: the bytes of the file.
        file_name: its name, with or without folders; the last resort for a title.
        max_bytes: the largest size allowed.
        max_pages: the most pages allowed in a PDF.
        on_page: told while the pages of a scan are recognised (OCR), which takes seconds a page.

    Raises:
        EmptyInput, UnsupportedInput, DamagedInput, EncryptedInput, NoTextInput, TooLargeInput: see ``errors``.
    """
    name = PurePath(file_name.replace("\\", "/")).name
    check_size(data, name, max_bytes)
    parsed = _read(detect_format(data, name), data, PurePath(name).stem or name, max_pages, on_page)
    if not parsed.text:
        raise EmptyInput(f"{name} has no text in it.")
    return _with_doubts(parsed)


def check_size(data: bytes, name: str, max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file of nothing or of too much.

    Raises:
        EmptyInput, TooLargeInput.
    """
    if len(data) > max_bytes:
        raise TooLargeInput(f"{name} has {len(data):,} bytes; the limit is {max_bytes:,}.", byte_count=len(data))
    if not data.strip():
        raise EmptyInput(f"{name} is empty.")


def _with_doubts(parsed: ParsedDocument) -> ParsedDocument:
    count = parsed.text.count("\ufffd")
    if not count:
        return parsed
    stands = "1 character stands" if count == 1 else f"{count:,} characters stand"
    doubt = f"{stands} as \ufffd, since the file is damaged or its encoding unknown."
    return replace(parsed, remark=f"{parsed.remark} {doubt}".lstrip())


def _read(media_type: str, data: bytes, title: str, max_pages: int, on_page: OnPage | None) -> ParsedDocument:
    if media_type == "application/pdf":
        from .pdf import parse_pdf

        return parse_pdf(data, title, max_pages, on_page)
    if media_type in IMAGES:
        from .image import parse_image

        return parse_image(data, title, media_type)
    if media_type in _OF_BYTES:
        module, function = _OF_BYTES[media_type]
        return getattr(import_module(f".{module}", __package__), function)(data, title)
    if media_type in _OF_TEXT:
        module, function = _OF_TEXT[media_type]
        return getattr(import_module(f".{module}", __package__), function)(decode(data), title)
    from .code import parse_code

    return parse_code(decode(data), title, media_type)


__all__ = ["MAX_BYTES", "MAX_PAGES", "OnPage", "check_size", "parse"]
