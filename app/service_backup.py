"""The data folder of a service as one backup: the operator's documents, every tenant's, and the keys.

    local.zip, tenants/<tenant>.zip    a backup of each folder (graph_store/backup.py)
    service.sqlite                     the keys, as hashes

Jobs that wait are not in it: their files are with whoever sent them.
"""

import re
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import ExitStack, closing
from pathlib import Path

from ..graph_store import backup
from ..graph_store.embedder import HashEmbedder
from ..graph_store.errors import StoreError
from ..graph_store.store import Store
from ..graph_store.zip_errors import ZIP_ERRORS

TENANTS = "tenants"
KEYS = "service.sqlite"
LOCAL = "local.zip"

_ENTRY = re.compile(rf"{LOCAL}|{KEYS}|{TENANTS}/[a-z0-9][a-z0-9_-]*\.zip", re.ASCII)


def is_service(folder: Path) -> bool:
    """Tell whether a data folder holds more than its own documents: tenants, or keys."""
    return (folder / TENANTS).exists() or (folder / KEYS).exists()


def holds_service(path: Path) -> bool:
    """Tell whether a file is a backup of a whole service."""
    try:
        with zipfile.ZipFile(path) as archive:
            return LOCAL in archive.namelist()
    except ZIP_ERRORS:
        return False  # graph_store/backup.py tells what it is


def write(store: Store, path: Path) -> None:
    """Write a backup of a service that does not run; each folder as of one moment. It appears whole or not at all.

    Args:
        store: the open data folder; its lock stands for the tenants' folders.
        path: a new file.

    Raises:
        StoreError: ``path`` is there already, lies in the data folder, or cannot be written.
    """
    if path.exists():
        raise StoreError(f"{path} is there already", hint="Give the name of a new file.", path=path)
    partial = path.with_name(f"{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as made:
            _write_parts(store, Path(made))
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
                for part in sorted(each for each in Path(made).rglob("*") if each.is_file()):
                    archive.write(part, part.relative_to(made).as_posix())
        partial.replace(path)
    except OSError as error:
        hint = "Check the path, and that its disk has space; what was stored is intact."
        raise StoreError(f"{path}: {error.strerror or error}", hint=hint, path=path) from error
    finally:
        partial.unlink(missing_ok=True)


def _write_parts(store: Store, made: Path) -> None:
    store.backup(made / LOCAL)
    (made / TENANTS).mkdir()
    for folder in _tenants(store.folder):
        # Nothing is embedded here.
        with Store.open(folder, HashEmbedder()) as tenant:
            tenant.backup(made / TENANTS / f"{folder.name}.zip")
    if (store.folder / KEYS).exists():
        with closing(sqlite3.connect(store.folder / KEYS)) as driver:
            driver.execute("VACUUM INTO ?", (str(made / KEYS),))


def _tenants(folder: Path) -> list[Path]:
    root = folder / TENANTS
    return sorted(each for each in root.iterdir() if each.is_dir()) if root.exists() else []


def restore(path: Path, folder: Path) -> None:
    """Unpack a backup of a service into an empty data folder; the caller has its lock.

    The operator's documents come last: until then the folder cannot be opened, and the restore can be done again.

    Raises:
        StoreError: the folder holds something already, or ``path`` cannot be read or written out.
        StoreDamaged: the backup is not whole.
        StoreTooNew: a newer version wrote it.
    """
    if not backup.is_cut_off(folder):
        _require_empty(folder)
    unpacked = folder / "unpacked"
    with ExitStack() as refused:
        refused.callback(_remove, folder, unpacked)
        _remove(folder, unpacked)
        backup.mark_cut_off(folder)
        backup.unpack(path, unpacked, _ENTRY, LOCAL)
        for part in sorted((unpacked / TENANTS).glob("*.zip")):
            tenant = folder / TENANTS / part.stem
            tenant.mkdir(parents=True)
            backup.restore(part, tenant)
        if (unpacked / KEYS).exists():
            (unpacked / KEYS).chmod(0o600)
            (unpacked / KEYS).replace(folder / KEYS)
        backup.restore(unpacked / LOCAL, folder)
        refused.pop_all()
    shutil.rmtree(unpacked)


def _require_empty(folder: Path) -> None:
    backup.require_empty(folder)
    if is_service(folder):
        raise StoreError(
            f"{folder} holds tenants or keys already, and a restore never overwrites any",
            hint="Choose an empty data folder (LONGREADER_DATA_FOLDER), or move the content of this one away first.",
            path=folder,
        )


def _remove(folder: Path, unpacked: Path) -> None:
    """Remove what a restore that was cut off or refused has brought."""
    for left in (unpacked, folder / TENANTS):
        shutil.rmtree(left, ignore_errors=True)
    (folder / KEYS).unlink(missing_ok=True)
    backup.unmark(folder)
