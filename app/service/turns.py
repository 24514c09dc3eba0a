"""Turns: so many at once, and those that wait are taken tenant by tenant, so that none waits for another's crowd."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

BEGINNING_SECONDS = 0.1


class Turns:
    """Lets ``count`` at once through. Within a tenant the first come is the first served.

    One begins at a time: the next when the last has done what comes before its first wait, or after BEGINNING_SECONDS.
    Beginning together, they would only share the processor, and all be late.
    """

    def __init__(self, count: int) -> None:
        self._free_count = count
        self._beginning: Turn | None = None
        # The tenant whose turn is next stands first.
        self._waiting: OrderedDict[str, deque[asyncio.Future[Turn]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, tenant: str) -> "AsyncIterator[Turn]":
        """Wait for a turn of a tenant, and hold it."""
        turn = await self._take(tenant)
        try:
            yield turn
        finally:
            self._give(turn)

    async def _take(self, tenant: str) -> "Turn":
        coming: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(coming)
        self._next()
        try:
            return await coming
        except asyncio.CancelledError:
            if not coming.cancelled():
                # It came in the same moment.
                self._give(coming.result())
            raise

    def _give(self, turn: "Turn") -> None:
        self._free_count += 1
        turn.has_begun()
        self._next()

    def ended_beginning(self, turn: "Turn") -> None:
        """Let the next begin, if it is this turn that held it up."""
        if self._beginning is turn:
            self._beginning = None
            self._next()

    def _next(self) -> None:
        """Hand a turn to the next that still waits, if there is one and none begins."""
        while self._waiting and self._free_count and self._beginning is None:
            tenant, queue = next(iter(self._waiting.items()))
            coming = queue.popleft()
            if queue:
                self._waiting.move_to_end(tenant)
            else:
                del self._waiting[tenant]
            if not coming.done():
                self._free_count -= 1
                self._beginning = Turn(self)
                coming.set_result(self._beginning)


class Turn:
    """A turn that is held."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._timer = asyncio.get_running_loop().call_later(BEGINNING_SECONDS, self.has_begun)

    def has_begun(self) -> None:
        """Tell that what comes before the first wait is done. May be told again."""
        self._timer.cancel()
        self._turns.ended_beginning(self)
