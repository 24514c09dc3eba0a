"""The notes step of adding a document: every chunk without notes gets some, a transaction each.

Chunks that the model could not note are tried again where that is asked for.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import and_

from . import catalog, documents, merge_rows, note_rows
from .chunk import Chunk
from .collection import Collection
from .documents import DocumentInfo
from .errors import ReaderError
from .merging import merged_keys
from .note import Notes, NotesWriter
from .progress import Clock, Report, ignore
from .schema import chunks, facts
from .store import Store


async def write_notes(store: Store, document_id: str, notes: NotesWriter, report: Report) -> None:
    """Note what is left of a document. Raises ReaderError where a chunk would stay without facts."""
    waiting, text = await asyncio.to_thread(_waiting_chunks, store, document_id)
    clock = Clock("note", len(waiting), report)
    for start in range(0, len(waiting), notes.batch_size):
        batch = waiting[start : start + notes.batch_size]
        written = await notes.write(batch, [chunk.span.of(text) for chunk in batch])
        _refuse_empty(batch, written)
        await asyncio.to_thread(_store_notes, store, written)
        clock.advance(len(batch))


async def note_again(
    store: Store, collection: Collection, document_id: str, notes: NotesWriter, report: Report | None = None
) -> DocumentInfo:
    """Note anew the chunks of a ready document that the model could not note; return the document as it is then.

    A chunk that the model cannot note this time either keeps its notes.
    """
    info = await asyncio.to_thread(collection.info, document_id)
    async with store.adding(collection, info.content_hash):
        left, text = await asyncio.to_thread(_fallback_chunks, store, document_id)
        clock = Clock("note", len(left), report or ignore)
        for start in range(0, len(left), notes.batch_size):
            batch = left[start : start + notes.batch_size]
            written = await notes.write(batch, [chunk.span.of(text) for chunk in batch])
            by_model = [one for one in written if one.kind == notes.kind and one.facts]
            if by_model:
                await asyncio.to_thread(_replace_notes, store, collection, document_id, by_model)
            clock.advance(len(batch))
        await asyncio.to_thread(collection.load_index)
    return await asyncio.to_thread(collection.info, document_id)


def _refuse_empty(batch: Sequence[Chunk], written: Sequence[Notes]) -> None:
    if [chunk.chunk_id for chunk in batch] != [notes.chunk_id for notes in written]:
        raise ReaderError("the notes writer returned notes of other chunks than it was given")
    for notes in written:
        if not notes.facts:
            raise ReaderError(
                f"chunk {notes.chunk_id} got no facts, so it is not done",
                hint="Add the document again, or choose extractive notes.",
                chunk_id=notes.chunk_id,
            )


def _waiting_chunks(store: Store, document_id: str) -> tuple[list[Chunk], str]:
    with store.database.reading() as connection:
        return note_rows.chunks_without_notes(connection, document_id), documents.load_text(connection, document_id)


def _fallback_chunks(store: Store, document_id: str) -> tuple[list[Chunk], str]:
    with store.database.reading() as connection:
        return note_rows.fallback_chunks(connection, document_id), documents.load_text(connection, document_id)


def _replace_notes(store: Store, collection: Collection, document_id: str, written: Sequence[Notes]) -> None:
    """Replace the notes of chunks, and what follows from them, in one transaction."""
    others = facts.c.chunk_id.not_in([notes.chunk_id for notes in written])
    with store.database.reading() as connection:
        kept = note_rows.load_facts(connection, and_(chunks.c.document_id == document_id, others))
    noted = [*kept, *(fact for notes in written for fact in notes.facts)]
    merges = merged_keys(noted, collection.embedder.embed)
    with store.database.writing() as connection:
        for notes in written:
            note_rows.replace_notes(connection, notes)
        merge_rows.store_merges(connection, document_id, merges)
        catalog.raise_version(connection, collection.collection_id)


def _store_notes(store: Store, written: Sequence[Notes]) -> None:
    for notes in written:
        with store.database.writing() as connection:
            note_rows.insert_notes(connection, notes)
