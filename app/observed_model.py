"""Tells somebody of every model call, for metrics and rates. It stands on the cache, so it sees what that saved."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..agents.llm import ChatModel, ModelReply, ModelRequest
from ..graph_store.errors import ReaderError


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """A model call that has ended. ``outcome`` is the reply's finish reason, an error's code, or "cancelled".
    ``waited_seconds`` is the part of ``seconds`` in which no slot of the server was free, ``reused_prompt_tokens`` the
    part of ``prompt_tokens`` that the server had still computed."""

    purpose: str
    outcome: str
    seconds: float
    waited_seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reused_prompt_tokens: int = 0
    from_cache: bool = False
    is_repair: bool = False


Observer = Callable[[ObservedCall], None]


class ObservedModel:
    """A chat model whose calls are told, in the context of whoever made them."""

    def __init__(self, inner: ChatModel, observer: Observer) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self._inner = inner
        self._observer = observer

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`."""
        started = time.monotonic()
        try:
            reply = await self._inner.complete(request)
        except ReaderError as error:
            self._tell(request, error.code, started)
            raise
        except asyncio.CancelledError:
            self._tell(request, "cancelled", started)
            raise
        self._observer(
            ObservedCall(
                request.purpose,
                reply.finish_reason,
                time.monotonic() - started,
                reply.waited_seconds,
                reply.prompt_tokens,
                reply.completion_tokens,
                (reply.cached_tokens or 0) if not reply.from_cache else 0,
                reply.from_cache,
                request.is_repair,
            )
        )
        return reply

    async def close(self) -> None:
        """Release connections."""
        await self._inner.close()

    def _tell(self, request: ModelRequest, outcome: str, started: float) -> None:
        self._observer(ObservedCall(request.purpose, outcome, time.monotonic() - started, is_repair=request.is_repair))
