"""What came of a tenant's requests with idempotency keys, in a SQLite file of its data folder.

Requests under way are known to the process alone: where it ends, they may be sent again.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ...graph_store.errors import StoreError
from .request_store import KEPT_SECONDS, Earlier

FILE_NAME = "requests.sqlite"

_beginning = threading.Lock()

_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, result TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID
"""


class RequestFile:
    """The requests of a tenant; see `RequestStore`.

    Args:
        folder: the tenant's data folder.
        under_way: the keys of requests that are being served, by file; of the whole process.
    """

    def __init__(self, folder: Path, under_way: set[tuple[Path, str]]) -> None:
        self._path = folder / FILE_NAME
        self._under_way = under_way

    def begin(self, key: str, digest: str) -> Earlier | None:
        """Begin a request; see `RequestStore`."""
        # From the look to the note: of two at the same moment only one may begin.
        with _beginning:
            if (self._path, key) in self._under_way:
                return Earlier(digest, None)
            if found := self._find(key):
                return found
            self._under_way.add((self._path, key))
        return None

    def _find(self, key: str) -> Earlier | None:
        query = "SELECT digest, result FROM request WHERE key = ? AND created > ?"
        with self._open() as driver:
            found = driver.execute(query, (key, time.time() - KEPT_SECONDS)).fetchone()
        return Earlier(*found) if found else None

    def keep(self, key: str, digest: str, result: str) -> None:
        """Keep what came of a request; see `RequestStore`."""
        now = time.time()
        with self._open() as driver:
            driver.execute("DELETE FROM request WHERE created <= ?", (now - KEPT_SECONDS,))
            driver.execute("INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?)", (key, digest, result, now))

    def end(self, key: str) -> None:
        """Let the next request with this key begin; see `RequestStore`."""
        self._under_way.discard((self._path, key))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path)) as driver, driver:
                driver.execute(_SCHEMA)
                yield driver
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{self._path}: {error}", hint="Delete it: nothing but repeated requests is lost."
            ) from error
