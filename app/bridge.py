"""The one sync bridge: runs coroutines on an event loop in a thread of its own, for callers without one."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from ..graph_store.errors import ConfigurationError

T = TypeVar("T")

# The longest wait for clean-up: a model call that is stopped ends at its next token.
_STOP_SECONDS = 15.0


class Bridge:
    """An event loop in a thread. An exception in the calling thread (Ctrl-C) cancels what it was waiting for."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="longreader-loop", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._loop.is_closed()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end and return its result. Raises ConfigurationError after `close`."""
        if self.closed:
            coroutine.close()
            raise closed_error()
        task = _Task(self._loop, coroutine)
        try:
            return task.future.result()
        finally:
            task.stop()

    def iterate(self, events: AsyncIterator[T]) -> Iterator[T]:
        """Yield what an async iterator yields. Leaving the iteration cancels it and waits until it has stopped.

        Raises ConfigurationError after `close`.
        """
        if self.closed:
            raise closed_error()
        arrived: queue.SimpleQueue[T | _End] = queue.SimpleQueue()

        async def pump() -> None:
            try:
                async for event in events:
                    arrived.put(event)
            finally:
                arrived.put(_END)

        task = _Task(self._loop, pump())
        try:
            while not isinstance(event := arrived.get(), _End):
                yield event
            task.future.result()
        finally:
            task.stop()

    def close(self) -> None:
        """Cancel what still runs for other threads, and stop the event loop."""
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result(_STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)
        self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def closed_error() -> ConfigurationError:
    """Return the error for whoever uses a reader that was closed."""
    return ConfigurationError("This reader was closed.", hint="Open a new one.")


class _Task(Generic[T]):
    """A coroutine on the loop that can be stopped and waited for, its clean-up included."""

    def __init__(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T]) -> None:
        self._ended = threading.Event()
        self.future: Future[T] = asyncio.run_coroutine_threadsafe(self._run(coroutine), loop)

    async def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return await coroutine
        finally:
            self._ended.set()

    def stop(self) -> None:
        """Cancel what still runs and wait until its clean-up is over."""
        if self.future.cancel():
            self._ended.wait(_STOP_SECONDS)


class _End:
    """Marks the end of an iteration."""


_END = _End()
