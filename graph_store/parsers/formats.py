"""Tells what a file is, from its first bytes and then from its name. Reads no format."""

import re
from pathlib import PurePath
from typing import NoReturn

from ..errors import DamagedInput, EncryptedInput, UnsupportedInput
from .decoding import looks_binary
from .languages import language_of
from .zip_formats import zipped_format

_START_BYTES = 4096
_HEADER_BYTES = 65_536

IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/tiff": "TIFF"}
"""Media types of the pictures whose text is recognised (OCR), and what they are called."""

_IMAGE_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_START = b"\xd0\xcf\x11\xe0"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    (b"GIF8", "GIF picture"),
    (b"BM", "BMP picture"),
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
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TAG = re.compile(rb"</?(?:p|div|h[1-6]|table|ul|ol|br|span|a|section|article)\b[^>]*>", re.I)
_XML_START = re.compile(rb"\s*<(?:\?xml|!DOCTYPE)\b", re.I)
_JATS_START = re.compile(
    rb"(?:\s*<\?.*?\?>|\s*<!--.*?-->|\s*<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?\s*>)*\s*(?:<pmc-articleset\b[^>]*>\s*)?"
    rb"<article\b(?![^>]*docbook)(?=[^>]*(?:article-type|dtd-version|xlink|mml)|[^>]*>\s*<front\b)",
    re.S,
)
_MAIL_HEADER = re.compile(rb"(?:From |>From )[^\n]*\n|([!-9;-~]+):[^\n]*\n(?:[ \t]+[^\n]*\n)*")
_MAIL_SENDERS = frozenset({b"from", b"sender", b"return-path", b"received"})
_MAIL_MARKS = frozenset({b"message-id", b"mime-version", b"received", b"return-path"})
_MAIL_NAMES = frozenset({".eml", ".emlx"})
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml"})
_MARKDOWN_NAMES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_TABLE_NAMES = frozenset({".csv", ".tsv", ".tab"})
_MARKED_NAMES = {
    ".pdf": "a PDF",
    ".png": "a PNG picture",
    ".jpg": "a JPEG picture",
    ".jpeg": "a JPEG picture",
    ".tif": "a TIFF picture",
    ".tiff": "a TIFF picture",
}
"""Names of formats that are known by how their content starts: without that start the file is not one."""


def detect_format(data: bytes, name: str) -> str:
    """Return the media type of a readable format.

    Raises:
        UnsupportedInput: it is something else; the message names what, where that can be told.
    """
    suffix = PurePath(name).suffix.lower()
    start = data[:_START_BYTES].removeprefix(b"\xef\xbb\xbf")
    if start.lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in start):
        return "application/pdf"
    binary = looks_binary(data)
    image = next((media_type for mark, media_type in _IMAGE_STARTS if start.startswith(mark)), None)
    if image:
        return image
    if start.startswith(_ZIP_STARTS):
        return zipped_format(data, name)
    if start.startswith(_OLE_START):
        _refuse_ole(data, name)
    _refuse_known(start, data, name, binary)
    if _JATS_START.match(start):
        return "application/jats+xml"
    if _HTML_START.match(start) or suffix in _HTML_NAMES:
        return "text/html"
    if _XML_START.match(start):
        raise UnsupportedInput(f"{name} is an XML file, which is not read here.", kind="XML file")
    if _is_mail(data[:_HEADER_BYTES], suffix in _MAIL_NAMES):
        return "message/rfc822"
    return _by_name(suffix, start, name)


def _by_name(suffix: str, start: bytes, name: str) -> str:
    if suffix in _MARKED_NAMES:
        raise DamagedInput(f"{name} is not {_MARKED_NAMES[suffix]}: its content does not start like one.")
    if suffix in _MARKDOWN_NAMES:
        return "text/markdown"
    if suffix in _TABLE_NAMES:
        return "text/csv"
    if language := language_of(name, start):
        return f"text/x-{language}"
    return "text/html" if not suffix and len(_HTML_TAG.findall(start)) >= 4 else "text/plain"


def _is_mail(start: bytes, named: bool) -> bool:
    """Tell whether a file starts with the headers of a message; where the name says so, two common ones will do."""
    found: set[bytes] = set()
    place = 0
    while header := _MAIL_HEADER.match(start, place):
        found.add((header[1] or b"").lower())
        place = header.end()
    common = {b"from", b"to", b"subject", b"date"}
    return bool(found & _MAIL_SENDERS) and (bool(found & _MAIL_MARKS) if not named else len(found & common) > 1)


def _refuse_ole(data: bytes, name: str) -> NoReturn:
    """Tell apart the two kinds of Office file in this container: encrypted new ones, and those of old versions."""
    if _OLE_ENCRYPTED in data:
        raise EncryptedInput(f"{name} is an Office file that needs a password.")
    raise UnsupportedInput(
        f"{name} is a document of an old Office version, which is not read here.",
        hint="Save it as .docx, .pptx or .xlsx, and add that copy.",
        kind="document of an old Office version",
    )


def _refuse_known(start: bytes, data: bytes, name: str, binary: bool) -> None:
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        raise UnsupportedInput(f"{name} is a WebP picture, which is not read here.", kind="WebP picture")
    for mark, kind in _OTHERS:
        if start.startswith(mark) and (binary or mark.startswith((b"{\\rtf", b"%!PS"))):
            raise UnsupportedInput(f"{name} is {_article(kind)} {kind}, which is not read here.", kind=kind)
    if binary:
        raise UnsupportedInput(f"{name} is not text: it looks like binary data.", kind="binary data")


def _article(kind: str) -> str:
    return "an" if kind[0] in "AEIOURSX" and kind[:3] not in {"SQL", "Rar"} else "a"
