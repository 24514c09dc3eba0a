"""The rows of chunks and passages, and what rows of spans have in common. Notes are note_rows.py."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select

from .chunk import Chunk, Passage
from .document import Span
from .schema import chunks, documents, passages


def insert_cut(connection: Connection, cut: Sequence[tuple[Chunk, Sequence[Passage]]]) -> None:
    """Store the chunks of a document with their passages."""
    insert_rows(connection, chunks, (_chunk_row(chunk) for chunk, _ in cut))
    insert_rows(connection, passages, (_passage_row(passage) for _, of_chunk in cut for passage in of_chunk))


def load_chunks(connection: Connection, where: ColumnElement[bool]) -> list[Chunk]:
    """Return the chunks for which ``where`` holds (over chunks and documents), in document order."""
    query = (
        select(chunks)
        .join(documents)
        .where(where)
        .order_by(documents.c.created, documents.c.document_id, chunks.c.position)
    )
    return [
        Chunk(
            chunk_id=row.chunk_id,
            document_id=row.document_id,
            index=row.position,
            span=span_of(row),
            first_page=row.first_page,
            last_page=row.last_page,
            token_count=row.token_count,
            section=row.section,
        )
        for row in connection.execute(query)
    ]


def load_passages(connection: Connection, where: ColumnElement[bool]) -> list[tuple[int, Passage]]:
    """Return passages with their row ids: those for which ``where`` holds (over passages, chunks and documents)."""
    p = passages.c
    columns = (p.row_id, p.passage_id, p.chunk_id, p.document_id, p.number, p.span_start, p.span_end)
    query = (
        select(*columns)
        .join(chunks, chunks.c.chunk_id == p.chunk_id)
        .join(documents, documents.c.document_id == p.document_id)
        .where(where)
        .order_by(documents.c.created, documents.c.document_id, chunks.c.position, p.number)
    )
    return [
        (row_id, Passage(passage_id, chunk_id, document_id, number, Span(start, end)))
        for row_id, passage_id, chunk_id, document_id, number, start, end in connection.execute(query)
    ]


def insert_rows(connection: Connection, table: Table, rows: Iterable[dict[str, object]]) -> None:
    """Store rows, if there are any."""
    if listed := list(rows):
        connection.execute(insert(table), listed)


def ends_of(span: Span) -> dict[str, object]:
    """Return the columns of a span."""
    return {"span_start": span.start, "span_end": span.end}


def span_of(row: Row[tuple[object, ...]]) -> Span:
    """Return the span of a row."""
    return Span(row.span_start, row.span_end)


def _chunk_row(chunk: Chunk) -> dict[str, object]:
    return {
        "chunk_id": chunk.chunk_id,
        "document_id": chunk.document_id,
        "position": chunk.index,
        **ends_of(chunk.span),
        "first_page": chunk.first_page,
        "last_page": chunk.last_page,
        "token_count": chunk.token_count,
        "section": chunk.section,
        "dropped_count": 0,
    }


def _passage_row(passage: Passage) -> dict[str, object]:
    return {
        "passage_id": passage.passage_id,
        "chunk_id": passage.chunk_id,
        "document_id": passage.document_id,
        "number": passage.number,
        **ends_of(passage.span),
    }
