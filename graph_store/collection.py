"""A collection as agents see it: its documents, chunks, passages, facts and note graph, and the three searches.

Read-only. What is loaded is a snapshot, exchanged when the collection's version in the store changes, and let go when
other collections need its room (loaded.py). Only ready documents are seen, but for the list of documents and a document
asked for by its id.
"""

import asyncio
import time
from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import catalog, documents
from .chunk import Chunk, Passage
from .database import Database
from .document import Document
from .documents import DocumentInfo
from .embedder import Embedder
from .errors import NotFound
from .graph import NoteGraph
from .index_device import IndexDevice
from .loaded import LOADED
from .note import AtomicFact
from .passage_search import PassageHit, PassageSearch
from .ranking import NodeHit, rank_facts, rank_nodes
from .snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_T = TypeVar("_T")
_NODE_PASSAGES = 30
_KEPT_QUERIES = 64


class Collection:
    """One collection of a store. Made by ``Store.collection``; safe to use from many tasks and threads."""

    def __init__(
        self,
        database: Database,
        index_folder: Path,
        collection_id: int,
        name: str,
        tenant: str,
        embedder: Embedder,
        index_device: IndexDevice = "cpu",
    ) -> None:
        self.collection_id = collection_id
        self.name = name
        self.tenant = tenant
        self.embedder = embedder
        self._database = database
        self._index_folder = index_folder
        self._index_device: IndexDevice = index_device
        self._loaded: tuple[Snapshot, object] | None = None
        self._embed_query = lru_cache(maxsize=_KEPT_QUERIES)(partial(_embed_one, embedder))
        self._passages = PassageSearch(database, collection_id, self._embed_query)
        LOADED.add(self)

    @property
    def graph(self) -> NoteGraph:
        """The note graph, built at its first use and kept until the collection changes."""
        return self._current().graph

    def documents(self) -> list[DocumentInfo]:
        """Return all documents, oldest first, also those being read and failed ones."""
        with self._database.reading() as connection:
            return documents.list_documents(connection, self.collection_id)

    def ready_ids(self) -> list[str]:
        """Return the ids of the documents that may be read, in the order of `documents`, at no cost."""
        return list(self._current().chunks_of_document)

    def info(self, document_id: str) -> DocumentInfo:
        """Return one document's line of the list.

        Raises:
            NotFound: the collection has no such document.
        """
        with self._database.reading() as connection:
            return documents.document_info(connection, self.collection_id, document_id)

    def document(self, document_id: str) -> Document:
        """Return a document with its text.

        Raises:
            NotFound: the collection has no such document.
        """
        return self._current().document(document_id)

    def chunks(self, document_id: str) -> list[Chunk]:
        """Return a document's chunks in order.

        Raises:
            NotFound: the collection has no such ready document.
        """
        return list(_get(self._current().chunks_of_document, document_id, "document"))

    def chunk(self, chunk_id: str) -> Chunk:
        """Return a chunk.

        Raises:
            NotFound: there is none of this id.
        """
        return _get(self._current().chunks, chunk_id, "chunk")

    def chunk_before(self, chunk_id: str) -> Chunk | None:
        """Return the chunk before this one in its document, if there is one."""
        return self._chunk_beside(chunk_id, -1)

    def chunk_after(self, chunk_id: str) -> Chunk | None:
        """Return the chunk after this one in its document, if there is one."""
        return self._chunk_beside(chunk_id, 1)

    def passages(self, chunk_id: str) -> list[Passage]:
        """Return a chunk's passages in order."""
        snapshot = self._current()
        _get(snapshot.chunks, chunk_id, "chunk")
        return list(snapshot.passages_of_chunk.get(chunk_id, []))

    def passage(self, passage_id: str) -> Passage:
        """Return a passage.

        Raises:
            NotFound: there is none of this id.
        """
        snapshot = self._current()
        return snapshot.passages_by_row[_get(snapshot.rows_of_passages, passage_id, "passage")]

    def facts(self, fact_ids: Iterable[str]) -> list[AtomicFact]:
        """Return facts in the order of their ids as given.

        Raises:
            NotFound: one of them does not exist.
        """
        known = self._current().facts
        return [_get(known, fact_id, "fact") for fact_id in fact_ids]

    def facts_of_chunk(self, chunk_id: str) -> list[AtomicFact]:
        """Return a chunk's facts in order."""
        snapshot = self._current()
        _get(snapshot.chunks, chunk_id, "chunk")
        return list(snapshot.facts_of_chunk.get(chunk_id, []))

    def passage_of(self, fact: AtomicFact) -> Passage | None:
        """Return the passage that a fact was taken from; for one without a span, the passage most like it."""
        return self._current().passage_of(fact)

    def text_of(self, span_owner: Chunk | Passage) -> str:
        """Return the text of a chunk or passage."""
        return span_owner.span.of(self.document(span_owner.document_id).text)

    async def search(self, query: str, limit: int = 8, document_ids: frozenset[str] | None = None) -> list[PassageHit]:
        """Find passages by meaning and by words, the two rankings fused.

        Args:
            query: any text; without a letter or digit nothing is found.
            limit: the most hits.
            document_ids: search only these documents; None searches all.

        Returns:
            Hits, best first.
        """
        return await asyncio.to_thread(self._search, query, limit, document_ids)

    async def rank_nodes(self, query: str, limit: int = 50) -> list[NodeHit]:
        """Find nodes of the graph to start from.

        First those whose key element stands in the query, the rarest first; then those of the facts of the best
        passages, each weighted by the ranks of the passages it is in (1, 1/2, 1/3, …) and by its rarity (inverse
        fact frequency).
        """
        return await asyncio.to_thread(self._rank_nodes, query, limit)

    async def rank_facts(self, query: str, facts: list[AtomicFact], limit: int) -> list[AtomicFact]:
        """Return the facts nearest to the query, best first.

        A fact's score is the similarity of the passage it was taken from (its stored vector; no fact is embedded)
        plus the share of the query's words that it holds.
        """
        return await asyncio.to_thread(self._rank_facts, query, facts, limit)

    def load_index(self) -> None:
        """Load what searching needs, so that the first search does not wait for it."""
        snapshot = self._current()
        _ = snapshot.index, snapshot.passages_by_row

    @property
    def loaded(self) -> Snapshot | None:
        """What is loaded of it now, at whatever version."""
        held = self._loaded
        return held[0] if held else None

    def unload(self) -> None:
        """Let go what is loaded; the next use loads it again. Whoever reads in it keeps it."""
        self._loaded = None

    def _current(self) -> Snapshot:
        loaded, mark = self._loaded, self._database.write_mark
        if loaded is not None and loaded[1] is mark:
            loaded[0].last_use = time.monotonic()
            return loaded[0]
        with self._database.reading() as connection:
            version = catalog.version_of(connection, self.collection_id)
        snapshot = loaded[0] if loaded else None
        if snapshot is None or snapshot.version != version:
            # Two tasks may both come here; each gets a right snapshot and one of the two is kept.
            place = self._database, self._index_folder, self.collection_id
            snapshot = Snapshot(*place, self.embedder.name, version, self._index_device, LOADED.make_room)
        snapshot.last_use = time.monotonic()
        self._loaded = snapshot, mark
        return snapshot

    def _chunk_beside(self, chunk_id: str, step: int) -> Chunk | None:
        snapshot = self._current()
        chunk = _get(snapshot.chunks, chunk_id, "chunk")
        siblings = snapshot.chunks_of_document[chunk.document_id]
        place = chunk.index + step
        return siblings[place] if 0 <= place < len(siblings) else None

    def _search(self, query: str, limit: int, document_ids: frozenset[str] | None) -> list[PassageHit]:
        return self._passages.search(self._current(), query, limit, document_ids)

    def _rank_nodes(self, query: str, limit: int) -> list[NodeHit]:
        snapshot = self._current()
        hits = self._passages.search(snapshot, query, _NODE_PASSAGES)
        return rank_nodes(snapshot, query, [hit.passage for hit in hits], limit)

    def _rank_facts(self, query: str, facts: list[AtomicFact], limit: int) -> list[AtomicFact]:
        return rank_facts(self._current(), query, self._embed_query(query), facts, limit)


def _embed_one(embedder: Embedder, query: str) -> "NDArray[np.float32]":
    return embedder.embed([query])[0]


def _get(known: "dict[str, _T]", wanted: str, kind: str) -> _T:
    try:
        return known[wanted]
    except KeyError as error:
        raise NotFound(f"no {kind} {wanted} in this collection", **{f"{kind}_id": wanted}) from error
