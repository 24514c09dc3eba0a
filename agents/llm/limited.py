"""Lets only as many calls through as the server has slots; the others wait here, not in the server's queue."""

import asyncio
import heapq
import time
from dataclasses import replace
from itertools import count

from .model import ChatModel, ModelReply, ModelRequest


class LimitedModel:
    """A chat model with at most ``slots`` calls at the same time, served in the order in which they came; calls in the
    background let the others pass."""

    def __init__(self, inner: ChatModel, slots: int) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner
        self._free_count = slots
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
        if self._free_count:
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

    def _give(self) -> None:
        """Hand a slot to the next that still waits."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free_count += 1


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
