"""A collection as loaded into memory at one version: chunks, passages, facts, note graph and vector index.

Each part is loaded at its first use. Nothing here changes afterwards; a newer version is a new snapshot.
"""

import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import chunk_rows, documents, merge_rows, note_rows, vector_rows
from .chunk import Chunk, Passage
from .database import Database
from .document import Document
from .graph import NoteGraph
from .index_device import IndexDevice
from .lexical import telling_words
from .note import AtomicFact
from .once import Once

if TYPE_CHECKING:
    from .vectors import VectorIndex

_T = TypeVar("_T")
_KEPT_DOCUMENTS = 32

# About what each takes in memory: a chunk with its text, a fact with its part of the graph.
_CHUNK_BYTES = 6_000
_PASSAGE_BYTES = 600
_FACT_BYTES = 1_500


class Snapshot:
    """What a collection's ready documents held when its version was ``version``.

    Attributes:
        byte_count: about how much memory is taken by what is loaded so far.
        last_use: when it was last used, by the clock ``time.monotonic``.
    """

    def __init__(
        self,
        database: Database,
        index_folder: Path,
        collection_id: int,
        embedder: str,
        version: int,
        index_device: IndexDevice = "cpu",
        grown: Callable[[], None] = lambda: None,
    ) -> None:
        """Load nothing yet; ``grown`` is called whenever ``byte_count`` has grown."""
        self.version = version
        self.byte_count = 0
        self.last_use = time.monotonic()
        self.lock = threading.RLock()
        self._database = database
        self._index_folder = index_folder
        self._collection_id = collection_id
        self._embedder = embedder
        self._index_device: IndexDevice = index_device
        self._grown = grown
        self._ready = documents.ready_in(collection_id)
        # Nothing here refers back to the snapshot: so it goes at once when it is let go, not with the next garbage.
        self.document = lru_cache(maxsize=_KEPT_DOCUMENTS)(partial(_load_document, database, collection_id))

    @Once
    def chunks(self) -> dict[str, Chunk]:
        """Chunks by id, in document order."""
        with self._database.reading() as connection:
            found = {chunk.chunk_id: chunk for chunk in chunk_rows.load_chunks(connection, self._ready)}
        return self._counted(found, len(found) * _CHUNK_BYTES)

    @Once
    def chunks_of_document(self) -> dict[str, list[Chunk]]:
        """Each document's chunks in order."""
        return _grouped(self.chunks.values(), lambda chunk: chunk.document_id)

    @Once
    def passages_by_row(self) -> dict[int, Passage]:
        """Passages by row id, in document order."""
        with self._database.reading() as connection:
            found = dict(chunk_rows.load_passages(connection, self._ready))
        return self._counted(found, len(found) * _PASSAGE_BYTES)

    @Once
    def rows_of_passages(self) -> dict[str, int]:
        """Row ids by passage id."""
        return {passage.passage_id: row_id for row_id, passage in self.passages_by_row.items()}

    @Once
    def passages_of_chunk(self) -> dict[str, list[Passage]]:
        """Each chunk's passages in order."""
        return _grouped(self.passages_by_row.values(), lambda passage: passage.chunk_id)

    @Once
    def facts(self) -> dict[str, AtomicFact]:
        """Facts by id, in document order."""
        with self._database.reading() as connection:
            found = {fact.fact_id: fact for fact in note_rows.load_facts(connection, self._ready)}
        return self._counted(found, len(found) * _FACT_BYTES)

    @Once
    def facts_of_chunk(self) -> dict[str, list[AtomicFact]]:
        """Each chunk's facts in order."""
        return _grouped(self.facts.values(), lambda fact: fact.chunk_id)

    @Once
    def graph(self) -> NoteGraph:
        """The note graph of all facts."""
        with self._database.reading() as connection:
            of_document = merge_rows.load_merges(connection, self._ready)
        merges = {chunk.chunk_id: of_document.get(chunk.document_id, {}) for chunk in self.chunks.values()}
        return NoteGraph.build(list(self.facts.values()), merges)

    @Once
    def nodes_of_fact(self) -> dict[str, list[str]]:
        """The keys of the nodes that hold each fact."""
        nodes: defaultdict[str, list[str]] = defaultdict(list)
        for key in self.graph.keys():  # noqa: SIM118 - a graph, not a dict
            for fact_id in self.graph.node(key).fact_ids:
                nodes[fact_id].append(key)
        return dict(nodes)

    @Once
    def index(self) -> "VectorIndex | None":
        """The vector index, or None where nothing is embedded."""
        with self._database.reading() as connection:
            index = vector_rows.open_index(
                connection, self._index_folder, self._collection_id, self._embedder, self._index_device
            )
        return self._counted(index, index.byte_count if index else 0)

    @Once
    def _passage_of_fact(self) -> dict[str, Passage]:
        return {}

    def passage_of(self, fact: AtomicFact) -> Passage | None:
        """Return the passage that a fact was taken from: where its span begins, or the one with most of its words."""
        known = self._passage_of_fact
        if fact.fact_id not in known:
            found = self._find_passage(fact)
            if found is None:
                return None
            known[fact.fact_id] = found
        return known[fact.fact_id]

    def _find_passage(self, fact: AtomicFact) -> Passage | None:
        passages = self.passages_of_chunk.get(fact.chunk_id, [])
        if not passages:
            return None
        if fact.span is not None:
            place = bisect_right(passages, fact.span.start, key=lambda passage: passage.span.start) - 1
            return passages[max(place, 0)]
        text = self.document(passages[0].document_id).text
        words = set(telling_words(fact.text))
        return max(passages, key=lambda passage: len(words.intersection(telling_words(passage.span.of(text)))))

    def _counted(self, part: _T, byte_count: int) -> _T:
        self.byte_count += byte_count
        self.last_use = time.monotonic()
        self._grown()
        return part


def _load_document(database: Database, collection_id: int, document_id: str) -> Document:
    with database.reading() as connection:
        return documents.load_document(connection, collection_id, document_id)


_K = TypeVar("_K")


def _grouped(things: Iterable[_T], key: Callable[[_T], _K]) -> dict[_K, list[_T]]:
    groups: defaultdict[_K, list[_T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return dict(groups)
