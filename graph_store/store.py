"""The data folder: opened, locked, its collections handed out, documents deleted, traces and chats kept.

    <folder>/longreader.sqlite   rows (schema.py) and the lexical index
    <folder>/files/              original files by content hash
    <folder>/index/              vector indexes, derived
    <folder>/lock, owner.pid     the owner

Adding documents is ingest.py, reading them is collection.py, copying the whole folder is backup.py, mending it is
repair.py.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from . import backup, catalog, deletion, documents, lexical, traces, upgrade, vector_rows
from .catalog import CollectionInfo
from .chats import Chats
from .collection import Collection
from .database import Database
from .embedder import Embedder
from .errors import NotFound, StoreDamaged, StoreError
from .files import Files
from .folder_lock import FolderLock
from .sentence_embedder import SentenceEmbedder
from .sqlite import FILE_NAME, SqliteDatabase
from .traces import TraceRecord


class Store:
    """An open data folder, owned by this process until it is closed."""

    def __init__(self, folder: Path, embedder: Embedder, lock: FolderLock, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.files = Files(folder / "files")
        self.chats = Chats(database)
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
            StoreDamaged: its database is broken or gone.
            StoreTooNew: a newer version wrote it.
            StoreError: it cannot be written, or a restore into it was cut off.
        """
        path = folder / FILE_NAME
        with ExitStack() as undo:
            undo.callback((lock := lock_folder(folder)).release)
            _require_whole(folder)
            store = cls(folder, embedder or SentenceEmbedder(), lock, SqliteDatabase(path))
            undo.callback(store.database.close)
            # While a damaged database waits for its repair, only the files know what there was.
            if not damaged_copy(folder).exists():
                store.remove_orphans()
            undo.pop_all()
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
            collection_id = self._find_or_create(name, tenant)
            self._collections[tenant, name] = Collection(
                self.database, self._index_folder, collection_id, name, tenant, self._embedder
            )
        return self._collections[tenant, name]

    def _find_or_create(self, name: str, tenant: str) -> int:
        with self.database.reading() as connection:
            found = catalog.find(connection, tenant, name)
        if found is not None:
            return found
        with self.database.writing() as connection:
            return catalog.find_or_create(connection, tenant, name)

    def collections(self) -> list[CollectionInfo]:
        """Return what collections there are."""
        with self.database.reading() as connection:
            return catalog.list_collections(connection)

    def has_collection(self, name: str, tenant: str = "local") -> bool:
        """Tell whether there is a collection of this name; of one in use, without a look into the database."""
        if (tenant, name) in self._collections:
            return True
        with self.database.reading() as connection:
            return catalog.find(connection, tenant, name) is not None

    def collection_info(self, name: str, tenant: str = "local") -> CollectionInfo:
        """Return what is listed of one collection.

        Raises:
            NotFound: there is none of this name.
        """
        with self.database.reading() as connection:
            found = catalog.list_collections(connection, only=(tenant, name))
        if not found:
            raise NotFound(f"no collection {name}", collection=name)
        return found[0]

    def delete_document(self, collection: Collection, document_id: str) -> None:
        """Delete a document with everything that was made from it. No model is called.

        Afterwards no byte of it is in the data folder: rows, words, vectors and the file go (the file stays if
        another document has the same one), and traces and turns of chats that quote it lose their content.

        Raises:
            NotFound: the collection has no such document.
        """
        with self.removing(collection.collection_id) as connection:
            deletion.remove_document(connection, collection.collection_id, document_id)

    def delete_collection(self, name: str, tenant: str = "local") -> None:
        """Delete a collection with its documents and traces, all or nothing, as `delete_document` does one.

        Raises:
            NotFound: there is none of this name.
        """
        with self.database.reading() as connection:
            collection_id = catalog.find(connection, tenant, name)
        if collection_id is None:
            raise NotFound(f"no collection {name}", collection=name)
        with self.removing(collection_id) as connection:
            deletion.remove_collection(connection, collection_id)
        self._collections.pop((tenant, name), None)

    @contextmanager
    def removing(self, collection_id: int) -> Iterator[Connection]:
        """Give a write transaction that removes documents of a collection.

        After it, files that no document has are removed and the database is wiped; what a killed process leaves of
        that is done by the next one that opens the folder.
        """
        with self.files.changing:
            # Derived, so it goes first: a crash between the steps must not leave it behind.
            vector_rows.delete_index_files(self._index_folder, collection_id)
            with self.database.writing() as connection:
                before = documents.stored_hashes(connection)
                yield connection
                self.database.needs_wiping(connection)
                catalog.raise_version(connection, collection_id)
                gone = before - documents.stored_hashes(connection)
            self.files.delete(gone)
        upgrade.copy_before_upgrade(self.folder / FILE_NAME).unlink(missing_ok=True)
        if (damaged := damaged_copy(self.folder)).exists():
            # Emptied, not removed: it still tells that files without a document wait to be read in again.
            damaged.write_bytes(b"")
        self.database.wipe()

    def backup(self, path: Path) -> None:
        """Write everything into one file, as of one moment; see `backup.write`.

        Raises:
            StoreError: it is there already, would lie in the data folder, or cannot be written.
        """
        if path.resolve().is_relative_to(self.folder.resolve()):
            # It would be lost with the folder, keep what is deleted from it, and be taken for a stray file.
            hint = "Give a place outside the data folder, best on another disk."
            raise StoreError(f"{path} lies in the data folder {self.folder}", hint=hint, path=path)
        backup.write(self.database, self.files, path)

    def rebuild(self) -> None:
        """Make everything derived anew: the lexical index, the vector indexes, what is loaded of collections."""
        with self.database.writing() as connection:
            lexical.rebuild(connection)
            for collection_id in catalog.collection_ids(connection):
                catalog.raise_version(connection, collection_id)
                vector_rows.delete_index_files(self._index_folder, collection_id)
        for info in self.collections():
            self.collection(info.name, info.tenant).load_index()

    def remove_orphans(self) -> int:
        """Remove the files that no document has, and return how many: what a killed process left."""
        with self.files.changing, self.database.reading() as connection:
            return self.files.keep_only(documents.stored_hashes(connection))

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
            trace_id: the trace's own; never given twice.
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

    def traces(self, limit: int = 20, offset: int = 0) -> list[TraceRecord]:
        """Return the newest traces, newest first, but for the first ``offset`` of them."""
        with self.database.reading() as connection:
            return traces.newest_traces(connection, limit, offset)

    def adding(self, collection: Collection, content_hash: str) -> asyncio.Lock:
        """Return the lock under which one task at a time adds these bytes to this collection."""
        return self._adding.setdefault((collection.collection_id, content_hash), asyncio.Lock())


def lock_folder(folder: Path) -> FolderLock:
    """Make a data folder where there is none, and take its lock.

    Raises:
        StoreLocked: another process owns it.
        StoreError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FolderLock(folder)
    except OSError as error:
        hint = "Choose a data folder that you may write to."
        raise StoreError(f"{folder} cannot be used: {error}", hint=hint, path=folder) from error


def damaged_copy(folder: Path) -> Path:
    """Return where a damaged database lies from when it was set aside until all of its documents are read in again."""
    return folder / f"{FILE_NAME}.damaged"


def _require_whole(folder: Path) -> None:
    """Refuse a folder in which opening would do harm: a new database knows no file, and files nobody knows go."""
    if backup.is_cut_off(folder):
        raise StoreError(
            f"a restore into {folder} was cut off", hint="Run `longreader restore FILE` again.", path=folder
        )
    lost = not (folder / FILE_NAME).exists() and not damaged_copy(folder).exists()
    if lost and Files(folder / "files").hashes():
        raise StoreDamaged(f"{folder} holds files but no database", path=folder)
