"""The notes step of adding a document: every chunk without notes gets some, a transaction each."""

import asyncio
from collections.abc import Sequence

from . import documents, note_rows
from .chunk import Chunk
from .errors import ReaderError
from .note import Notes, NotesWriter
from .progress import Clock, Report
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


def _store_notes(store: Store, written: Sequence[Notes]) -> None:
    for notes in written:
        with store.database.writing() as connection:
            note_rows.insert_notes(connection, notes)
