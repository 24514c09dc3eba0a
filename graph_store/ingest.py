"""Adding a document: parse, cut, note, embed, index. The one loop that makes it durable.

Each step commits what it did, and each asks the store what is left to do: a run that was killed is continued by
running it again, and only the batch in flight is repeated.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import catalog, deletion, documents, lexical, merge_rows, note_rows, vector_rows
from .chunk import Chunk, Passage
from .chunking import cut_chunks
from .collection import Collection
from .document import Document, content_hash
from .embedder import Embedder
from .errors import ReaderError, StoreError
from .merging import merged_keys
from .note import Notes, NotesWriter
from .parsers.confined import parse_confined
from .passages import cut_passages
from .progress import Clock, Progress, Report, Stage
from .schema import documents as documents_table
from .schema import passages
from .store import Store

__all__ = ["AddResult", "Progress", "Stage", "add_document", "embed_missing", "finish_document"]

_EMBED_BATCH = 128


@dataclass(frozen=True, slots=True)
class AddResult:
    """An added document. ``existed`` tells that the same bytes were there, ready: nothing was read then.
    ``dropped_count`` counts facts that were refused because their chunk does not bear them out, ``fallback_count``
    chunks that the model could not note, or not all of them, ``model_tokens`` what notes by a model read and wrote.
    ``remark`` tells in a sentence what of the file was not read, or is doubtful; it is said once, when it is parsed."""

    document_id: str
    title: str
    page_count: int
    word_count: int
    chunk_count: int
    fact_count: int
    dropped_count: int
    fallback_count: int
    seconds: float
    existed: bool
    model_tokens: int = 0
    remark: str = ""


async def add_document(
    store: Store,
    collection: Collection,
    data: bytes,
    file_name: str,
    *,
    notes: NotesWriter,
    count_tokens: Callable[[str], int],
    max_chunk_tokens: int = 2000,
    replaces: str | None = None,
    progress: Report | None = None,
) -> AddResult:
    """Add a document to a collection, or go on with one whose adding was cut off or failed.

    Args:
        store: the open data folder.
        collection: one of its collections.
        data: the file's bytes. The same bytes as a ready document's are a no-op.
        file_name: tells the format together with the bytes, and the title where the document has none.
        notes: writes the notes of the chunks.
        count_tokens: counts with the served model's vocabulary.
        max_chunk_tokens: the most tokens of a chunk.
        replaces: the id of a document whose place and title this one takes, and which is deleted, in the transaction
            that makes this one ready. Until then nothing of it changes.
        progress: told after every step, in the event loop's thread.

    Raises:
        InputError: the bytes cannot be read; nothing is stored.
        NotFound: the collection has neither the document to replace nor these bytes, ready.
        ReaderError: a later step failed. What was done is kept, the document's status is "failed" with the reason,
            and adding it again goes on from there.
    """
    started = time.monotonic()
    report = progress or _ignore
    remark = ""
    hash_ = await asyncio.to_thread(content_hash, data)
    async with store.adding(collection, hash_):
        document_id = await asyncio.to_thread(_find, store, collection, hash_)
        existed = document_id is not None and collection.info(document_id).status == "ready"
        if existed and document_id is not None:
            await asyncio.to_thread(_keep, store, collection, document_id, hash_, data, replaces)
        else:
            if replaces is not None:
                collection.info(replaces)
            if document_id is None:
                cut = _Cut(data, file_name, hash_, count_tokens, max_chunk_tokens)
                document_id, remark = await _store_cut(store, collection, cut, notes.kind, report)
            await finish_document(store, collection, document_id, notes, replaces=replaces, progress=report)
    return _result(collection.info(document_id), started, existed, remark)


async def finish_document(
    store: Store,
    collection: Collection,
    document_id: str,
    notes: NotesWriter,
    *,
    replaces: str | None = None,
    progress: Report | None = None,
) -> None:
    """Note, embed and index what is left of a document that is cut and stored; its file is not needed any more.

    Raises:
        ReaderError: a step failed; the document's status is "failed" with the reason.
    """
    report = progress or _ignore
    try:
        await asyncio.to_thread(_set_status, store, document_id, "reading")
        async with asyncio.TaskGroup() as group:
            # Embedding runs in torch's threads and leaves Python free for the notes.
            group.create_task(_note(store, document_id, notes, report))
            group.create_task(_embed(store, collection, document_id, report))
        clock = Clock("index", 1, report)
        await asyncio.to_thread(_make_ready, store, collection, document_id, replaces)
        clock.advance(1)
    except Exception as error:
        # The border of a job: whatever ended it, a mistake of the program too, is what its document's line tells.
        cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
        # A full disk refuses this as well. Then the line goes on saying "reading", and adding again goes on.
        with contextlib.suppress(StoreError):
            await asyncio.to_thread(_set_status, store, document_id, "failed", str(cause))
        if cause is error:
            raise
        raise cause from error


async def embed_missing(store: Store, collection: Collection, progress: Report | None = None) -> None:
    """Embed what the collection's embedder has not: needed once after changing to another one."""
    for info in collection.documents():
        if info.status == "ready":
            await _embed(store, collection, info.document_id, progress or _ignore)
    await asyncio.to_thread(_raise_version, store, collection)
    await asyncio.to_thread(collection.load_index)


@dataclass(frozen=True, slots=True)
class _Cut:
    """What a document is made from."""

    data: bytes
    file_name: str
    content_hash: str
    count_tokens: Callable[[str], int]
    max_tokens: int


async def _store_cut(
    store: Store, collection: Collection, cut: _Cut, notes_kind: str, report: Report
) -> tuple[str, str]:
    """Parse, cut and store; return the document's id and what the parser remarked."""
    clock = Clock("parse", 1, report)
    loop = asyncio.get_running_loop()

    def report_page(done_count: int, page_count: int) -> None:
        loop.call_soon_threadsafe(report, Progress("parse", done_count, page_count, None))

    parsed = await parse_confined(cut.data, cut.file_name, on_page=report_page)
    clock.advance(1)
    clock = Clock("chunk", 1, report)
    document = Document(
        document_id=documents.new_document_id(),
        content_hash=cut.content_hash,
        title=parsed.title,
        media_type=parsed.media_type,
        text=parsed.text,
        pages=parsed.pages,
        headings=parsed.headings,
    )

    def cut_and_store() -> None:
        chunks = cut_chunks(parsed, document.document_id, cut.count_tokens, cut.max_tokens)
        pieces = [(chunk, cut_passages(chunk, document.text)) for chunk in chunks]
        # The file first: a row whose file is missing would be wrong, a file without a row is removed at the next start.
        with store.files.changing:
            saved = store.files.save(cut.content_hash, cut.data)
            try:
                with store.database.writing() as connection:
                    documents.insert_document(
                        connection, collection.collection_id, document, cut.file_name, notes_kind, pieces
                    )
            except StoreError:
                if saved:
                    store.files.delete({cut.content_hash})
                raise

    await asyncio.to_thread(cut_and_store)
    clock.advance(1)
    return document.document_id, parsed.remark


def _keep(
    store: Store, collection: Collection, document_id: str, hash_: str, data: bytes, replaces: str | None
) -> None:
    """Put back the file of a ready document if it is gone, and give the document another one's place."""
    with store.files.changing:
        store.files.save(hash_, data)
    if replaces is not None and replaces != document_id:
        with store.removing(collection.collection_id) as connection:
            deletion.replace_document(connection, collection.collection_id, replaces, document_id)


def _result(info: documents.DocumentInfo, started: float, existed: bool, remark: str) -> AddResult:
    return AddResult(
        document_id=info.document_id,
        title=info.title,
        page_count=info.page_count,
        word_count=info.word_count,
        chunk_count=info.chunk_count,
        fact_count=info.fact_count,
        dropped_count=info.dropped_count,
        fallback_count=info.fallback_count,
        seconds=time.monotonic() - started,
        existed=existed,
        remark=remark,
    )


async def _note(store: Store, document_id: str, notes: NotesWriter, report: Report) -> None:
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


async def _embed(store: Store, collection: Collection, document_id: str, report: Report) -> None:
    embedder = collection.embedder
    waiting, text = await asyncio.to_thread(_waiting_passages, store, document_id, embedder.name)
    clock = Clock("embed", len(waiting), report)
    for start in range(0, len(waiting), _EMBED_BATCH):
        batch = waiting[start : start + _EMBED_BATCH]
        await asyncio.to_thread(_embed_batch, store, embedder, batch, text)
        clock.advance(len(batch))


def _embed_batch(store: Store, embedder: Embedder, batch: list[tuple[int, Passage]], text: str) -> None:
    vectors = embedder.embed([passage.span.of(text) for _, passage in batch])
    with store.database.writing() as connection:
        vector_rows.store_vectors(connection, [row_id for row_id, _ in batch], vectors, embedder.name)


def _make_ready(store: Store, collection: Collection, document_id: str, replaces: str | None) -> None:
    collection_id = collection.collection_id
    with store.database.reading() as connection:
        noted = note_rows.load_facts(connection, documents_table.c.document_id == document_id)
    merges = merged_keys(noted, collection.embedder.embed)
    removing = store.removing(collection_id) if replaces is not None else store.database.writing()
    with removing as connection:
        documents.set_status(connection, document_id, "ready")
        document = documents.load_document(connection, collection_id, document_id)
        cut = documents.load_passages(connection, passages.c.document_id == document_id)
        lexical.add_passages(connection, collection_id, document.text, cut)
        merge_rows.store_merges(connection, document_id, merges)
        if replaces is not None:
            deletion.replace_document(connection, collection_id, replaces, document_id)
        catalog.raise_version(connection, collection_id)
    collection.load_index()


def _find(store: Store, collection: Collection, hash_: str) -> str | None:
    with store.database.reading() as connection:
        return documents.find_document(connection, collection.collection_id, hash_)


def _set_status(store: Store, document_id: str, status: documents.Status, error: str = "") -> None:
    with store.database.writing() as connection:
        documents.set_status(connection, document_id, status, error)


def _waiting_chunks(store: Store, document_id: str) -> tuple[list[Chunk], str]:
    with store.database.reading() as connection:
        return note_rows.chunks_without_notes(connection, document_id), documents.load_text(connection, document_id)


def _waiting_passages(store: Store, document_id: str, embedder: str) -> tuple[list[tuple[int, Passage]], str]:
    with store.database.reading() as connection:
        waiting = vector_rows.passages_without_vector(connection, document_id, embedder)
        return waiting, documents.load_text(connection, document_id)


def _store_notes(store: Store, written: Sequence[Notes]) -> None:
    for notes in written:
        with store.database.writing() as connection:
            note_rows.insert_notes(connection, notes)


def _raise_version(store: Store, collection: Collection) -> None:
    with store.database.writing() as connection:
        catalog.raise_version(connection, collection.collection_id)


def _ignore(_progress: Progress) -> None:
    pass
