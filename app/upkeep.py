"""Keeping a data folder: putting a backup back, and repair. Their steps are graph_store's (backup.py, repair.py)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..graph_store import backup
from ..graph_store.errors import InputError
from ..graph_store.progress import Progress
from ..graph_store.repair import Mended, lost_files, mend, set_damaged_aside
from ..graph_store.sqlite import SqliteDatabase
from ..graph_store.store import Store, lock_folder
from . import service_backup
from .adding import add_bytes
from .services import Services


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair found and did.

    ``damage`` is what was broken in the database, in SQLite's words, or None. Where it could not be copied whole, the
    documents were read in again from their files: ``readded`` and ``unreadable`` are file names. Their titles may
    differ from before, and traces are gone.
    """

    damage: str | None
    readded: tuple[str, ...]
    unreadable: tuple[str, ...]
    mended: Mended


def write_backup(store: Store, path: Path) -> None:
    """Write a backup of a data folder, with its tenants and keys where it has any; see `AsyncReader.backup`."""
    if isinstance(store.database, SqliteDatabase) and service_backup.is_service(store.folder):
        service_backup.write(store, path)
    else:
        store.backup(path)


def restore(folder: Path, path: Path) -> None:
    """Unpack a backup into a data folder that nobody has open; see `AsyncReader.restore`."""
    lock = lock_folder(folder)
    try:
        if service_backup.holds_service(path):
            service_backup.restore(path, folder)
        else:
            backup.restore(path, folder)
    finally:
        lock.release()


async def repair(services: Services, folder: Path, progress: Callable[[Progress], None] | None = None) -> Repaired:
    """Mend a data folder that nobody has open; see `AsyncReader.repair`."""
    # A server's pages are its own to check and mend.
    damage = None if services.settings.database_url else await asyncio.to_thread(set_damaged_aside, folder)
    store = services.store
    readded: list[str] = []
    unreadable: list[str] = []
    for file in await asyncio.to_thread(lost_files, store):
        collection = store.collection(file.collection, file.tenant)
        original = store.files.find(file.content_hash)
        if original is None:
            continue
        data = await asyncio.to_thread(original.read)
        try:
            await add_bytes(services, collection, data, file.file_name, progress=progress)
        except InputError:
            unreadable.append(file.file_name)
        else:
            readded.append(file.file_name)
    mended = await mend(store, await services.notes_writer("extractive"), progress)
    return Repaired(damage, tuple(readded), tuple(unreadable), mended)
