"""A collection as agents see it: its documents, chunks, passages, facts and note graph, and the three searches.

Read-only. What is loaded is a snapshot, exchanged when the collection's version in the store changes. Only ready
documents are seen, but for the list of documents and a document asked for by its id.
"""

import asyncio
import logging
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from . import catalog, documents, lexical
from .chunk import Chunk, Passage
from .database import Database
from .document import Document
from .documents import DocumentInfo
from .embedder import Embedder
from .errors import NotFound, StoreDamaged
from .graph import NoteGraph
from .note import AtomicFact
from .search import fuse_rankings
from .snapshot import Snapshot

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_MIN_CANDIDATES = 50
_NODE_PASSAGES = 30
_KEPT_QUERIES = 64


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that was found. The score is in (0, 1]; it orders one search and means nothing across searches."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class NodeHit:
    """A node that was found. Nodes named in the query score above 1, others in (0, 1]."""

    key: str
    name: str
    score: float


class Collection:
    """One collection of a store. Made by ``Store.collection``; safe to use from many tasks and threads."""

    def __init__(
        self, database: Database, index_folder: Path, collection_id: int, name: str, tenant: str, embedder: Embedder
    ) -> None:
        self.collection_id = collection_id
        self.name = name
        self.tenant = tenant
        self.embedder = embedder
        self._database = database
        self._index_folder = index_folder
        self._loaded: tuple[Snapshot, object] | None = None
        self._embed_query = lru_cache(maxsize=_KEPT_QUERIES)(self._embed_one)

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

    def _current(self) -> Snapshot:
        loaded, mark = self._loaded, self._database.write_mark
        if loaded is not None and loaded[1] is mark:
            return loaded[0]
        with self._database.reading() as connection:
            version = catalog.version_of(connection, self.collection_id)
        snapshot = loaded[0] if loaded else None
        if snapshot is None or snapshot.version != version:
            # Two tasks may both come here; each gets a right snapshot and one of the two is kept.
            snapshot = Snapshot(self._database, self._index_folder, self.collection_id, self.embedder.name, version)
        self._loaded = snapshot, mark
        return snapshot

    def _chunk_beside(self, chunk_id: str, step: int) -> Chunk | None:
        snapshot = self._current()
        chunk = _get(snapshot.chunks, chunk_id, "chunk")
        siblings = snapshot.chunks_of_document[chunk.document_id]
        place = chunk.index + step
        return siblings[place] if 0 <= place < len(siblings) else None

    def _embed_one(self, query: str) -> NDArray[np.float32]:
        return self.embedder.embed([query])[0]

    def _search(self, query: str, limit: int, document_ids: frozenset[str] | None) -> list[PassageHit]:
        snapshot = self._current()
        if limit < 1 or not any(character.isalnum() for character in query):
            return []
        candidates = max(_MIN_CANDIDATES, 4 * limit)
        rankings = (
            self._nearest(snapshot, query, candidates, document_ids),
            self._with_words(snapshot, query, candidates, document_ids),
        )
        passages = snapshot.passages_by_row
        return [PassageHit(passages[row_id], score) for row_id, score in fuse_rankings(rankings, limit)]

    def _nearest(self, snapshot: Snapshot, query: str, limit: int, document_ids: frozenset[str] | None) -> list[int]:
        if snapshot.index is None:
            return []
        only = None
        if document_ids is not None:
            rows = [row for row, passage in snapshot.passages_by_row.items() if passage.document_id in document_ids]
            only = np.array(rows, dtype=np.int64)
        return [row_id for row_id, _ in snapshot.index.search(self._embed_query(query), limit, only)]

    def _with_words(self, snapshot: Snapshot, query: str, limit: int, document_ids: frozenset[str] | None) -> list[int]:
        try:
            hits = self._search_words(query, limit, document_ids)
        except StoreDamaged as error:
            # Derived like the vector index, only it lies in the database: if nothing else is broken, it is made anew.
            log.warning("The lexical index is damaged and is made anew: %s", error)
            with self._database.writing() as connection:
                lexical.rebuild(connection)
            hits = self._search_words(query, limit, document_ids)
        # The database may be one version ahead of the snapshot.
        return [row_id for row_id, _ in hits if row_id in snapshot.passages_by_row]

    def _search_words(self, query: str, limit: int, document_ids: frozenset[str] | None) -> list[tuple[int, float]]:
        with self._database.reading() as connection:
            return lexical.search_words(connection, self.collection_id, query, limit, document_ids)

    def _rank_nodes(self, query: str, limit: int) -> list[NodeHit]:
        snapshot = self._current()
        graph, fact_count = snapshot.graph, len(snapshot.facts)
        weights: defaultdict[str, float] = defaultdict(float)
        for rank, hit in enumerate(self._search(query, _NODE_PASSAGES, None), start=1):
            for key in self._nodes_of(snapshot, hit.passage):
                # Fused scores fall too slowly: with them, what is in all of the passages would beat the best one's.
                weights[key] += 1 / rank
        named = graph.find(query)
        rarity = {key: math.log1p(fact_count / len(graph.node(key).fact_ids)) for key in {*weights, *named}}
        highest = max((rarity[key] * weight for key, weight in weights.items()), default=1.0)
        scores = {key: rarity[key] * weight / highest for key, weight in weights.items()}
        # Rarity orders the named ones: what everything speaks of is a poor place to start.
        most_rare = math.log1p(fact_count) or 1.0
        scores.update({key: 1.0 + rarity[key] / most_rare for key in named})
        best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
        return [NodeHit(key, graph.node(key).name, scores[key]) for key in best]

    def _nodes_of(self, snapshot: Snapshot, passage: Passage) -> set[str]:
        facts = snapshot.facts_of_chunk.get(passage.chunk_id, [])
        here = (fact for fact in facts if snapshot.passage_of(fact) == passage)
        return {key for fact in here for key in snapshot.nodes_of_fact.get(fact.fact_id, [])}

    def _rank_facts(self, query: str, facts: list[AtomicFact], limit: int) -> list[AtomicFact]:
        snapshot = self._current()
        words = set(lexical.telling_words(query))
        similarities = self._similarities(snapshot, query, facts)

        def score(fact: AtomicFact) -> float:
            shared = words.intersection(lexical.telling_words(fact.text))
            return similarities.get(fact.fact_id, 0.0) + len(shared) / max(len(words), 1)

        return sorted(facts, key=score, reverse=True)[:limit]

    def _similarities(self, snapshot: Snapshot, query: str, facts: list[AtomicFact]) -> dict[str, float]:
        index = snapshot.index
        if index is None:
            return {}
        indexed = set(index.row_ids.tolist())
        places = {fact.fact_id: snapshot.passage_of(fact) for fact in facts}
        rows = {fact_id: snapshot.rows_of_passages[place.passage_id] for fact_id, place in places.items() if place}
        rows = {fact_id: row_id for fact_id, row_id in rows.items() if row_id in indexed}
        if not rows:
            return {}
        distinct = np.unique(np.fromiter(rows.values(), dtype=np.int64))
        scores = dict(
            zip(distinct.tolist(), (index.vectors(distinct) @ self._embed_query(query)).tolist(), strict=True)
        )
        return {fact_id: scores[row_id] for fact_id, row_id in rows.items()}


def _get(known: "dict[str, _T]", wanted: str, kind: str) -> _T:
    try:
        return known[wanted]
    except KeyError as error:
        raise NotFound(f"no {kind} {wanted} in this collection", **{f"{kind}_id": wanted}) from error
