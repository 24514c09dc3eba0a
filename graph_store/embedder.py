"""The contract of embedders, and a deterministic one for tests. The real one is sentence_embedder.py."""

import hashlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    dimension_count: int

    def embed(self, texts: list[str]) -> "NDArray[np.float32]":
        """Return an array of shape (len(texts), dimension_count), float32, rows of length 1, in the same order."""
        ...


class HashEmbedder:
    """A deterministic embedder from hashed character trigrams: for tests, and where no model may be loaded."""

    name = "hash-trigram"

    def __init__(self, dimension_count: int = 256) -> None:
        self.dimension_count = dimension_count

    def embed(self, texts: list[str]) -> "NDArray[np.float32]":
        """Return unit vectors of hashed trigram counts; a text without letters gives the first axis."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimension_count), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f"  {' '.join(text.lower().split())} "
            for i in range(len(padded) - 2):
                digest = hashlib.blake2b(padded[i : i + 3].encode(), digest_size=4).digest()
                row[int.from_bytes(digest, "little") % self.dimension_count] += 1.0
            if not row.any():
                row[0] = 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
