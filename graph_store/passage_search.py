"""Finding passages of a loaded collection, by meaning and by words."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import lexical
from .chunk import Passage
from .database import Database
from .errors import StoreDamaged
from .search import fuse_rankings
from .snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

_MIN_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that was found. The score is in (0, 1]; it orders one search and means nothing across searches."""

    passage: Passage
    score: float


class PassageSearch:
    """The search in one collection: two rankings, fused.

    Args:
        database: holds the lexical index.
        collection_id: whose passages are searched.
        embed_query: returns a query's vector.
    """

    def __init__(
        self, database: Database, collection_id: int, embed_query: "Callable[[str], NDArray[np.float32]]"
    ) -> None:
        self._database = database
        self._collection_id = collection_id
        self._embed_query = embed_query

    def search(
        self, snapshot: Snapshot, query: str, limit: int, document_ids: frozenset[str] | None = None
    ) -> list[PassageHit]:
        """Return hits in what is loaded, best first; see `Collection.search`."""
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
        import numpy as np

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
            return lexical.search_words(connection, self._collection_id, query, limit, document_ids)
