"""The rows of vectors: which passages wait for theirs, storing them, and the index file made from them."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select, update

from .chunk import Passage
from .chunk_rows import load_passages
from .documents import ready_in
from .index_device import IndexDevice
from .schema import documents, passages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .vectors import VectorIndex

log = logging.getLogger(__name__)


def passages_without_vector(connection: Connection, document_id: str, embedder: str) -> list[tuple[int, Passage]]:
    """Return the document's passages, with row ids, that this embedder has not embedded."""
    p = passages.c
    return load_passages(
        connection, and_(p.document_id == document_id, or_(p.vector.is_(None), p.embedder != embedder))
    )


def store_vectors(
    connection: Connection, row_ids: Sequence[int], vectors: "NDArray[np.float32]", embedder: str
) -> None:
    """Store the vectors of passages; one whose document was deleted meanwhile is passed over."""
    changed = (
        update(passages)
        .where(passages.c.row_id == bindparam("row"))
        .values(vector=bindparam("bytes"), embedder=embedder)
    )
    rows = [
        {"row": row_id, "bytes": vector.astype("<f4").tobytes()}
        for row_id, vector in zip(row_ids, vectors, strict=True)
    ]
    connection.execute(changed, rows)


def index_file(folder: Path, collection_id: int, embedder: str) -> Path:
    """Return where the collection's index of this embedder's vectors is saved."""
    digest = hashlib.sha256(embedder.encode()).hexdigest()[:8]
    return folder / f"{collection_id}-{digest}.faiss"


def open_index(
    connection: Connection, folder: Path, collection_id: int, embedder: str, device: IndexDevice = "cpu"
) -> "VectorIndex | None":
    """Return the collection's index as the store has it now; None if nothing is embedded yet.

    The saved one is used if everything in it is still there, with what came later added; else it is made anew.
    """
    # NumPy takes a fifth of a second to load, and listing documents does without.
    import numpy as np

    from .vectors import VectorIndex

    wanted = and_(ready_in(collection_id), passages.c.vector.is_not(None), passages.c.embedder == embedder)
    stored = np.array(connection.scalars(_query(wanted, passages.c.row_id)).all(), dtype=np.int64)
    if not len(stored):
        return None
    path = index_file(folder, collection_id, embedder)
    index = _load(path, device)
    if index is None or not index.may_grow_to(stored):
        index = VectorIndex(*_load_vectors(connection, wanted), device=device)
    elif len(missing := np.setdiff1d(stored, index.row_ids)):
        row_ids, vectors = _load_vectors(connection, and_(wanted, passages.c.row_id >= int(missing[0])))
        new = np.isin(row_ids, missing)
        index.add(row_ids[new], vectors[new])
    else:
        return index
    try:
        index.save(path)
    except OSError as error:
        # It is only made again at the next start; a full disk must not keep anyone from asking.
        log.warning("The vector index %s cannot be saved: %s", path, error)
    return index


def _load(path: Path, device: IndexDevice) -> "VectorIndex | None":
    from .vectors import VectorIndex

    try:
        index = VectorIndex.load(path, device)
    except OSError as error:
        log.warning("The vector index %s cannot be read and is made anew: %s", path, error)
        return None
    if index is None and path.exists():
        log.warning("The vector index %s is damaged and is made anew", path)
    return index


def delete_index_files(folder: Path, collection_id: int) -> None:
    """Remove the saved indexes of a collection, of whichever embedder."""
    for path in folder.glob(f"{collection_id}-*"):
        path.unlink(missing_ok=True)


def _load_vectors(
    connection: Connection, where: ColumnElement[bool]
) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
    import numpy as np

    rows = connection.execute(_query(where, passages.c.row_id, passages.c.vector)).all()
    row_ids = np.array([row[0] for row in rows], dtype=np.int64)
    vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4").reshape(len(rows), -1)
    return row_ids, vectors.astype(np.float32, copy=False)


def _query(where: ColumnElement[bool], *columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).join(documents).where(where).order_by(passages.c.row_id)
