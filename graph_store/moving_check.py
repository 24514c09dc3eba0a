"""Compares what a data folder keeps with what a PostgreSQL schema does: for each table how many rows, and a digest."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from .database import Database
from .documents import stored_hashes
from .file_rows import FileRows
from .files import Files
from .postgres_schema import replies, reply_documents
from .schema import metadata
from .store import Store

_ROWS = 500
_PIECE_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Summed:
    """How many rows a table has, and what they add up to, in whatever order they come."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A table before and after."""

    table: str
    before: Summed
    after: Summed

    @property
    def is_equal(self) -> bool:
        """Whether nothing is missing or changed."""
        return self.before == self.after


def compare_tables(store: Store, replies_file: Path, database: Database) -> list[Compared]:
    """Compare a data folder with a schema, all tables, the files and the cached replies."""
    compared = [
        Compared(table.name, sum_rows(_rows(store.database, table)), sum_rows(_rows(database, table)))
        for table in metadata.sorted_tables
    ]
    with store.database.reading() as connection:
        hashes = stored_hashes(connection)
    there = FileRows(database)
    compared.append(Compared("files", sum_rows(_files(store.files, hashes)), sum_rows(_files(there, there.hashes()))))
    rows, links = stored_replies(replies_file, store.document_ids())
    for table, moved in ((replies, rows), (reply_documents, links)):
        before = sum_rows(tuple(row[column.name] for column in table.columns) for row in moved)
        compared.append(Compared(table.name, before, sum_rows(_rows(database, table))))
    return compared


def stored_replies(path: Path, document_ids: set[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the cached replies in a file and their documents, without those of documents that are gone."""
    if not path.exists():
        return [], []
    names = "key text finish_reason prompt_tokens completion_tokens byte_count used".split()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as driver:
        links = driver.execute("SELECT document_id, key FROM reply_document ORDER BY key, document_id").fetchall()
        rows = driver.execute(f"SELECT {', '.join(names)} FROM reply ORDER BY key").fetchall()
    gone = {key for document_id, key in links if document_id not in document_ids}
    kept = [dict(zip(names, row, strict=True)) | {"used": float(row[-1])} for row in rows if row[0] not in gone]
    return kept, [{"document_id": document_id, "key": key} for document_id, key in links if key not in gone]


def sum_rows(rows: Iterable[tuple[Any, ...]]) -> Summed:
    """Count rows and add up the digests of each."""
    count = total = 0
    for row in rows:
        # What PostgreSQL cannot keep in text is no difference; see postgres.py.
        plain = tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row)
        total += int.from_bytes(hashlib.sha256(repr(plain).encode("utf-8", "surrogatepass")).digest(), "big")
        count += 1
    return Summed(count, f"{total % (1 << 256):064x}")


def _rows(database: Database, table: Any) -> Iterator[tuple[Any, ...]]:
    with database.reading() as connection:
        for row in connection.execution_options(yield_per=_ROWS).execute(select(table)):
            yield tuple(row)


def _files(files: Files, hashes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for content_hash in hashes:
        found = files.find(content_hash)
        if found is None:
            continue
        digest = hashlib.sha256()
        for start in range(0, found.byte_count, _PIECE_BYTES):
            digest.update(found.read(start, start + _PIECE_BYTES))
        yield content_hash, digest.hexdigest()
