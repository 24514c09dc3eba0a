"""The rows of documents with their pages and headings. Chunks and passages are chunk_rows.py, notes note_rows.py."""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, cast, delete, func, insert, select, update

from .chunk import Chunk, Passage
from .chunk_rows import ends_of, insert_cut, insert_rows, load_passages, span_of
from .document import Document, Heading, Page
from .errors import NotFound
from .schema import chunks, documents, facts, headings, pages, passages

Status: TypeAlias = Literal["reading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list of documents shows. Only a document whose status is "ready" is searched; a failed one says why.

    ``fallback_count`` counts the chunks that the model could not note, or not all of them.
    """

    document_id: str
    content_hash: str
    title: str
    status: Status
    file_name: str
    media_type: str
    notes_kind: str
    page_count: int
    word_count: int
    chunk_count: int
    fact_count: int
    dropped_count: int
    fallback_count: int
    created: float
    error: str = ""


def new_document_id() -> str:
    """Return an id that tells nothing about the document."""
    return f"d{secrets.token_hex(5)}"


def insert_document(
    connection: Connection,
    collection_id: int,
    document: Document,
    file_name: str,
    notes_kind: str,
    cut: Sequence[tuple[Chunk, Sequence[Passage]]],
) -> None:
    """Store a document that was just cut, with status "reading"."""
    connection.execute(
        insert(documents).values(
            document_id=document.document_id,
            collection_id=collection_id,
            content_hash=document.content_hash,
            title=document.title,
            media_type=document.media_type,
            file_name=file_name,
            text=document.text,
            page_count=len(document.pages),
            word_count=len(document.text.split()),
            status="reading",
            error="",
            notes_kind=notes_kind,
            created=time.time(),
        )
    )
    key = {"document_id": document.document_id}
    insert_rows(connection, pages, ({**key, "number": page.number, **ends_of(page.span)} for page in document.pages))
    insert_rows(
        connection,
        headings,
        ({**key, "position": i, "level": h.level, **ends_of(h.span)} for i, h in enumerate(document.headings)),
    )
    insert_cut(connection, cut)


def find_document(connection: Connection, collection_id: int, content_hash: str) -> str | None:
    """Return the id of the document with these bytes, if the collection has it."""
    query = select(documents.c.document_id).filter_by(collection_id=collection_id, content_hash=content_hash)
    return connection.scalar(query)


def list_documents(connection: Connection, collection_id: int, document_id: str | None = None) -> list[DocumentInfo]:
    """Return the collection's documents, oldest first, or only the one asked for."""
    d = documents.c
    only = [d.document_id == document_id] if document_id else []
    per_chunk = select(facts.c.chunk_id, func.count().label("fact_count")).group_by(facts.c.chunk_id).subquery()
    fell_back = and_(documents.c.notes_kind == "llm", chunks.c.notes_kind == "extractive")
    per_document = (
        select(
            chunks.c.document_id,
            func.count().label("chunk_count"),
            # PostgreSQL's sum of counts is no integer.
            func.coalesce(cast(func.sum(per_chunk.c.fact_count), Integer), 0).label("fact_count"),
            func.sum(chunks.c.dropped_count).label("dropped_count"),
            func.sum(case((fell_back, 1), else_=0)).label("fallback_count"),
        )
        .join_from(chunks, per_chunk, chunks.c.chunk_id == per_chunk.c.chunk_id, isouter=True)
        .join(documents, documents.c.document_id == chunks.c.document_id)
        .group_by(chunks.c.document_id)
        .subquery()
    )
    query = (
        select(
            *(d.document_id, d.content_hash, d.title, d.status, d.file_name, d.media_type, d.notes_kind),
            *(d.page_count, d.word_count),
            *(per_document.c.chunk_count, per_document.c.fact_count),
            *(per_document.c.dropped_count, per_document.c.fallback_count),
            *(d.created, d.error),
        )
        .join(per_document, per_document.c.document_id == d.document_id)
        .where(d.collection_id == collection_id, *only)
        .order_by(d.created, d.document_id)
    )
    return [DocumentInfo(*row) for row in connection.execute(query)]


def document_info(connection: Connection, collection_id: int, document_id: str) -> DocumentInfo:
    """Return one document's line.

    Raises:
        NotFound: the collection has no such document.
    """
    found = list_documents(connection, collection_id, document_id)
    if not found:
        raise no_document(document_id)
    return found[0]


def load_document(connection: Connection, collection_id: int, document_id: str) -> Document:
    """Return a document with its text, pages and headings.

    Raises:
        NotFound: the collection has no such document.
    """
    query = select(documents).filter_by(collection_id=collection_id, document_id=document_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise no_document(document_id)
    page_rows = connection.execute(select(pages).filter_by(document_id=document_id).order_by(pages.c.number))
    heading_rows = connection.execute(select(headings).filter_by(document_id=document_id).order_by(headings.c.position))
    return Document(
        document_id=row.document_id,
        content_hash=row.content_hash,
        title=row.title,
        media_type=row.media_type,
        text=row.text,
        pages=tuple(Page(page.number, span_of(page)) for page in page_rows),
        headings=tuple(Heading(span_of(heading), heading.level) for heading in heading_rows),
    )


def load_ready(connection: Connection, collection_id: int) -> Iterator[tuple[Document, list[tuple[int, Passage]]]]:
    """Yield each document of a collection that may be searched, with its passages and their row ids."""
    for info in list_documents(connection, collection_id):
        if info.status == "ready":
            document = load_document(connection, collection_id, info.document_id)
            yield document, load_passages(connection, passages.c.document_id == info.document_id)


def ready_in(collection_id: int) -> ColumnElement[bool]:
    """Return the condition of what may be searched: a ready document of the collection."""
    return and_(documents.c.collection_id == collection_id, documents.c.status == "ready")


def load_text(connection: Connection, document_id: str) -> str:
    """Return a document's text alone.

    Raises:
        NotFound: it was deleted.
    """
    text = connection.scalar(select(documents.c.text).filter_by(document_id=document_id))
    if text is None:
        raise no_document(document_id)
    return text


def set_status(connection: Connection, document_id: str, status: Status, error: str = "") -> None:
    """Change a document's status, if it has not been deleted meanwhile."""
    connection.execute(update(documents).filter_by(document_id=document_id).values(status=status, error=error))


def take_place(connection: Connection, document_id: str, old_id: str) -> None:
    """Give a document the title of another one, and its place in lists."""
    old = select(documents.c.title, documents.c.created).filter_by(document_id=old_id)
    title, created = connection.execute(old).one()
    changed = update(documents).filter_by(document_id=document_id).values(title=title, created=created)
    connection.execute(changed)


def delete_rows(connection: Connection, document_id: str) -> None:
    """Delete the document and, by the foreign keys, everything that hangs on it but the lexical index and traces."""
    connection.execute(delete(documents).filter_by(document_id=document_id))


def stored_hashes(connection: Connection) -> set[str]:
    """Return the content hashes of all documents of all collections."""
    return set(connection.scalars(select(documents.c.content_hash)))


def stored_ids(connection: Connection) -> set[str]:
    """Return the ids of all documents of all collections."""
    return set(connection.scalars(select(documents.c.document_id)))


def no_document(document_id: str) -> NotFound:
    """Return the error for an id that the collection does not have."""
    return NotFound(f"no document {document_id} in this collection", document_id=document_id)
