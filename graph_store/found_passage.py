"""Passages that a search found, spelled out: text, document and page. The search itself is collection.py's."""

from dataclasses import dataclass

from .collection import Collection
from .document import Span


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that was found. ``span`` is its place in the document's text, ``page`` the one on which it begins.
    ``score`` is in (0, 1]; it orders one search and means nothing across searches."""

    document_id: str
    chunk_id: str
    title: str
    page: int
    span: Span
    text: str
    score: float


async def find_passages(
    collection: Collection, query: str, limit: int, document_ids: frozenset[str] | None = None
) -> list[FoundPassage]:
    """Return what `Collection.search` finds; its arguments are the same."""
    found: list[FoundPassage] = []
    for hit in await collection.search(query, limit, document_ids):
        span = hit.passage.span
        document = collection.document(hit.passage.document_id)
        page = document.page_at(span.start)
        text = span.of(document.text)
        chunk_id = hit.passage.chunk_id
        found.append(FoundPassage(document.document_id, chunk_id, document.title, page, span, text, hit.score))
    return found
