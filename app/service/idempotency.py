"""Idempotency keys: a request that is sent again is not done again, but answered as the first time.

Kept with the tenant's data for a day: the key, a digest of the request, and an id of what came of it (a trace, a job) —
never text, so that a deleted document leaves nothing here. Requests under way are known to the process alone: where it
ends, they may be sent again.
"""

import asyncio
import hashlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Header, Request

from ...graph_store.errors import StoreError
from .hub import Hub
from .problems import KeyInUse, KeyReused
from .tenant import Tenant, TenantReader, hub_of

FILE_NAME = "requests.sqlite"
KEPT_SECONDS = 24 * 3600.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, result TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID
"""


class Once:
    """One request, done once. Without a key it is like any other.

    Args:
        folder: the tenant's data folder.
        key: the client's.
        under_way: the keys of requests that are being served, by folder.
    """

    def __init__(self, folder: Path, key: str | None, under_way: set[tuple[Path, str]]) -> None:
        self._path = folder / FILE_NAME
        self._key = key
        self._under_way = under_way
        self._digest = ""
        self._began = False

    @property
    def has_key(self) -> bool:
        """Whether the request came with a key, and so may have come before."""
        return self._key is not None

    async def begin(self, *parts: str) -> str | None:
        """Begin the request.

        Args:
            parts: all that makes it this request: its address, its body.

        Returns:
            The id of what came of it, where it was done before.

        Raises:
            KeyReused: the key came with another request.
            KeyInUse: this very request is being served.
        """
        if self._key is None:
            return None
        self._digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        mark = (self._path, self._key)
        if mark in self._under_way:
            raise KeyInUse(f"The request with the key {self._key} is under way.", retry_after_seconds=1.0)
        self._under_way.add(mark)
        self._began = True
        found = await asyncio.to_thread(self._find)
        if found is None:
            return None
        digest, result = found
        if digest != self._digest:
            raise KeyReused(f"The key {self._key} came with another request.")
        return result

    async def keep(self, result: str) -> None:
        """Keep the id of what came of the request."""
        if self._key is not None:
            await asyncio.to_thread(self._keep, result)

    def end(self) -> None:
        """Let the next request with this key begin."""
        if self._began:
            self._under_way.discard((self._path, self._key or ""))

    def _find(self) -> tuple[str, str] | None:
        with self._open() as driver:
            query = "SELECT digest, result FROM request WHERE key = ? AND created > ?"
            return driver.execute(query, (self._key, time.time() - KEPT_SECONDS)).fetchone()

    def _keep(self, result: str) -> None:
        now = time.time()
        with self._open() as driver:
            driver.execute("DELETE FROM request WHERE created <= ?", (now - KEPT_SECONDS,))
            row = (self._key, self._digest, result, now)
            driver.execute("INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?)", row)

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


async def _once(
    request: Request,
    hub: Annotated[Hub, Depends(hub_of)],
    tenant: Tenant,
    _reader: TenantReader,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            description="Any text of the client's own: the same request sent again with it is not done again.",
        ),
    ] = None,
) -> AsyncIterator[Once]:
    once = Once(hub.folder(tenant), key, request.app.state.under_way)
    try:
        yield once
    finally:
        once.end()


OnceOnly = Annotated[Once, Depends(_once)]
"""What makes a route safe to be called again; its ``begin`` comes first, and ``keep`` when all is done."""
