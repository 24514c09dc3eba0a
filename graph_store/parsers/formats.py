"""Tells what a file is, from its first bytes and then from its name. Reads no format."""

import re
from pathlib import PurePath

from ..errors import UnsupportedInput
from .decoding import looks_binary

_START_BYTES = 4096
_OCR_HINT = "A picture holds no text: run OCR first (for example ocrmypdf), then add the result."

_IMAGES = (
    (b"\x89PNG", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"II*\x00", "TIFF picture"),
    (b"MM\x00*", "TIFF picture"),
    (b"BM", "BMP picture"),
)
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "document of an old Office version"),
    (b"{\\rtf", "RTF document"),
    (b"%!PS", "PostScript file"),
    (b"\x1f\x8b", "gzip archive"),
    (b"7z\xbc\xaf", "7z archive"),
    (b"Rar!", "RAR archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ", "xz archive"),
    (b"SQLite format 3", "SQLite database"),
    (b"ID3", "sound file"),
    (b"OggS", "sound file"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)
_ZIPPED = (
    (b"epub+zip", "EPUB book"),
    (b"oasis.opendocument", "OpenDocument file"),
    (b"word/", "Word document"),
    (b"ppt/", "PowerPoint presentation"),
    (b"xl/", "Excel workbook"),
    (b"[Content_Types].xml", "Office document"),
)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TAG = re.compile(rb"</?(?:p|div|h[1-6]|table|ul|ol|br|span|a|section|article)\b[^>]*>", re.I)
_XML_START = re.compile(rb"\s*<(?:\?xml|!DOCTYPE)\b", re.I)
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml"})
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd"})


def detect_format(data: bytes, name: str) -> str:
    """Return the media type of a readable format.

    Raises:
        UnsupportedInput: it is something else; the message names what, where that can be told.
    """
    suffix = PurePath(name).suffix.lower()
    start = data[:_START_BYTES].removeprefix(b"\xef\xbb\xbf")
    if start.lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in start):
        return "application/pdf"
    _refuse_known(start, data, name)
    if _HTML_START.match(start) or (suffix in _HTML_NAMES and not looks_binary(data)):
        return "text/html"
    if _XML_START.match(start):
        raise UnsupportedInput(f"{name} is an XML file, which is not read here.", kind="XML file")
    if suffix in _MARKDOWN_NAMES:
        return "text/markdown"
    return "text/html" if not suffix and len(_HTML_TAG.findall(start)) >= 4 else "text/plain"


def _refuse_known(start: bytes, data: bytes, name: str) -> None:
    binary = looks_binary(data)
    for mark, kind in _IMAGES:
        if start.startswith(mark) and binary:
            raise UnsupportedInput(f"{name} is a {kind}.", hint=_OCR_HINT, kind=kind)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        raise UnsupportedInput(f"{name} is a WebP picture.", hint=_OCR_HINT, kind="WebP picture")
    if start.startswith(b"PK\x03\x04"):
        inner = data[:_START_BYTES] + data[-65_536:]
        kind = next((kind for mark, kind in _ZIPPED if mark in inner), "zip archive")
        raise UnsupportedInput(f"{name} is {_article(kind)} {kind}, which is not read here.", kind=kind)
    for mark, kind in _OTHERS:
        if start.startswith(mark) and (binary or mark.startswith((b"{\\rtf", b"%!PS"))):
            raise UnsupportedInput(f"{name} is {_article(kind)} {kind}, which is not read here.", kind=kind)
    if binary:
        raise UnsupportedInput(f"{name} is not text: it looks like binary data.", kind="binary data")


def _article(kind: str) -> str:
    return "an" if kind[0] in "AEIOURSX" and kind[:3] not in {"SQL", "Rar"} else "a"
