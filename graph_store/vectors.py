"""The vector index of a collection: FAISS over the passages' vectors, saved beside the database.

The vectors themselves are in the store; what is here is derived from them and is made anew when its file is missing,
damaged, or knows a passage that the store does not. FAISS is imported by the first index, not before.
"""

import hashlib
import secrets
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ConfigurationError
from .index_device import IndexDevice, kind_for, kind_of, make_base, on_gpu, search_parameters, usable_device

EXACT_LIMIT = 50_000
"""Up to this many passages every vector is compared; above, a graph (HNSW) finds nearly always the same."""

_DIGEST_BYTES = 32


class VectorIndex:
    """Finds the passages, known by row id, whose unit vectors are nearest to a query's."""

    def __init__(
        self,
        row_ids: NDArray[np.int64],
        vectors: NDArray[np.float32],
        exact_limit: int = EXACT_LIMIT,
        device: IndexDevice = "cpu",
    ) -> None:
        """Index ``vectors``, an array of shape (len(row_ids), dimension_count); search them on ``device``."""
        faiss = _faiss()
        self._start(faiss, device)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        base = make_base(faiss, kind_for(len(row_ids), exact_limit, self._device), vectors)
        self._fill(faiss.IndexIDMap2(base), row_ids, vectors)

    def _start(self, faiss: Any, device: IndexDevice) -> None:
        self._device: IndexDevice = usable_device(faiss, device)
        self._gpu_copy: Any = None

    def _fill(self, index: Any, row_ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        self._index = index
        self._gpu_copy = None
        if len(row_ids):
            index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), row_ids)

    @property
    def row_ids(self) -> NDArray[np.int64]:
        """The indexed row ids."""
        return _faiss().vector_to_array(self._index.id_map)

    @property
    def byte_count(self) -> int:
        """How much memory the vectors take."""
        return self._index.ntotal * self._index.d * np.dtype(np.float32).itemsize

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared."""
        return kind_of(_faiss(), self._index.index) == "flat"

    def may_grow_to(self, row_ids: NDArray[np.int64], exact_limit: int = EXACT_LIMIT) -> bool:
        """Tell whether adding what is missing makes this the index of ``row_ids``: nothing in it is gone, and that
        many are still searched in the same way on this device."""
        kind = kind_for(len(row_ids), exact_limit, self._device)
        return kind_of(_faiss(), self._index.index) == kind and bool(np.isin(self.row_ids, row_ids).all())

    def add(self, row_ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Index more passages."""
        self._fill(self._index, row_ids, vectors)

    def search(
        self, query: NDArray[np.float32], limit: int, only: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Return row ids and cosine similarities, best first; ``only`` narrows the search to these row ids."""
        # Indexes on a GPU take no selection.
        if only is not None and (self._device == "cuda" or not self.is_exact):
            return self._search_few(query, limit, only)
        if self._device == "cuda":
            return self._search_on_gpu(query, limit)
        faiss = _faiss()
        selector = {} if only is None else {"sel": faiss.IDSelectorBatch(only)}
        base = faiss.downcast_index(self._index.index)
        parameters = search_parameters(faiss, kind_of(faiss, base), base, **selector)
        scores, row_ids = self._index.search(query.reshape(1, -1), limit, params=parameters)
        return [(int(row), float(score)) for row, score in zip(row_ids[0], scores[0], strict=True) if row >= 0]

    def _search_on_gpu(self, query: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
        if self._gpu_copy is None:
            faiss = _faiss()
            base = faiss.downcast_index(self._index.index)
            self._gpu_copy = on_gpu(faiss, kind_of(faiss, base), base)
        row_ids = self.row_ids
        scores, places = self._gpu_copy.search(query.reshape(1, -1), min(limit, len(row_ids)))
        return [(int(row_ids[at]), float(score)) for at, score in zip(places[0], scores[0], strict=True) if at >= 0]

    def vectors(self, row_ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of indexed row ids, in their order."""
        return self._index.reconstruct_batch(row_ids)

    def _search_few(self, query: NDArray[np.float32], limit: int, only: NDArray[np.int64]) -> list[tuple[int, float]]:
        # A walk over the HNSW graph loses its way when most nodes are forbidden, so these few are compared one by one.
        known = only[np.isin(only, self.row_ids)]
        if not len(known):
            return []
        scores = self.vectors(known) @ query
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(known[i]), float(scores[i])) for i in best]

    def save(self, path: Path) -> None:
        """Write the index; the file appears whole or not at all."""
        data = _faiss().serialize_index(self._index).tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        # Of its own: processes that share the folder may save the same one at the same time.
        partial = path.with_suffix(f".{secrets.token_hex(4)}.part")
        # FAISS trusts what it reads, so that only bytes with the right digest ever reach it.
        try:
            partial.write_bytes(hashlib.sha256(data).digest() + data)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path, device: IndexDevice = "cpu") -> "VectorIndex | None":
        """Read a saved index; None if there is none or it is damaged."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        digest, data = content[:_DIGEST_BYTES], memoryview(content)[_DIGEST_BYTES:]
        if hashlib.sha256(data).digest() != digest:
            return None
        loaded = cls.__new__(cls)
        loaded._start(_faiss(), device)
        loaded._index = _faiss().deserialize_index(np.frombuffer(data, dtype=np.uint8))
        return loaded


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise ConfigurationError(
            "the vector index needs FAISS, which is not installed",
            hint="pip install 'longreader[cpu]' or 'longreader[gpu]'",
        ) from error
    return faiss
