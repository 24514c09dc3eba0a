"""Asks again when the model server was unreachable, overloaded or broke off. Nothing else is asked again."""

import asyncio
import itertools
import logging
import random
import time

from ...graph_store.errors import ReaderError
from .model import ChatModel, ModelReply, ModelRequest

log = logging.getLogger(__name__)

TRIES = 4
TOTAL_SECONDS = 120.0
FIRST_WAIT_SECONDS = 0.5


class RetryingModel:
    """A chat model that repeats calls which failed with a ``retryable`` error.

    Waits double and are spread by chance; a server's own `Retry-After` counts where it is longer.

    Args:
        tries: the most calls for one request.
        total_seconds: no wait is begun that would end later than this after the first call.
    """

    def __init__(
        self,
        inner: ChatModel,
        *,
        tries: int = TRIES,
        total_seconds: float = TOTAL_SECONDS,
        first_wait_seconds: float = FIRST_WAIT_SECONDS,
    ) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner
        self._tries = tries
        self._total_seconds = total_seconds
        self._first_wait_seconds = first_wait_seconds

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`. The last try's error is raised."""
        started = time.monotonic()
        for tried in itertools.count(1):
            try:
                return await self._inner.complete(request)
            except ReaderError as error:
                wait = self._wait_seconds(error, tried)
                late = time.monotonic() - started + wait > self._total_seconds
                if not error.retryable or tried >= self._tries or late:
                    raise
                log.info("%s: %s Asking again in %.1f s (try %d)", request.purpose, error, wait, tried + 1)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Release connections."""
        await self._inner.close()

    def _wait_seconds(self, error: ReaderError, tried: int) -> float:
        own = self._first_wait_seconds * 2 ** (tried - 1) * random.uniform(0.5, 1.0)
        asked = error.fields.get("retry_after_seconds")
        return max(own, asked) if isinstance(asked, float) else own
