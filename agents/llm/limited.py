"""Lets only as many calls through as the server has slots; the others wait here, not in the server's queue."""

import asyncio

from .model import ChatModel, ModelReply, ModelRequest


class LimitedModel:
    """A chat model with at most ``slots`` calls at the same time, served in the order in which they came."""

    def __init__(self, inner: ChatModel, slots: int) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner
        self._slots = asyncio.Semaphore(slots)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request when a slot is free; see `ChatModel`."""
        async with self._slots:
            return await self._inner.complete(request)

    async def close(self) -> None:
        """Release connections."""
        await self._inner.close()
