"""Idempotency keys: a request that is sent again is not done again, but answered as the first time.

Kept with the tenant's data for a day: the key, a digest of the request, and an id of what came of it (a trace, a job) —
never text, so that a deleted document leaves nothing here.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header

from .hub import Hub
from .problems import KeyInUse, KeyReused
from .request_store import RequestStore
from .tenant import Tenant, TenantReader, hub_of


class Once:
    """One request, done once. Without a key it is like any other.

    Args:
        requests: what keeps the tenant's requests.
        key: the client's.
    """

    def __init__(self, requests: RequestStore, key: str | None) -> None:
        self._requests = requests
        self._key = key
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
        earlier = await asyncio.to_thread(self._requests.begin, self._key, self._digest)
        if earlier is None:
            self._began = True
            return None
        if earlier.result is None:
            raise KeyInUse(f"The request with the key {self._key} is under way.", retry_after_seconds=1.0)
        if earlier.digest != self._digest:
            raise KeyReused(f"The key {self._key} came with another request.")
        return earlier.result

    async def keep(self, result: str) -> None:
        """Keep the id of what came of the request."""
        if self._key is not None:
            await asyncio.to_thread(self._requests.keep, self._key, self._digest, result)

    async def end(self) -> None:
        """Let the next request with this key begin."""
        if self._began and self._key is not None:
            await asyncio.to_thread(self._requests.end, self._key)


async def _once(
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
    once = Once(hub.requests(tenant), key)
    try:
        yield once
    finally:
        await once.end()


OnceOnly = Annotated[Once, Depends(_once)]
"""What makes a route safe to be called again; its ``begin`` comes first, and ``keep`` when all is done."""
