"""The store: opened, its collections handed out, documents deleted, traces and chats kept. In a data folder:

    <folder>/longreader.sqlite   rows (schema.py) and the lexical index
    <folder>/files/              original files by content hash
    <folder>/index/              vector indexes, derived
    <folder>/lock, owner.pid     the owner

In a schema of a PostgreSQL server, which any number of processes share, all of that is rows (postgres_schema.py) but
for each process's own indexes in ``<folder>/cache/<store>/index/``.

Adding documents is ingest.py, reading them is collection.py, copying the whole folder is backup.py, mending it is
repair.py.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import Connection, select

from . import backup, catalog, deletion, documents, lexical, traces, upgrade, vector_rows
from .catalog import CollectionInfo
from .chats import Chats
from .collection import Collection
from .database import Database
from .embedder import Embedder
from .errors import ConfigurationError, NotFound, StoreDamaged, StoreError
from .file_rows import FileRows
from .files import Files, FolderFiles
from .folder_lock import FolderLock
from .index_device import IndexDevice
from .postgres import LOCAL_SCHEMA, PostgresDatabase
from .postgres_schema import identity, moving
from .sentence_embedder import SentenceEmbedder
from .sqlite import FILE_NAME, SqliteDatabase
from .traces import TraceRecord

_TURN_SECONDS = 0.2


class Store:
    """An open store. A data folder is this process's own until it is closed."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        database: Database,
        files: Files,
        lock: FolderLock | None = None,
        index_device: IndexDevice = "cpu",
    ) -> None:
        self.folder = folder
        self._index_device: IndexDevice = index_device
        self.database = database
        self.files = files
        self.chats = Chats(database)
        self._embedder = embedder
        self._index_folder = folder / "index"
        self._lock = lock
        self._collections: dict[tuple[str, str], tuple[Collection, object]] = {}
        self._adding: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None, index_device: IndexDevice = "cpu") -> Self:
        """Open a data folder; a missing one is made.

        Args:
            folder: the data folder.
            embedder: embeds passages and queries; None is the built-in sentence embedder, loaded when first needed.
            index_device: where vectors are searched.

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
            database = SqliteDatabase(path)
            undo.callback(database.close)
            store = cls(
                folder, embedder or SentenceEmbedder(), database, FolderFiles(folder / "files"), lock, index_device
            )
            # While a damaged database waits for its repair, only the files know what there was.
            if not damaged_copy(folder).exists():
                store.remove_orphans()
            undo.pop_all()
        return store

    @classmethod
    def connect(
        cls,
        url: str,
        folder: Path,
        embedder: Embedder | None = None,
        schema: str = LOCAL_SCHEMA,
        index_device: IndexDevice = "cpu",
    ) -> Self:
        """Open a schema of a PostgreSQL server; a missing one is made.

        Args:
            url: ``postgresql://user:password@host/database``.
            folder: this process's own, or shared with others of this machine: vector indexes are kept under it.
            embedder, index_device: as in `open`.
            schema: the tenant's; see `tenant_schema`.

        Raises:
            ConfigurationError: the URL is none of PostgreSQL, or psycopg is not installed.
            StoreTooNew: a newer version wrote it.
            StoreError: the server cannot be reached or refuses, the folder cannot be written, or a move into the schema
                was cut off.
        """
        database = PostgresDatabase(url, schema)
        with ExitStack() as undo:
            undo.callback(database.close)
            with database.reading() as connection:
                store_id = connection.scalars(select(identity.c.store_id)).one()
                if connection.scalar(select(moving.c.name).limit(1)) is not None:
                    hint = "Run `longreader migrate` again."
                    raise StoreError(f"A move into the schema {schema} was cut off.", hint=hint)
            cache = _make_folder(folder / "cache" / store_id)
            store = cls(cache, embedder or SentenceEmbedder(), database, FileRows(database), index_device=index_device)
            store.remove_stale_indexes()
            undo.pop_all()
        return store

    def close(self) -> None:
        """Close the database and give the folder free."""
        self.database.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.close()

    def collection(self, name: str = "default", tenant: str = "local") -> Collection:
        """Return a collection; a new name makes an empty one. The same one comes back until it is deleted."""
        if (opened := self._in_use(name, tenant)) is not None:
            return opened
        mark = self.database.write_mark
        collection_id = self._find_or_create(name, tenant)
        opened = Collection(
            self.database, self._index_folder, collection_id, name, tenant, self._embedder, self._index_device
        )
        self._collections[tenant, name] = opened, mark
        return opened

    def _in_use(self, name: str, tenant: str) -> Collection | None:
        """Return a collection that was opened, unless another process deleted it, and perhaps made it anew."""
        opened, seen = self._collections.get((tenant, name), (None, None))
        if opened is None or seen is (mark := self.database.write_mark):
            return opened
        with self.database.reading() as connection:
            found = catalog.find(connection, tenant, name)
        if found != opened.collection_id:
            self._collections.pop((tenant, name), None)
            return None
        self._collections[tenant, name] = opened, mark
        return opened

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
        """Tell whether there is a collection of this name; of one in use, mostly without a look into the database."""
        if self._in_use(name, tenant) is not None:
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
        # Derived, so it goes first: a crash between the steps must not leave it behind.
        vector_rows.delete_index_files(self._index_folder, collection_id)
        with self.files.dropping(self.database.writing()) as connection:
            yield connection
            self.database.needs_wiping(connection)
            catalog.raise_version(connection, collection_id)
        upgrade.copy_before_upgrade(self.folder / FILE_NAME).unlink(missing_ok=True)
        if (damaged := damaged_copy(self.folder)).exists():
            # Emptied, not removed: it still tells that files without a document wait to be read in again.
            damaged.write_bytes(b"")
        self.database.wipe()

    def backup(self, path: Path) -> None:
        """Write everything into one file, as of one moment; see `backup.write`.

        Raises:
            StoreError: it is there already, would lie in the data folder, or cannot be written.
            ConfigurationError: a PostgreSQL server keeps the rows.
        """
        if path.resolve().is_relative_to(self.folder.resolve()):
            # It would be lost with the folder, keep what is deleted from it, and be taken for a stray file.
            hint = "Give a place outside the data folder, best on another disk."
            raise StoreError(f"{path} lies in the data folder {self.folder}", hint=hint, path=path)
        if not isinstance(self.database, SqliteDatabase) or not isinstance(self.files, FolderFiles):
            raise ConfigurationError(
                "A PostgreSQL database is backed up with its own tools.", hint="pg_dump writes all of it into one file."
            )
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
        return self.files.remove_orphans(self.database)

    def remove_stale_indexes(self) -> None:
        """Remove the saved indexes of collections that other processes deleted."""
        with self.database.reading() as connection:
            known = set(catalog.collection_ids(connection))
        for path in self._index_folder.glob("*-*"):
            if int(path.name.partition("-")[0]) not in known:
                path.unlink(missing_ok=True)

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

    @asynccontextmanager
    async def adding(self, collection: Collection, content_hash: str) -> AsyncIterator[None]:
        """Wait for one's turn to add these bytes to this collection: one task of all processes has it at a time."""
        lock = self._adding.setdefault((collection.collection_id, content_hash), asyncio.Lock())
        async with lock, self._turn("add", str(collection.collection_id), content_hash):
            yield

    @asynccontextmanager
    async def _turn(self, *names: str) -> AsyncIterator[None]:
        with ExitStack() as held:
            while not await _in_thread(held.enter_context, self.database.holding(*names)):
                await _in_thread(held.close)
                await asyncio.sleep(_TURN_SECONDS)
            try:
                yield
            finally:
                await _in_thread(held.close)


_T = TypeVar("_T")


async def _in_thread(function: Callable[..., _T], *arguments: object) -> _T:
    """Call it in a thread, to its end also where the task is cancelled meanwhile: what it takes must be given back."""
    call = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait([call])
        raise


def lock_folder(folder: Path) -> FolderLock:
    """Make a data folder where there is none, and take its lock.

    Raises:
        StoreLocked: another process owns it.
        StoreError: it cannot be written.
    """
    try:
        return FolderLock(_make_folder(folder))
    except OSError as error:
        raise _unusable(folder, error) from error


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error
    return folder


def _unusable(folder: Path, error: OSError) -> StoreError:
    hint = "Choose a data folder that you may write to."
    return StoreError(f"{folder} cannot be used: {error}", hint=hint, path=folder)


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
    if lost and FolderFiles(folder / "files").hashes():
        raise StoreDamaged(f"{folder} holds files but no database", path=folder)
