"""Mending a data folder: what is derived is made anew, a damaged database is begun anew from the original files.

Steps, each safe to be cut off and run again:

1. `set_damaged_aside`, before the folder is opened: a database whose rows can all be read is exchanged for a copy of
   them; another one is set aside, and its documents wait as files without a row.
2. `lost_files`, once it is open: those files, to be added again by whoever can count tokens and write notes.
3. `mend`: the rest.
"""

import contextlib
import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from . import documents, lexical
from .collection import Collection
from .errors import ReaderError, StoreDamaged, StoreError
from .files import FolderFiles
from .ingest import finish_document
from .note import NotesWriter
from .progress import Report
from .schema import metadata
from .sqlite import FILE_NAME, SqliteDatabase
from .store import Store, damaged_copy, lock_folder

log = logging.getLogger(__name__)

_NAMES = """
SELECT d.content_hash, d.file_name, c.tenant, c.name FROM documents d JOIN collections c USING (collection_id)
"""


@dataclass(frozen=True, slots=True)
class LostFile:
    """An original file that no document has, and what is known of where it was. Its document's notes are gone."""

    content_hash: str
    file_name: str
    tenant: str
    collection: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What a repair did. ``finished`` and ``missing_files`` are titles: documents that were read to their end, and
    those whose original file is gone or changed (they can be asked about; adding the file again puts it back)."""

    removed_file_count: int
    finished: tuple[str, ...]
    failed: tuple[str, ...]
    missing_files: tuple[str, ...]


def set_damaged_aside(folder: Path) -> str | None:
    """Look for damage in the database of a folder that nobody has open, and set a damaged one aside.

    Returns:
        What is broken, or None.

    Raises:
        StoreLocked: the folder is open.
    """
    path, aside = folder / FILE_NAME, damaged_copy(folder)
    lock = lock_folder(folder)
    try:
        if not path.exists():
            if aside.exists() or not FolderFiles(folder / "files").hashes():
                return None
            aside.touch()
            return "the database is gone"
        damage = _damage(path)
        if damage is None:
            return None
        copied = _copied(path)
        if copied is None:
            path.replace(aside)
        else:
            copied.replace(path)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return damage
    finally:
        lock.release()


def lost_files(store: Store) -> list[LostFile]:
    """Return the files that wait to be added again; empty if no database was set aside."""
    aside = damaged_copy(store.folder)
    if not aside.exists():
        return []
    with store.database.reading() as connection:
        lost = store.files.hashes() - documents.stored_hashes(connection)
    known = [file for file in _names(aside) if file.content_hash in lost]
    nameless = lost - {file.content_hash for file in known}
    return known + [LostFile(content_hash, content_hash, "local", "default") for content_hash in sorted(nameless)]


async def mend(store: Store, notes: NotesWriter, progress: Report | None = None) -> Mended:
    """Make everything derived anew, read half-done documents to their end, and remove files that no document has.

    Args:
        store: the open data folder.
        notes: writes the notes that are missing.
        progress: told after every step of a document that is read.
    """
    finished: list[str] = []
    failed: list[str] = []
    missing: list[str] = []
    for collection in [store.collection(info.name, info.tenant) for info in store.collections()]:
        for info in collection.documents():
            if not store.files.is_sound(info.content_hash):
                missing.append(info.title)
            if info.status != "ready":
                done = await _finish(store, collection, info.document_id, notes, progress)
                (finished if done else failed).append(info.title)
    store.rebuild()
    if not lost_files(store):
        damaged_copy(store.folder).unlink(missing_ok=True)
        removed_count = store.remove_orphans()
    else:
        removed_count = 0
    store.database.wipe()
    return Mended(removed_count, tuple(finished), tuple(failed), tuple(missing))


async def _finish(
    store: Store, collection: Collection, document_id: str, notes: NotesWriter, progress: Report | None
) -> bool:
    try:
        await finish_document(store, collection, document_id, notes, progress=progress)
    except StoreError:
        raise
    except ReaderError:
        return False
    return True


def _damage(path: Path) -> str | None:
    try:
        database = SqliteDatabase(path)
    except StoreDamaged as error:
        return error.message
    try:
        return next(iter(database.damage()), None)
    finally:
        database.close()


def _copied(path: Path) -> Path | None:
    """Return a sound copy of the database, made from its tables without their indexes; None if that cannot be."""
    copy = path.with_name(f"{path.name}.copy")
    copy.unlink(missing_ok=True)
    database = SqliteDatabase(copy)
    try:
        _copy_rows(path, copy)
        with database.writing() as connection:
            lexical.rebuild(connection)
        sound = not database.damage() and not database.broken_links()
    except (sqlite3.DatabaseError, UnicodeDecodeError, StoreDamaged) as error:
        log.warning("The rows of %s cannot be copied: %s", path, error)
        sound = False
    finally:
        database.close()
    if not sound:
        copy.unlink()
    return copy if sound else None


def _copy_rows(path: Path, copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as driver:
        driver.execute("ATTACH ? AS damaged", (str(path),))
        driver.execute("BEGIN")
        for table in metadata.sorted_tables:
            # With the columns named, SQLite reads row by row; else it would copy the pages of the indexes as well.
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            driver.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM damaged.{table} NOT INDEXED")
        driver.execute("COMMIT")


def _names(aside: Path) -> list[LostFile]:
    """Return what a damaged database still tells about its documents."""
    told: list[LostFile] = []
    with (
        contextlib.suppress(sqlite3.DatabaseError, UnicodeDecodeError),
        contextlib.closing(sqlite3.connect(f"file:{aside}?mode=ro", uri=True)) as driver,
    ):
        told.extend(LostFile(*row) for row in driver.execute(_NAMES))
    return told
