"""Turns the bytes of a file into a document. Each format has its module; this one only chooses."""

from pathlib import PurePath

from ..document import ParsedDocument
from ..errors import DamagedInput, EmptyInput, TooLargeInput
from .decoding import decode
from .formats import detect_format

MAX_BYTES = 200_000_000
"""The largest file that is read, in bytes."""

MAX_PAGES = 5000
"""The longest PDF that is read, in pages."""


def parse(data: bytes, file_name: str, *, max_bytes: int = MAX_BYTES, max_pages: int = MAX_PAGES) -> ParsedDocument:
    """Read a file: PDF, HTML, Markdown or plain text, told apart by content first and by name second.

    Args:
        data: the bytes of the file.
        file_name: its name, with or without folders; the last resort for a title.
        max_bytes: the largest size allowed.
        max_pages: the most pages allowed in a PDF.

    Raises:
        EmptyInput, UnsupportedInput, DamagedInput, EncryptedInput, NoTextInput, TooLargeInput: see ``errors``.
    """
    name = PurePath(file_name.replace("\\", "/")).name
    if len(data) > max_bytes:
        raise TooLargeInput(f"{name} has {len(data):,} bytes; the limit is {max_bytes:,}.", byte_count=len(data))
    if not data.strip():
        raise EmptyInput(f"{name} is empty.")
    parsed = _read(detect_format(data, name), data, name, max_pages)
    if not parsed.text:
        raise EmptyInput(f"{name} has no text in it.")
    return parsed


def _read(media_type: str, data: bytes, name: str, max_pages: int) -> ParsedDocument:
    title = PurePath(name).stem or name
    if media_type == "application/pdf":
        from .pdf import parse_pdf

        return parse_pdf(data, title, max_pages)
    if name.lower().endswith(".pdf") and media_type == "text/plain":
        raise DamagedInput(f"{name} is not a PDF: its content does not start like one.")
    if media_type == "text/html":
        from .html import parse_html

        return parse_html(data, title)
    text = decode(data)
    if media_type == "text/markdown":
        from .markdown import parse_markdown

        return parse_markdown(text, title)
    from .plain import parse_plain

    return parse_plain(text, title)


__all__ = ["MAX_BYTES", "MAX_PAGES", "parse"]
