"""A chunk spelled out: its text, where it stands, and the chunks beside it."""

from dataclasses import dataclass

from .collection import Collection
from .document import Span


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A chunk to be read. ``span`` is its place in the document's text; pages are 1-based, both inclusive; the chunks
    before and after it are None at the document's begin and end."""

    chunk_id: str
    document_id: str
    title: str
    section: str
    first_page: int
    last_page: int
    span: Span
    text: str
    chunk_before: str | None
    chunk_after: str | None


def view_chunk(collection: Collection, chunk_id: str) -> ChunkView:
    """Return a chunk spelled out.

    Raises:
        NotFound: there is none of this id.
    """
    chunk = collection.chunk(chunk_id)
    before, after = collection.chunk_before(chunk_id), collection.chunk_after(chunk_id)
    return ChunkView(
        chunk_id=chunk_id,
        document_id=chunk.document_id,
        title=collection.document(chunk.document_id).title,
        section=chunk.section,
        first_page=chunk.first_page,
        last_page=chunk.last_page,
        span=chunk.span,
        text=collection.text_of(chunk),
        chunk_before=before.chunk_id if before else None,
        chunk_after=after.chunk_id if after else None,
    )
