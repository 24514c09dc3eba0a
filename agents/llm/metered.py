"""Counts what one question costs and stops it before it costs more than its budget.

One `MeteredModel` is made per question, on top of the shared stack. The `reserve` is what is kept back for the last
answer.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..errors import BudgetSpent, ModelError, WindowExceeded
from .model import ChatModel, ModelReply, ModelRequest


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be used: prompt and reply tokens together, calls, and seconds by the clock."""

    tokens: int = 0
    calls: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used.

    Replies from the cache count in everything but the seconds, so that a run costs the same with and without a cache.
    ``reused_prompt_tokens`` are those that the server had still computed; ``seconds`` is the time by the clock from the
    question's start to the last call's end, so calls side by side count once.
    """

    call_count: int = 0
    cached_call_count: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reused_prompt_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Prompt and reply tokens together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Call:
    """One call, for traces and metrics. ``finish_reason`` is "stop", "length", an error's code, or "cancelled".

    ``seconds`` are those by the clock, ``waited_seconds`` the part of them in which no slot of the server was free.
    """

    purpose: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    from_cache: bool
    finish_reason: str
    reused_prompt_tokens: int = 0
    is_repair: bool = False
    waited_seconds: float = 0.0


@dataclass(slots=True)
class _Ledger:
    usage: Usage = field(default_factory=Usage)
    tokens_in_flight: int = 0
    calls_in_flight: int = 0


class MeteredModel:
    """A chat model for one question.

    Args:
        budget: enforced before each call with the longest reply that it may give; calls in flight count as spent.
        reserve: the part of the budget that only calls after `release_reserve` may use.
        on_call: is told of every call when it ends.

    Raises (`complete`):
        BudgetSpent: the call does not fit what is left; ``fields["limit"]`` is "tokens", "calls" or "seconds".
            A call that runs into the limit of seconds is stopped at the server.
    """

    def __init__(
        self,
        inner: ChatModel,
        budget: Budget,
        reserve: Budget | None = None,
        on_call: Callable[[Call], None] | None = None,
    ) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self.budget = budget
        self._inner = inner
        self._reserve = reserve or Budget()
        self._on_call = on_call
        self._ledger = _Ledger()
        self._started = time.monotonic()

    @property
    def usage(self) -> Usage:
        """What the question has used so far."""
        return self._ledger.usage

    def release_reserve(self) -> None:
        """Let the next calls use the reserve too: the manager's last answer."""
        self._reserve = Budget()

    def left(self) -> Budget:
        """Return what may still be used now, without the reserve and what is in flight."""
        ledger = self._ledger
        return Budget(
            max(0, self.budget.tokens - self._reserve.tokens - ledger.usage.tokens - ledger.tokens_in_flight),
            max(0, self.budget.calls - self._reserve.calls - ledger.usage.call_count - ledger.calls_in_flight),
            max(0.0, self.budget.seconds - self._reserve.seconds - (time.monotonic() - self._started)),
        )

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request if the budget allows it; see `ChatModel`."""
        prompt_tokens = await asyncio.to_thread(self.counter.count_messages, request.messages)
        needed = prompt_tokens + request.max_tokens
        seconds_left = self._admit(request, needed)
        self._ledger.tokens_in_flight += needed
        self._ledger.calls_in_flight += 1
        try:
            return await self._call(request, prompt_tokens, seconds_left)
        finally:
            self._ledger.tokens_in_flight -= needed
            self._ledger.calls_in_flight -= 1

    async def close(self) -> None:
        """Do nothing: the stack below outlives the question."""

    def _admit(self, request: ModelRequest, needed: int) -> float:
        """Return the seconds that the call may take."""
        left = self.left()
        if left.calls < 1:
            raise _spent("calls", self.budget.calls, request)
        if left.tokens < needed:
            raise _spent("tokens", self.budget.tokens, request)
        if left.seconds <= 0:
            raise _spent("seconds", self.budget.seconds, request)
        return left.seconds

    async def _call(self, request: ModelRequest, prompt_tokens: int, seconds_left: float) -> ModelReply:
        started = time.monotonic()
        call = Call(request.purpose, prompt_tokens, 0, 0.0, False, "cancelled", is_repair=request.is_repair)
        try:
            async with asyncio.timeout(seconds_left):
                reply = await self._inner.complete(request)
            call = _answered(request, reply)
            return reply
        except TimeoutError as error:
            call = replace(call, finish_reason=BudgetSpent.code)
            raise _spent("seconds", self.budget.seconds, request) from error
        except WindowExceeded as error:
            call = replace(call, prompt_tokens=0, finish_reason=error.code)
            raise
        except ModelError as error:
            call = replace(call, finish_reason=error.code)
            raise
        finally:
            self._book(call, started)

    def _book(self, call: Call, started: float) -> None:
        """Add the call to the usage. One that failed counts its prompt: the server may have read it."""
        now = time.monotonic()
        usage = self._ledger.usage
        self._ledger.usage = Usage(
            usage.call_count + 1,
            usage.cached_call_count + call.from_cache,
            usage.prompt_tokens + call.prompt_tokens,
            usage.completion_tokens + call.completion_tokens,
            usage.reused_prompt_tokens + call.reused_prompt_tokens,
            now - self._started,
        )
        if self._on_call:
            self._on_call(replace(call, seconds=now - started))


def _answered(request: ModelRequest, reply: ModelReply) -> Call:
    return Call(
        request.purpose,
        reply.prompt_tokens,
        reply.completion_tokens,
        reply.seconds,
        reply.from_cache,
        reply.finish_reason,
        (reply.cached_tokens or 0) if not reply.from_cache else 0,
        request.is_repair,
        reply.waited_seconds,
    )


def _spent(limit: str, allowed: float, request: ModelRequest) -> BudgetSpent:
    return BudgetSpent(
        f"The budget of {allowed:g} {limit} does not allow another call.",
        limit=limit,
        allowed=allowed,
        purpose=request.purpose,
    )
