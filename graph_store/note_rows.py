"""The rows of notes: which chunks wait for theirs, storing a chunk's notes, and reading facts back."""

from itertools import groupby

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from .chunk import Chunk
from .chunk_rows import load_chunks
from .document import Span
from .errors import NotFound
from .note import AtomicFact, Notes
from .schema import chunks, documents, facts, key_elements


def chunks_without_notes(connection: Connection, document_id: str) -> list[Chunk]:
    """Return the document's chunks that have no notes yet, in order."""
    return load_chunks(connection, and_(chunks.c.document_id == document_id, chunks.c.notes_kind.is_(None)))


def fallback_chunks(connection: Connection, document_id: str) -> list[Chunk]:
    """Return the chunks of a document noted by a model that the model could not note, in order."""
    by_model = select(documents.c.document_id).filter_by(document_id=document_id, notes_kind="llm")
    return load_chunks(connection, and_(chunks.c.document_id.in_(by_model), chunks.c.notes_kind == "extractive"))


def replace_notes(connection: Connection, notes: Notes) -> None:
    """Store the notes of a chunk in the place of those it has.

    Raises:
        NotFound: as `insert_notes`.
    """
    connection.execute(delete(facts).filter_by(chunk_id=notes.chunk_id))
    connection.execute(update(chunks).filter_by(chunk_id=notes.chunk_id).values(notes_kind=None))
    insert_notes(connection, notes)


def insert_notes(connection: Connection, notes: Notes) -> None:
    """Store the notes of a chunk; one that has notes already keeps them.

    Raises:
        NotFound: the chunk's document was deleted meanwhile.
    """
    of_chunk = select(chunks.c.notes_kind).filter_by(chunk_id=notes.chunk_id)
    row = connection.execute(of_chunk).one_or_none()
    if row is None:
        raise NotFound(f"chunk {notes.chunk_id} is gone: its document was deleted", chunk_id=notes.chunk_id)
    if row.notes_kind is not None:
        return
    values = {"notes_kind": notes.kind, "dropped_count": notes.dropped_count}
    connection.execute(update(chunks).filter_by(chunk_id=notes.chunk_id).values(values))
    connection.execute(insert(facts), [_fact_row(i, fact) for i, fact in enumerate(notes.facts)])
    elements = [
        {"fact_id": fact.fact_id, "position": i, "surface": surface}
        for fact in notes.facts
        for i, surface in enumerate(fact.key_elements)
    ]
    if elements:
        connection.execute(insert(key_elements), elements)


def load_facts(connection: Connection, where: ColumnElement[bool]) -> list[AtomicFact]:
    """Return the facts for which ``where`` holds (over facts, chunks and documents), in document order."""
    order = (documents.c.created, documents.c.document_id, chunks.c.position, facts.c.position)
    f = facts.c
    rows = connection.execute(
        select(f.fact_id, f.chunk_id, f.text, f.span_start, f.span_end, key_elements.c.surface)
        .join_from(facts, chunks)
        .join(documents)
        .join(key_elements, isouter=True)
        .where(where)
        .order_by(*order, key_elements.c.position)
    )
    loaded: list[AtomicFact] = []
    for (fact_id, chunk_id, text, start, end), group in groupby(rows, key=lambda row: row[:5]):
        elements = tuple(row[5] for row in group if row[5] is not None)
        loaded.append(AtomicFact(fact_id, chunk_id, text, elements, None if start is None else Span(start, end)))
    return loaded


def _fact_row(position: int, fact: AtomicFact) -> dict[str, object]:
    return {
        "fact_id": fact.fact_id,
        "chunk_id": fact.chunk_id,
        "position": position,
        "text": fact.text,
        "span_start": fact.span.start if fact.span else None,
        "span_end": fact.span.end if fact.span else None,
    }
