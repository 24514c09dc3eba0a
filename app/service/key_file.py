"""Keys in a SQLite file of the data folder.

<data_folder>/service.sqlite
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ...graph_store.errors import StoreError
from .key import Key

FILE_NAME = "service.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS key (
    key_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, label TEXT NOT NULL, hash BLOB NOT NULL,
    created REAL NOT NULL, revoked REAL
) WITHOUT ROWID
"""
_COLUMNS = "key_id, tenant, label, created, revoked"


class KeyFile:
    """The keys in a data folder; see `KeyStore`. The file is made with the first key."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def insert(self, key: Key, hash_: bytes) -> None:
        """Keep a new key; see `KeyStore`."""
        with self._open(make=True) as driver:
            row = (key.key_id, key.tenant, key.label, hash_, key.created)
            driver.execute("INSERT INTO key VALUES (?, ?, ?, ?, ?, NULL)", row)

    def all(self) -> list[Key]:
        """Return all keys; see `KeyStore`."""
        if not self._path.exists():
            return []
        with self._open() as driver:
            return [Key(*row) for row in driver.execute(f"SELECT {_COLUMNS} FROM key ORDER BY created, key_id")]

    def revoke(self, key_id: str, now: float) -> bool:
        """Revoke a key; see `KeyStore`."""
        if not self._path.exists():
            return False
        with self._open() as driver:
            changed = driver.execute("UPDATE key SET revoked = ? WHERE key_id = ? AND revoked IS NULL", (now, key_id))
            return changed.rowcount > 0

    def in_force(self, key_id: str) -> tuple[Key, bytes] | None:
        """Return a key that is not revoked; see `KeyStore`."""
        if not self._path.exists():
            return None
        with self._open() as driver:
            query = f"SELECT {_COLUMNS}, hash FROM key WHERE key_id = ? AND revoked IS NULL"
            row = driver.execute(query, (key_id,)).fetchone()
        return (Key(*row[:-1]), row[-1]) if row else None

    @contextmanager
    def _open(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            with closing(sqlite3.connect(self._path)) as driver, driver:
                if make:
                    driver.execute(_SCHEMA)
                yield driver
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreError(f"The keys in {self._path} cannot be used: {error}.", path=self._path) from error
