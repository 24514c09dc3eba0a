"""An atomic fact with where it stands, for people and for other programs."""

from dataclasses import dataclass

from .collection import Collection
from .document import Span
from .note import AtomicFact


@dataclass(frozen=True, slots=True)
class PlacedFact:
    """An atomic fact with its document and page. ``span`` is the place of its words, or else of its chunk."""

    fact_id: str
    document_id: str
    title: str
    page: int
    text: str
    span: Span


def place_fact(collection: Collection, fact: AtomicFact) -> PlacedFact:
    """Return a fact of the collection with its place: the page of its words, or else on which its chunk begins."""
    chunk = collection.chunk(fact.chunk_id)
    document = collection.document(chunk.document_id)
    page = document.page_at(fact.span.start) if fact.span else chunk.first_page
    span = fact.span or chunk.span
    return PlacedFact(fact.fact_id, document.document_id, document.title, page, fact.text, span)
