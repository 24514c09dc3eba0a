"""Bytes to clean characters: encodings, control characters, line ends. Knows no format."""

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 65_536
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_BLANK = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL_BYTES = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27}) + b"\x7f"


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the characters of a text file, cleaned; wrong bytes become U+FFFD, never an error.

    Args:
        data: with or without a byte order mark.
        declared: the encoding that the file names itself, believed where the bytes are not UTF-8.
    """
    return clean(_decode(data, declared))


def clean(text: str) -> str:
    """Return a text with one kind of line end and of blank, and without control and invisible characters."""
    return _BLANK.sub(" ", _INVISIBLE.sub("", _LINE_END.sub("\n", text)))


def looks_binary(data: bytes) -> bool:
    """Tell whether bytes are no text in any encoding: too many control characters among the first of them."""
    if any(data.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS) or _utf16_without_mark(data):
        return False
    sample = data[:_SAMPLE_BYTES]
    control_count = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return control_count > max(2, len(sample) // 20)


def _decode(data: bytes, declared: str | None) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if encoding := _utf16_without_mark(data):
        return data.decode(encoding, errors="replace")
    text = data.decode("utf-8", errors="replace")
    wrong_count = text.count("\ufffd")
    if not wrong_count:
        return text
    if _is_known(declared):
        return data.decode(declared or "", errors="replace")
    # A few wrong bytes among many right ones are damage; otherwise it is another encoding.
    right_count = len(data) - len(data.translate(None, bytes(range(128, 256)))) - wrong_count
    return text if right_count > 2 * wrong_count else data.decode(_guess_encoding(data), errors="replace")


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[: _SAMPLE_BYTES // 16]
    half = len(sample) // 2
    even_count, odd_count = sample[::2].count(0), sample[1::2].count(0)
    if half >= 8 and odd_count > half * 0.7 and even_count < half * 0.05:
        return "utf-16-le"
    if half >= 8 and even_count > half * 0.7 and odd_count < half * 0.05:
        return "utf-16-be"
    return None


def _guess_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    return best.encoding if best else "cp1252"


def _is_known(encoding: str | None) -> bool:
    if not encoding or encoding.lower().replace("-", "").replace("_", "") == "utf8":
        return False
    try:
        codecs.lookup(encoding)
        b"a".decode(encoding)
    except (LookupError, UnicodeError):
        return False
    return True
