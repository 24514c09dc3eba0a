"""Chunks and passages: the two sizes in which a document is read. Cutting is in chunking.py."""

from dataclasses import dataclass

from .document import Span


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that fits the model's window with room to spare.

    ``index`` counts from 0 in document order; the spans of a document's chunks tile its text, so that joined they
    rebuild it. ``token_count`` is by the served model's tokenizer. Pages are 1-based, both inclusive.
    """

    chunk_id: str
    document_id: str
    index: int
    span: Span
    first_page: int
    last_page: int
    token_count: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a chunk, or a run of short ones, or a piece of a long one: the unit of search and of evidence.

    ``number`` counts from 1 within the chunk. Its span lies inside the chunk's.
    """

    passage_id: str
    chunk_id: str
    document_id: str
    number: int
    span: Span
