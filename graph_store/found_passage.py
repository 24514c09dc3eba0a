"""Passages that a search found, spelled out: text, document and page. The search itself is collection.py's."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from .collection import Collection
from .document import Span
from .errors import NotFound
from .passage_search import PassageHit


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
    hits = await collection.search(query, limit, document_ids)
    return await asyncio.to_thread(lambda: list(_spell_out(collection, hits)))


def _spell_out(collection: Collection, hits: list[PassageHit]) -> Iterator[FoundPassage]:
    for hit in hits:
        passage, span = hit.passage, hit.passage.span
        # It may have been deleted since it was found.
        with suppress(NotFound):
            document = collection.document(passage.document_id)
            page, text = document.page_at(span.start), span.of(document.text)
            yield FoundPassage(document.document_id, passage.chunk_id, document.title, page, span, text, hit.score)
