"""The original files, each stored once under the hash of its bytes. Which document has which is documents.py.

Beside a SQLite database they lie in a folder; with PostgreSQL they are rows (file_rows.py).
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from sqlalchemy import Connection

from .database import Database
from .document import content_hash
from .documents import stored_hashes
from .errors import StoreError

Transaction: TypeAlias = AbstractContextManager[Connection]
"""A write transaction that has not begun."""


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """An original file. ``path`` is where it lies, to be read only; None where it is kept in a database."""

    byte_count: int
    path: Path | None
    _read: Callable[[int, int], bytes]

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Return its bytes, or those from ``start`` up to but without ``end``."""
        return self._read(start, self.byte_count if end is None else min(end, self.byte_count))


class Files(Protocol):
    """What the store needs of the original files: that they come and go with the rows of their documents."""

    def find(self, content_hash: str) -> OriginalFile | None:
        """Return the file of this hash, if it is stored."""
        ...

    def keeping(self, writing: Transaction, content_hash: str, data: bytes) -> Transaction:
        """Store a file together with rows: give the transaction for these."""
        ...

    def dropping(self, writing: Transaction) -> Transaction:
        """Give a transaction that removes documents; files that no document has afterwards go with them."""
        ...

    def put_back(self, content_hash: str, data: bytes) -> None:
        """Store the file of a document that is there, if it is gone."""
        ...

    def hashes(self) -> set[str]:
        """Return the hashes of what is stored."""
        ...

    def is_sound(self, content_hash_: str) -> bool:
        """Tell whether the file is there and still has the bytes that it is named after."""
        ...

    def remove_orphans(self, database: Database) -> int:
        """Remove the files that no document has, and return how many: what a killed process left."""
        ...


class FolderFiles:
    """A folder of content-addressed files: ``<folder>/<first two of the hash>/<hash>``; see `Files`.

    ``changing`` is held while a file and its row are stored or removed together, and while a backup copies both: so no
    row is without its file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.changing = threading.Lock()

    def find(self, content_hash: str) -> OriginalFile | None:
        """Return the file of this hash, if it is stored."""
        path = self.path(content_hash)
        return OriginalFile(path.stat().st_size, path, _reader(path)) if path.exists() else None

    @contextmanager
    def keeping(self, writing: Transaction, content_hash: str, data: bytes) -> Iterator[Connection]:
        """Store a file together with rows; see `Files`.

        The file first: a row whose file is missing would be wrong, a file without a row is removed at the next start.
        """
        with self.changing:
            saved = self.save(content_hash, data)
            try:
                with writing as connection:
                    yield connection
            except StoreError:
                if saved:
                    self.delete({content_hash})
                raise

    @contextmanager
    def dropping(self, writing: Transaction) -> Iterator[Connection]:
        """Give a transaction that removes documents; see `Files`."""
        with self.changing:
            with writing as connection:
                before = stored_hashes(connection)
                yield connection
                gone = before - stored_hashes(connection)
            self.delete(gone)

    def put_back(self, content_hash: str, data: bytes) -> None:
        """Store the file of a document that is there, if it is gone."""
        with self.changing:
            self.save(content_hash, data)

    def remove_orphans(self, database: Database) -> int:
        """Remove the files that no document has, and return how many: what a killed process left."""
        with self.changing, database.reading() as connection:
            return self.keep_only(stored_hashes(connection))

    def path(self, content_hash: str) -> Path:
        """Return where the file of this hash lies, if it is stored."""
        return self._folder / content_hash[:2] / content_hash

    def save(self, content_hash: str, data: bytes) -> bool:
        """Store the bytes and tell whether they were new. The file appears whole or not at all.

        Raises:
            StoreError: the disk is full, or the folder cannot be written.
        """
        path = self.path(content_hash)
        if path.exists():
            return False
        partial = path.with_suffix(".part")
        with self._errors_mapped():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with partial.open("wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
            except OSError:
                # No document will tell of it, so nobody could delete it; and a full disk needs the room.
                partial.unlink(missing_ok=True)
                raise
        return True

    def delete(self, content_hashes: set[str]) -> None:
        """Remove these files, so far as they are there.

        Raises:
            StoreError: one of them cannot be removed.
        """
        with self._errors_mapped():
            for content_hash_ in content_hashes:
                self.path(content_hash_).unlink(missing_ok=True)

    def keep_only(self, content_hashes: set[str]) -> int:
        """Remove every other file and return how many those were.

        Raises:
            StoreError: one of them cannot be removed.
        """
        with self._errors_mapped():
            others = [path for path in self._stored() if path.name not in content_hashes]
            for path in others:
                path.unlink()
        return len(others)

    def hashes(self) -> set[str]:
        """Return the hashes of what is stored."""
        return {path.name for path in self._stored() if not path.suffix}

    def is_sound(self, content_hash_: str) -> bool:
        """Tell whether the file is there and still has the bytes that it is named after."""
        path = self.path(content_hash_)
        return path.exists() and content_hash(path.read_bytes()) == content_hash_

    def _stored(self) -> Iterator[Path]:
        return (path for path in self._folder.glob("*/*") if path.is_file())

    @contextmanager
    def _errors_mapped(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            hint = "Check that the data folder can be written and that its disk has space; what was stored is intact."
            raise StoreError(f"{self._folder}: {error}", hint=hint, path=self._folder) from error


def _reader(path: Path) -> Callable[[int, int], bytes]:
    def read(start: int, end: int) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(max(end - start, 0))

    return read
