"""What the parsing process and its parent say to each other: an order, and answers of one line of JSON each.

JSON and not pickle: the child has touched a stranger's file, and what it says is only data.
"""

import json
from dataclasses import asdict, dataclass
from typing import TypeAlias

from ..document import Heading, Page, ParsedDocument, Span
from ..errors import InputError, ReaderError
from .pdf_page import PageWords, PlacedWord

_LONE_SURROGATES = "surrogatepass"


@dataclass(frozen=True, slots=True)
class Order:
    """What the child is told before it gets the bytes."""

    file_name: str
    byte_count: int
    memory_bytes: int
    cpu_seconds: int
    max_bytes: int
    max_pages: int
    page_number: int | None = None
    """Only where the words of this page of a PDF stand; None reads the document."""


@dataclass(frozen=True, slots=True)
class PageDone:
    """A sign of life: so many of the pages are recognised."""

    done_count: int
    page_count: int


Answer: TypeAlias = ParsedDocument | PageWords | ReaderError | PageDone


def encode(answer: Answer, trace: str = "") -> bytes:
    """Return an answer as a line; ``trace`` is kept with an error."""
    match answer:
        case PageDone(done_count, page_count):
            said: dict[str, object] = {"done_count": done_count, "page_count": page_count}
        case ParsedDocument():
            said = {
                "title": answer.title,
                "media_type": answer.media_type,
                "text": answer.text,
                "pages": [(page.number, page.span.start, page.span.end) for page in answer.pages],
                "remark": answer.remark,
                "headings": [(heading.level, heading.span.start, heading.span.end) for heading in answer.headings],
            }
        case PageWords():
            said = asdict(answer)
        case ReaderError():
            said = {"message": answer.message, "hint": answer.hint, "fields": answer.fields, "trace": trace}
    said["kind"] = answer.code if isinstance(answer, ReaderError) else type(answer).__name__
    return json.dumps(said, ensure_ascii=False, default=str).encode("utf-8", _LONE_SURROGATES) + b"\n"


def decode_answer(line: bytes) -> Answer:
    """Return the answer that a line holds; an error is of the class it was, its trace a note."""
    said = json.loads(line.decode("utf-8", _LONE_SURROGATES))
    kind = said.pop("kind")
    if kind == PageDone.__name__:
        return PageDone(**said)
    if kind == ParsedDocument.__name__:
        pages = tuple(Page(number, Span(start, end)) for number, start, end in said["pages"])
        headings = tuple(Heading(Span(start, end), level) for level, start, end in said["headings"])
        return ParsedDocument(said["title"], said["media_type"], said["text"], pages, headings, said["remark"])
    if kind == PageWords.__name__:
        lines = tuple(tuple(PlacedWord(**word) for word in line) for line in said["lines"])
        return PageWords(said["width"], said["height"], lines)
    error = _classes(ReaderError).get(kind, InputError)(said["message"], hint=said["hint"], **said["fields"])
    if said["trace"]:
        error.add_note(said["trace"])
    return error


def _classes(root: type[ReaderError]) -> dict[str, type[ReaderError]]:
    found = {root.code: root}
    for kind in root.__subclasses__():
        found |= _classes(kind)
    return found
