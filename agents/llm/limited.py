"""Lets only as many calls through as the server has slots; the others wait here, not in the server's queue."""

import asyncio
import heapq
import time
from dataclasses import replace
from itertools import count

from .model import ChatModel, ModelReply, ModelRequest

KEPT_SHARE = 4
"""One in so many slots is never given to calls in the background."""


class LimitedModel:
    """A chat model with at most ``slots`` calls at the same time, served in the order in which they came.

    Calls in the background let the others pass, and never take the last quarter of the slots (where there are four or
    more): they would hold it for as long as their replies take.
    """

    def __init__(self, inner: ChatModel, slots: int) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner
        self._free_count = slots
        self._kept_count = slots // KEPT_SHARE
        self._numbers = count()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request when a slot is free; see `ChatModel`."""
        asked = time.monotonic()
        await self._take(request.in_background)
        waited_seconds = time.monotonic() - asked
        try:
            return replace(await self._inner.complete(request), waited_seconds=waited_seconds)
        finally:
            self._give()

    async def close(self) -> None:
        """Release connections."""
        await self._inner.close()

    async def _take(self, in_background: bool) -> None:
        if self._has_slot(in_background):
            self._free_count -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (in_background, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                # The slot came in the same moment.
                self._give()
            raise

    def _has_slot(self, in_background: bool) -> bool:
        return self._free_count > (self._kept_count if in_background else 0)

    def _give(self) -> None:
        """Hand a slot to the next that still waits and may have it."""
        self._free_count += 1
        while self._waiting and self._has_slot(self._waiting[0][0]):
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._free_count -= 1
                turn.set_result(None)


class BackgroundModel:
    """A chat model whose calls wait while others want the same slot: for what nobody sits and waits for."""

    def __init__(self, inner: ChatModel) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request in the background; see `ChatModel`."""
        return await self._inner.complete(replace(request, in_background=True))

    async def close(self) -> None:
        """Release connections."""
        await self._inner.close()
