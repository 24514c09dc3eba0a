"""The original files as rows, cut into parts, so that every process that uses the database can read and delete them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, func, insert, select

from .database import Database
from .document import content_hash
from .documents import stored_hashes
from .files import OriginalFile, Transaction
from .postgres_schema import files

PART_BYTES = 1 << 20
"""Bytes of a part; the last one of a file may have fewer."""


class FileRows:
    """The files of a PostgreSQL schema; see `Files`. A file and its document's row are of one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, content_hash: str) -> OriginalFile | None:
        """Return the file of this hash, if it is stored."""
        byte_count = select(func.sum(func.octet_length(files.c.data))).filter_by(content_hash=content_hash)
        with self._database.reading() as connection:
            stored = connection.scalar(byte_count)
        if stored is None:
            return None
        return OriginalFile(int(stored), None, lambda start, end: self._read(content_hash, start, end))

    @contextmanager
    def keeping(self, writing: Transaction, content_hash: str, data: bytes) -> Iterator[Connection]:
        """Store a file together with rows; see `Files`."""
        with writing as connection:
            put_file(connection, content_hash, data)
            yield connection

    @contextmanager
    def dropping(self, writing: Transaction) -> Iterator[Connection]:
        """Give a transaction that removes documents; see `Files`."""
        with writing as connection:
            before = stored_hashes(connection)
            yield connection
            _delete(connection, before - stored_hashes(connection))

    def put_back(self, content_hash: str, data: bytes) -> None:
        """Store the file of a document, if it is gone, and the document is not."""
        with self._database.writing() as connection:
            if content_hash in stored_hashes(connection):
                put_file(connection, content_hash, data)

    def hashes(self) -> set[str]:
        """Return the hashes of what is stored."""
        with self._database.reading() as connection:
            return _hashes(connection)

    def is_sound(self, content_hash_: str) -> bool:
        """Tell whether the file is there and still has the bytes that it is named after."""
        found = self.find(content_hash_)
        return found is not None and content_hash(found.read()) == content_hash_

    def remove_orphans(self, database: Database) -> int:
        """Remove the files that no document has, and return how many."""
        with database.writing() as connection:
            others = _hashes(connection) - stored_hashes(connection)
            _delete(connection, others)
        return len(others)

    def _read(self, content_hash: str, start: int, end: int) -> bytes:
        if end <= start:
            return b""
        first, last = start // PART_BYTES, (end - 1) // PART_BYTES
        wanted = (
            select(files.c.data)
            .where(files.c.content_hash == content_hash, files.c.part.between(first, last))
            .order_by(files.c.part)
        )
        with self._database.reading() as connection:
            data = b"".join(connection.scalars(wanted))
        return data[start - first * PART_BYTES : end - first * PART_BYTES]


def put_file(connection: Connection, content_hash: str, data: bytes) -> None:
    """Store a file, unless it is there."""
    if connection.scalar(select(files.c.part).filter_by(content_hash=content_hash).limit(1)) is not None:
        return
    # One part at a time: a large file is not copied as a whole.
    for part, start in enumerate(range(0, max(len(data), 1), PART_BYTES)):
        row = {"content_hash": content_hash, "part": part, "data": data[start : start + PART_BYTES]}
        connection.execute(insert(files).values(row))


def _hashes(connection: Connection) -> set[str]:
    return set(connection.scalars(select(files.c.content_hash).distinct()))


def _delete(connection: Connection, content_hashes: Iterable[str]) -> None:
    connection.execute(delete(files).where(files.c.content_hash.in_(sorted(content_hashes))))
