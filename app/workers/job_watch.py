"""What a worker looks after: which jobs are to be stopped, which workers are gone, what never came to the queue."""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from ...graph_store.errors import ReaderError
from ..job_queue import JobQueue
from ..job_runner import JobRunner
from ..job_upkeep import JobUpkeep
from .job_rows import JobRows
from .worker import Worker

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.5
_RECOVER_TICKS = 4
_UPKEEP_TICKS = 60


class JobWatch:
    """Looks at the jobs that workers share, in the event loop in which `start` was called."""

    def __init__(self, worker: Worker, rows: JobRows, queue: JobQueue, runner: JobRunner, upkeep: JobUpkeep) -> None:
        self._worker = worker
        self._rows = rows
        self._queue = queue
        self._runner = runner
        self._upkeep = upkeep
        self._task: asyncio.Task[None] | None = None
        self._letting_go: asyncio.Task[None] | None = None
        self._stopping: dict[str, asyncio.Task[bool]] = {}

    def start(self) -> None:
        """Look from now on."""
        loop = asyncio.get_running_loop()

        def on_lost() -> None:
            loop.call_soon_threadsafe(self._let_go)

        self._worker.on_lost = on_lost
        self._task = loop.create_task(self._watch())

    async def close(self) -> None:
        """Look no more."""
        self._worker.on_lost = None
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def recover(self) -> None:
        """Have the jobs run again of workers that are gone; one of those that are left does it. Blocks."""
        # Looked up in this order: who comes meanwhile is alive before it begins anything.
        gone = (self._queue.executors() | self._rows.holders()) - self._worker.alive()
        if not gone:
            return
        with self._worker.database.holding("recover") as is_mine:
            if is_mine:
                log.warning("Taking over the jobs of workers that are gone: %s", ", ".join(sorted(gone)))
                self._rows.take_from(gone)
                self._queue.recover(gone)
                self._worker.forget_gone()

    async def _watch(self) -> None:
        tick = 0
        while True:
            try:
                await self._look(tick)
            except (ReaderError, SQLAlchemyError) as error:
                log.warning("The jobs cannot be looked after just now: %s", error)
            tick += 1
            await asyncio.sleep(_TICK_SECONDS)

    async def _look(self, tick: int) -> None:
        await asyncio.to_thread(self._rows.flush)
        for job_id, clears in (await asyncio.to_thread(self._rows.asked_to_stop)).items():
            self._stop(job_id, clears)
        if tick % _RECOVER_TICKS == 0:
            await asyncio.to_thread(self._rows.count_open)
            await asyncio.to_thread(self.recover)
        if tick % _UPKEEP_TICKS == _UPKEEP_TICKS - 1:
            await self._upkeep.take_up()

    def _stop(self, job_id: str, clears: bool) -> None:
        if job_id not in self._stopping:
            task = asyncio.create_task(self._runner.stop(job_id, clears=clears))
            self._stopping[job_id] = task
            task.add_done_callback(lambda _task: self._stopping.pop(job_id))

    def _let_go(self) -> None:
        self._letting_go = asyncio.create_task(self._runner.cut_off())
