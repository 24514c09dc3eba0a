"""Runs jobs in this process: begun when the queue says so, stopped when asked to, ended with what came of them.

What is done for a job is job_work.py's, and what is kept of it the store's.
"""

import asyncio
import concurrent.futures
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from ..graph_store.errors import InputError, ReaderError, StoreError
from .job import Job, StageProgress
from .job_queue import Stopped
from .job_store import JobStore
from .job_work import JobWork
from .service.problems import problem_of, told

log = logging.getLogger(__name__)

MOST_STARTS = 50
"""A job whose process ended so often is given up: it may be what ends it."""


class JobRunner:
    """The jobs that run in this process. Belongs to the event loop in which `open` was called.

    Args:
        store: what keeps the jobs.
        work: does them.

    Attributes:
        on_end: called with the tenant of a job that has ended.
    """

    def __init__(self, store: JobStore, work: JobWork) -> None:
        self.on_end: Callable[[str], Awaitable[None]] | None = None
        self._store = store
        self._work = work
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopped: dict[str, bool] = {}
        self._closed = False

    def open(self) -> None:
        """Take jobs from now on, in the running event loop."""
        self._loop = asyncio.get_running_loop()

    @property
    def takes_jobs(self) -> bool:
        """Whether it is open."""
        return self._loop is not None and not self._closed

    def run_in_queue(self, job_id: str) -> None:
        """Run a job in the event loop and wait for it; called in a thread of the queue.

        Raises:
            Stopped: it was cut off, and is to be run again.
        """
        assert self._loop is not None
        if self._closed:
            raise Stopped
        try:
            asyncio.run_coroutine_threadsafe(self._run(job_id), self._loop).result()
        except concurrent.futures.CancelledError as error:
            raise Stopped from error

    async def stop(self, job_id: str, *, clears: bool) -> bool:
        """Stop a job and wait for its end, if it runs here.

        Args:
            job_id: which.
            clears: whether what it had read goes; else whoever asks sees to that.
        """
        task = self._running.get(job_id)
        if task is None:
            return False
        self._stopped[job_id] = clears
        task.cancel()
        await asyncio.wait([task])
        return True

    async def cut_off(self) -> None:
        """Stop what runs, without an end: it is run again, here or elsewhere."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Run nothing more. What is cut off is run again by who comes next."""
        self._closed = True
        await self.cut_off()

    async def end(self, job: Job, ended: Job) -> bool:
        """Keep the end of a job, if it still is as it was told."""
        ended = ended.model_copy(update={"ended": datetime.now(UTC), "stages": ()})
        try:
            if not await self._store.put(ended, job.status):
                return False
        except StoreError as error:
            # It is told from memory until the process ends; the next one does the job again, which changes nothing.
            log.error("The end of job %s cannot be kept: %s", job.job_id, error)
        if self.on_end is not None:
            await self.on_end(job.tenant)
        return True

    async def _run(self, job_id: str) -> None:
        if self._closed:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        assert task is not None
        self._running[job_id] = task
        try:
            await self._begin(job_id)
        except asyncio.CancelledError:
            if job_id not in self._stopped:
                raise
            await self._end_stopped(job_id, self._stopped[job_id])
        finally:
            self._stopped.pop(job_id, None)
            self._running.pop(job_id, None)
            await self._store.let_go(job_id)

    async def _begin(self, job_id: str) -> None:
        try:
            job = await self._store.begin(job_id)
        except StoreError as error:
            job = await self._store.get(job_id)
            if job is not None:
                await self._fail(job, error)
            return
        if job is not None:
            await self._do(job)

    async def _do(self, job: Job) -> None:
        def report(done: StageProgress) -> None:
            self._store.report(job.job_id, done)

        async def on_wait(error: ReaderError | None) -> None:
            problem = error and problem_of(error)
            await self._store.put(job.model_copy(update={"problem": problem}), "running")

        try:
            if job.start_count > MOST_STARTS:
                raise ReaderError(f"The service ended {MOST_STARTS} times over job {job.job_id}.")
            async with self._store.upload(job) as upload:
                done = await self._work.do(job, upload, report, on_wait)
        except Exception as error:  # noqa: BLE001 - the border of a job: a mistake of the program ends it, no more
            await self._fail(job, error)
        else:
            await self.end(job, done.model_copy(update={"status": "done", "problem": None}))

    async def _fail(self, job: Job, error: Exception) -> None:
        problem, for_good = told(error, f"job {job.job_id}"), isinstance(error, InputError)
        failed = job.model_copy(update={"status": "failed", "problem": problem, "for_good": for_good})
        await self.end(job, failed)

    async def _end_stopped(self, job_id: str, clears: bool) -> None:
        job = await self._store.get(job_id)
        if job is None:
            return
        if job.has_ended:
            # It came to its end in the same moment, which may not be on disk yet.
            await self._store.put(job, job.status)
            return
        if clears and job.kind == "ingest":
            await self._clear(job)
        await self.end(job, job.model_copy(update={"status": "cancelled"}))

    async def _clear(self, job: Job) -> None:
        others = await self._store.find(job.tenant, job.collection, "ingest")
        if any(job.has_same_bytes(other) for other in others if not other.has_ended and other.job_id != job.job_id):
            return
        try:
            await self._work.clear(job)
        except StoreError as error:
            log.error("What job %s had read cannot be removed: %s", job.job_id, error)
