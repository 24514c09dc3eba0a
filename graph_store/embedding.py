"""The vectors step of adding a document: each passage that the collection's embedder has not embedded gets a vector."""

import asyncio

from . import catalog, documents, vector_rows
from .chunk import Passage
from .collection import Collection
from .embedder import Embedder
from .progress import Clock, Report, ignore
from .store import Store

BATCH_PASSAGES = 128
"""Passages that are embedded and stored at once."""


async def embed_passages(store: Store, collection: Collection, document_id: str, report: Report) -> int:
    """Embed what is left of a document; return how many passages that was."""
    embedder = collection.embedder
    waiting, text = await asyncio.to_thread(_waiting_passages, store, document_id, embedder.name)
    clock = Clock("embed", len(waiting), report)
    for start in range(0, len(waiting), BATCH_PASSAGES):
        batch = waiting[start : start + BATCH_PASSAGES]
        await asyncio.to_thread(_embed_batch, store, embedder, batch, text)
        clock.advance(len(batch))
    return len(waiting)


async def embed_missing(store: Store, collection: Collection, progress: Report | None = None) -> None:
    """Embed what the collection's embedder has not: needed once after changing to another one."""
    ready = [info.document_id for info in collection.documents() if info.status == "ready"]
    counts = [await embed_passages(store, collection, document_id, progress or ignore) for document_id in ready]
    if any(counts):
        await asyncio.to_thread(_raise_version, store, collection)
    await asyncio.to_thread(collection.load_index)


def _embed_batch(store: Store, embedder: Embedder, batch: list[tuple[int, Passage]], text: str) -> None:
    vectors = embedder.embed([passage.span.of(text) for _, passage in batch])
    with store.database.writing() as connection:
        vector_rows.store_vectors(connection, [row_id for row_id, _ in batch], vectors, embedder.name)


def _waiting_passages(store: Store, document_id: str, embedder: str) -> tuple[list[tuple[int, Passage]], str]:
    with store.database.reading() as connection:
        waiting = vector_rows.passages_without_vector(connection, document_id, embedder)
        return waiting, documents.load_text(connection, document_id)


def _raise_version(store: Store, collection: Collection) -> None:
    with store.database.writing() as connection:
        catalog.raise_version(connection, collection.collection_id)
