"""The data folder: opened, locked, its collections handed out, documents deleted, traces kept.

    <folder>/longreader.sqlite   rows (schema.py) and the lexical index
    <folder>/files/              original files by content hash
    <folder>/index/              vector indexes, derived
    <folder>/lock, owner.pid     the owner

Adding documents is ingest.py, reading them is collection.py.
"""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from . import catalog, documents, lexical, traces, vector_rows
from .catalog import CollectionInfo
from .collection import Collection
from .database import Database
from .embedder import Embedder
from .errors import StoreError
from .files import Files
from .folder_lock import FolderLock
from .schema import passages
from .sentence_embedder import SentenceEmbedder
from .traces import TraceRecord


class Store:
    """An open data folder, owned by this process until it is closed."""

    def __init__(self, folder: Path, embedder: Embedder, lock: FolderLock, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.files = Files(folder / "files")
        self._embedder = embedder
        self._index_folder = folder / "index"
        self._lock = lock
        self._collections: dict[tuple[str, str], Collection] = {}
        self._adding: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None) -> Self:
        """Open a data folder; a missing one is made.

        Args:
            folder: the data folder.
            embedder: embeds passages and queries; None is the built-in sentence embedder, loaded when first needed.

        Raises:
            StoreLocked: another process owns it; ``fields["pid"]`` tells which.
            StoreError: it cannot be written, is damaged, or was written by a newer version.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FolderLock(folder)
        except OSError as error:
            hint = "Choose a data folder that you may write to."
            raise StoreError(f"{folder} cannot be used: {error}", hint=hint, path=folder) from error
        try:
            store = cls(folder, embedder or SentenceEmbedder(), lock, Database(folder / "longreader.sqlite"))
            store._remove_orphans()
        except BaseException:
            lock.release()
            raise
        return store

    def close(self) -> None:
        """Close the database and give the folder free."""
        self.database.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.close()

    def collection(self, name: str = "default", tenant: str = "local") -> Collection:
        """Return a collection; a new name makes an empty one. The same one comes back each time."""
        if (tenant, name) not in self._collections:
            with self.database.writing() as connection:
                collection_id = catalog.find_or_create(connection, tenant, name)
            self._collections[tenant, name] = Collection(
                self.database, self._index_folder, collection_id, name, tenant, self._embedder
            )
        return self._collections[tenant, name]

    def collections(self) -> list[CollectionInfo]:
        """Return what collections there are."""
        with self.database.reading() as connection:
            return catalog.list_collections(connection)

    def delete_document(self, collection: Collection, document_id: str) -> None:
        """Delete a document with everything that was made from it. No model is called.

        Afterwards no byte of it is in the data folder: rows, words, vectors and the file go (the file stays if
        another collection has the same one), and traces that quote it lose their payload.

        Raises:
            NotFound: the collection has no such document.
        """
        # Derived, so it goes first: a crash between the steps must not leave it behind.
        vector_rows.delete_index_files(self._index_folder, collection.collection_id)
        with self.database.writing() as connection:
            document = documents.load_document(connection, collection.collection_id, document_id)
            info = documents.document_info(connection, collection.collection_id, document_id)
            if info.status == "ready":
                cut = documents.load_passages(connection, passages.c.document_id == document_id)
                lexical.remove_passages(connection, collection.collection_id, document.text, cut)
            traces.strike_out(connection, document_id)
            documents.delete_rows(connection, document_id)
            catalog.raise_version(connection, collection.collection_id)
            kept_file = info.content_hash in documents.stored_hashes(connection)
        if not kept_file:
            self.files.delete(info.content_hash)
        self.database.checkpoint()

    def document_ids(self) -> set[str]:
        """Return the ids of all documents, in whatever state, of all collections."""
        with self.database.reading() as connection:
            return documents.stored_ids(connection)

    def save_trace(
        self,
        collection: Collection,
        trace_id: str,
        question: str,
        payload: str,
        document_ids: frozenset[str],
    ) -> None:
        """Store a trace, in place of one with the same id.

        Args:
            collection: where the question was asked.
            trace_id: from ``traces.new_trace_id``.
            question: as asked.
            payload: the trace as JSON.
            document_ids: every document whose words are in the payload.
        """
        with self.database.writing() as connection:
            traces.put_trace(connection, collection.collection_id, trace_id, question, payload, document_ids)

    def trace(self, trace_id: str) -> TraceRecord:
        """Return a stored trace.

        Raises:
            NotFound: there is none of this id.
        """
        with self.database.reading() as connection:
            return traces.load_trace(connection, trace_id)

    def traces(self, limit: int = 20) -> list[TraceRecord]:
        """Return the newest traces, newest first."""
        with self.database.reading() as connection:
            return traces.newest_traces(connection, limit)

    def adding(self, collection: Collection, content_hash: str) -> asyncio.Lock:
        """Return the lock under which one task at a time adds these bytes to this collection."""
        return self._adding.setdefault((collection.collection_id, content_hash), asyncio.Lock())

    def _remove_orphans(self) -> None:
        with self.database.reading() as connection:
            known = documents.stored_hashes(connection)
        self.files.keep_only(known)
