"""Backup and restore: a data folder as one zip file of the database and the original files.

What is derived (vector indexes, the model's cached replies) is left out. Each file's name is the hash of its bytes, zip
has a checksum for each entry, and the database can be checked: so a backup needs no table of contents of its own.
"""

import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .documents import stored_hashes
from .errors import StoreDamaged, StoreError
from .files import FolderFiles
from .sqlite import FILE_NAME, SqliteDatabase
from .zip_errors import ZIP_ERRORS, comes_from_disk

_FILES = "files"
_ENTRY = re.compile(rf"{re.escape(FILE_NAME)}|{_FILES}/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
# Speed before size: vectors and most originals hardly shrink.
_COMPRESS_LEVEL = 1


def write(database: SqliteDatabase, files: FolderFiles, path: Path) -> None:
    """Write a backup, as of one moment, while the data folder is in use. It appears whole or not at all.

    Args:
        database: the folder's database.
        files: its original files.
        path: a new file.

    Raises:
        StoreError: ``path`` is there already, or cannot be written.
    """
    if path.exists():
        raise StoreError(f"{path} is there already", hint="Give the name of a new file.", path=path)
    copy, partial = path.with_name(f"{path.name}.sqlite.part"), path.with_name(f"{path.name}.part")
    with _errors_mapped(path), _removed_at_end(copy, partial):
        # What documents there are and what files they need must not change in between.
        with files.changing:
            copy.unlink(missing_ok=True)
            database.copy_to(copy)
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESS_LEVEL) as archive:
                archive.write(copy, FILE_NAME)
                for content_hash in sorted(files.hashes()):
                    archive.write(files.path(content_hash), f"{_FILES}/{content_hash[:2]}/{content_hash}")
        partial.replace(path)


def restore(path: Path, folder: Path) -> None:
    """Unpack a backup into a data folder that holds no documents; the caller has its lock.

    All is unpacked and checked beside its place first, and the database is moved last: a restore that is cut off is
    seen (`is_cut_off`) and done again.

    Raises:
        StoreError: the folder holds something already, or ``path`` cannot be read or written out.
        StoreDamaged: the backup is not whole.
        StoreTooNew: a newer version wrote it.
    """
    staged = _staging(folder)
    if not is_cut_off(folder):
        require_empty(folder)
    with _errors_mapped(path):
        for left in (staged, folder / _FILES):
            shutil.rmtree(left, ignore_errors=True)
        _remove_database(folder)
        staged.mkdir()
        with ExitStack() as refused:
            refused.callback(shutil.rmtree, staged)
            unpack(path, staged, _ENTRY, FILE_NAME)
            _check(staged)
            refused.pop_all()
        if (staged / _FILES).exists():
            (staged / _FILES).replace(folder / _FILES)
        (staged / FILE_NAME).replace(folder / FILE_NAME)
        shutil.rmtree(staged)


def is_cut_off(folder: Path) -> bool:
    """Tell whether a restore into this data folder did not come to its end."""
    return _staging(folder).exists()


def _staging(folder: Path) -> Path:
    return folder / "restoring"


def mark_cut_off(folder: Path) -> None:
    """Note that more than one restore is to come into a data folder: until the last has ended, it is a cut off one."""
    _staging(folder).mkdir(exist_ok=True)


def unmark(folder: Path) -> None:
    """Take `mark_cut_off` back."""
    shutil.rmtree(_staging(folder), ignore_errors=True)


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds documents.

    Raises:
        StoreError: it does.
    """
    if (folder / FILE_NAME).exists() or FolderFiles(folder / _FILES).hashes():
        raise StoreError(
            f"{folder} holds documents already, and a restore never overwrites any",
            hint="Choose an empty data folder (LONGREADER_DATA_FOLDER), or move the content of this one away first.",
            path=folder,
        )


def unpack(path: Path, folder: Path, entry: re.Pattern[str], needed: str) -> None:
    """Unpack a zip file whose entries all have names that match ``entry``, and one the name ``needed``.

    Raises:
        StoreError: it cannot be read or written out.
        StoreDamaged: it is broken, encrypted, or holds something else.
    """
    with _errors_mapped(path):
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                if needed not in names or not all(entry.fullmatch(name) for name in names):
                    raise StoreDamaged(f"{path} is not a backup of longreader", hint="Give another file.", path=path)
                archive.extractall(folder)
        except ZIP_ERRORS as error:
            if comes_from_disk(error):
                raise
            raise StoreDamaged(f"{path} is damaged: {error}", hint="Give another backup.", path=path) from error


def _check(staged: Path) -> None:
    """Open the database, which upgrades an older one, and check it and that every document has its file."""
    database = SqliteDatabase(staged / FILE_NAME)
    try:
        damage = database.damage()
        with database.reading() as connection:
            needed = stored_hashes(connection)
    finally:
        database.close()
    files = FolderFiles(staged / _FILES)
    missing = sorted(content_hash for content_hash in needed if not files.is_sound(content_hash))
    if damage or missing:
        told = damage[0] if damage else f"{len(missing)} original files are missing or changed"
        raise StoreDamaged(f"the backup is not whole: {told}", hint="Give another backup.")


def _remove_database(folder: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        (folder / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)


@contextmanager
def _removed_at_end(*paths: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


@contextmanager
def _errors_mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Check the path, and that its disk has space; what was stored is intact."
        raise StoreError(f"{path}: {error.strerror or error}", hint=hint, path=path) from error
