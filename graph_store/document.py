"""A document as read: its text, pages and headings. Owns no file format (parsers/) and no storage (store.py)."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in a document's text: ``text[start:end]``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """Return the characters of ``text`` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its 1-based number and its span. Formats without pages have a single page 1."""

    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its span (without markup) and its level, 1 (topmost) to 6."""

    span: Span
    level: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a parser hands over.

    ``text`` separates paragraphs, headings and table blocks by one blank line (two newlines); a table row is one
    line with cells separated by " | ". ``pages`` tile the text: the first starts at 0, each starts where the one
    before ends, the last ends at ``len(text)``. ``headings`` are in order of their spans. ``remark`` tells in a
    sentence what of the file was not read, or is doubtful.
    """

    title: str
    media_type: str
    text: str
    pages: tuple[Page, ...]
    headings: tuple[Heading, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A stored document."""

    document_id: str
    content_hash: str
    title: str
    media_type: str
    text: str = field(repr=False)
    pages: tuple[Page, ...] = field(repr=False)
    headings: tuple[Heading, ...] = field(default=(), repr=False)

    def page_at(self, offset: int) -> int:
        """Return the 1-based number of the page that holds the character at ``offset``."""
        index = bisect_right(self.pages, offset, key=lambda page: page.span.start) - 1
        return self.pages[max(index, 0)].number


def content_hash(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal: the identity of its content."""
    return hashlib.sha256(data).hexdigest()
