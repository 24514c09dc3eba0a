"""Answers from the reply cache where it can, and makes equal requests at the same time one call."""

import asyncio
import json
from weakref import WeakValueDictionary

from .model import ChatModel, ModelReply, ModelRequest
from .replies import Replies
from .reply_cache import request_key
from .structured import unfenced


class CachedModel:
    """A chat model in front of kept `Replies`. Replies from it are marked ``from_cache`` and took no seconds."""

    def __init__(self, inner: ChatModel, cache: Replies) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner
        self._cache = cache
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`."""
        key = request_key(self.name, request)
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            known = await asyncio.to_thread(self._cache.get, key)
            if known is not None:
                return known
            reply = await self._inner.complete(request)
            if _usable(request, reply):
                await asyncio.to_thread(self._cache.put, key, reply, request.document_ids)
            return reply

    async def close(self) -> None:
        """Release connections; the cache belongs to whoever made it."""
        await self._inner.close()


def _usable(request: ModelRequest, reply: ModelReply) -> bool:
    """Tell whether a reply is worth keeping: a server that talked junk once must not do so from the cache for ever."""
    if request.schema is None:
        return True
    try:
        json.loads(unfenced(reply.text))
    except ValueError:
        return False
    return reply.finish_reason == "stop"
