"""Adding a document: parse, cut, note, embed, index. The one loop that makes it durable.

Each step commits what it did, and each asks the store what is left to do: a run that was killed is continued by
running it again, and only the batch in flight is repeated.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import catalog, chunk_rows, deletion, documents, lexical, merge_rows, note_rows, noting
from .collection import Collection
from .cutting import Source, store_cut
from .document import content_hash
from .embedding import embed_missing, embed_passages
from .errors import StoreError
from .merging import merged_keys
from .note import NotesWriter
from .parsers.confined import ParseLimits
from .progress import Clock, Progress, Report, Stage, ignore
from .schema import documents as documents_table
from .schema import passages
from .store import Store

__all__ = ["AddResult", "Progress", "Stage", "add_document", "embed_missing", "finish_document"]


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
    counts_slowly: bool = False,
    limits: ParseLimits | None = None,
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
        counts_slowly: each count is a request; see `cut_chunks`.
        limits: of reading the file; default: the usual ones.
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
    report = progress or ignore
    remark = ""
    hash_ = await asyncio.to_thread(content_hash, data)
    async with store.adding(collection, hash_):
        document_id = await asyncio.to_thread(_find, store, collection, hash_)
        existed = document_id is not None and (await _info(collection, document_id)).status == "ready"
        if existed and document_id is not None:
            await asyncio.to_thread(_keep, store, collection, document_id, hash_, data, replaces)
        else:
            if replaces is not None:
                await _info(collection, replaces)
            if document_id is None:
                how = notes.kind, count_tokens, max_chunk_tokens, counts_slowly, limits
                source = Source(data, file_name, hash_, *how)
                document_id, remark = await store_cut(store, collection, source, report)
            await finish_document(store, collection, document_id, notes, replaces=replaces, progress=report)
    return _result(await _info(collection, document_id), started, existed, remark)


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
    report = progress or ignore
    try:
        await asyncio.to_thread(_set_status, store, document_id, "reading")
        async with asyncio.TaskGroup() as group:
            # Embedding runs in torch's threads and leaves Python free for the notes.
            group.create_task(noting.write_notes(store, document_id, notes, report))
            group.create_task(embed_passages(store, collection, document_id, report))
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


async def _info(collection: Collection, document_id: str) -> documents.DocumentInfo:
    return await asyncio.to_thread(collection.info, document_id)


def _keep(
    store: Store, collection: Collection, document_id: str, hash_: str, data: bytes, replaces: str | None
) -> None:
    """Put back the file of a ready document if it is gone, and give the document another one's place."""
    store.files.put_back(hash_, data)
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


def _find(store: Store, collection: Collection, hash_: str) -> str | None:
    with store.database.reading() as connection:
        return documents.find_document(connection, collection.collection_id, hash_)


def _set_status(store: Store, document_id: str, status: documents.Status, error: str = "") -> None:
    with store.database.writing() as connection:
        documents.set_status(connection, document_id, status, error)


def _make_ready(store: Store, collection: Collection, document_id: str, replaces: str | None) -> None:
    collection_id = collection.collection_id
    with store.database.reading() as connection:
        noted = note_rows.load_facts(connection, documents_table.c.document_id == document_id)
    merges = merged_keys(noted, collection.embedder.embed)
    removing = store.removing(collection_id) if replaces is not None else store.database.writing()
    with removing as connection:
        documents.set_status(connection, document_id, "ready")
        document = documents.load_document(connection, collection_id, document_id)
        cut = chunk_rows.load_passages(connection, passages.c.document_id == document_id)
        lexical.add_passages(connection, collection_id, document.text, cut)
        merge_rows.store_merges(connection, document_id, merges)
        if replaces is not None:
            deletion.replace_document(connection, collection_id, replaces, document_id)
        catalog.raise_version(connection, collection_id)
    collection.load_index()
