"""Durable jobs: ingests and summaries that wait in a queue on disk, in fair order, and go on after a restart.

Their order is job_queue.py's, what they are about job_folder.py's, and what was done of an ingest the store's. One
process owns the data folder and so all jobs in it: their progress and their end are told from its memory.
"""

import asyncio
import concurrent.futures
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..agents.settings import BudgetSettings
from ..graph_store.errors import InputError, NotFound, ReaderError, StoreError
from ..graph_store.note import NotesKind
from ..graph_store.progress import Report
from .job import Job, JobKind, JobStage, StageProgress
from .job_folder import JobFolder, discard, fingerprint
from .job_queue import JobQueue, Stopped
from .job_work import JobWork, Readers
from .service.problems import Conflict, TooManyRequests, problem_of, told

log = logging.getLogger(__name__)

MOST_OPEN = 200
"""Most jobs of a tenant that wait or run."""

MOST_KEPT = 1_000
"""Most jobs of a tenant that are told of after their end."""

MOST_STARTS = 50
"""A job whose process ended so often is given up: it may be what ends it."""

RETRY_SECONDS = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0)
"""How long a job waits for a model that is away, before each further try."""

_KEPT_SLACK = 100
_BUSY_SECONDS = 30.0
_EVENT_SECONDS = 0.2


class Jobs:
    """The jobs of a data folder. Belongs to the event loop in which `open` was called.

    Args:
        folder: the service's data folder.
        readers: lends the tenants' readers.
        most_open: most jobs of a tenant that wait or run.
        retry_seconds: how long to wait before each further try of what may work later.
        watch: makes for each document what is told of its progress.
    """

    def __init__(
        self,
        folder: Path,
        readers: Readers,
        most_open: int = MOST_OPEN,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
        watch: Callable[[], Report] | None = None,
    ) -> None:
        self._work = JobWork(readers, retry_seconds, watch)
        self._most_open = most_open
        self._folder = JobFolder(folder)
        self._queue = JobQueue(folder / "jobs.sqlite", self._run_in_queue)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._cancelled: dict[str, bool] = {}
        self._progress: dict[str, dict[JobStage, StageProgress]] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._closed = False

    async def open(self) -> None:
        """Take up the jobs that an earlier process left, and remove what belongs to no job.

        Raises:
            StoreError: the data folder cannot be used.
        """
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._folder.load)
        if self._folder.all():
            await asyncio.to_thread(self._queue.launch)
            await asyncio.to_thread(self._forget_gone)
            await self._take_up()

    async def _take_up(self) -> None:
        """Queue what an earlier process could not queue any more, or whose end it could not keep."""
        over = await asyncio.to_thread(self._queue.run_ids, over=True)
        for job in self._folder.all():
            if job.run_id in over and not job.has_ended:
                job = await self._change(job.job_id, run_count=job.run_count + 1)
            if not job.has_ended:
                await asyncio.to_thread(self._put, job)

    @property
    def takes_jobs(self) -> bool:
        """Whether it is open."""
        return self._loop is not None and not self._closed

    async def close(self) -> None:
        """Stop what runs. The next process goes on with it."""
        self._closed = True
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await asyncio.to_thread(self._queue.close)

    def require_room(self, tenant: str, count: int = 1) -> None:
        """Tell whether so many more jobs of a tenant may come, before what they need is received.

        Raises:
            TooManyRequests: there are too many already.
        """
        open_count = sum(job.tenant == tenant and not job.has_ended for job in self._folder.all())
        if open_count + count > self._most_open:
            raise TooManyRequests(
                f"{open_count} jobs wait already; at most {self._most_open} may.", retry_after_seconds=_BUSY_SECONDS
            )

    def new_upload(self) -> Path:
        """Return a path in the data folder to write an upload to, for `enqueue_ingest`."""
        return self._folder.new_upload()

    async def enqueue_ingest(
        self,
        tenant: str,
        collection: str,
        upload: Path,
        file_name: str,
        notes: NotesKind | None = None,
        replaces: str | None = None,
    ) -> Job:
        """Queue the reading of a file into a collection.

        Args:
            tenant: whose it is.
            collection: where it goes.
            upload: the file, at a path from `new_upload`; it becomes the job's and goes with it.
            file_name: what the client calls it.
            notes: as in `AsyncReader.add`.
            replaces: the id of a document whose place it takes, as in `AsyncReader.replace`.

        Raises:
            TooManyRequests: too many jobs of the tenant are waiting.
            StoreError: it cannot be stored.
        """
        try:
            self.require_room(tenant)
            byte_count, content_hash = await asyncio.to_thread(fingerprint, upload)
            job = Job(
                job_id=_new_id(),
                number=self._folder.next_number(),
                tenant=tenant,
                kind="ingest",
                collection=collection,
                file_name=file_name,
                byte_count=byte_count,
                content_hash=content_hash,
                notes=notes,
                replaces=replaces,
                lane=await self._work.lane(tenant, collection, notes),
            )
            await self._folder.add(job, upload)
        except BaseException:
            discard(upload)
            raise
        await asyncio.to_thread(self._put, job)
        return job

    async def enqueue_summary(
        self,
        tenant: str,
        collection: str,
        document_id: str | None = None,
        about: str = "",
        budget: BudgetSettings | None = None,
    ) -> Job:
        """Queue a summary; its answer is kept as a trace, and the job tells the trace's id.

        Args:
            tenant: whose it is.
            collection, document_id, about, budget: as in `AsyncReader.summarise`.

        Raises:
            TooManyRequests: too many jobs of the tenant are waiting.
            StoreError: it cannot be stored.
        """
        self.require_room(tenant)
        job = Job(
            job_id=_new_id(),
            number=self._folder.next_number(),
            tenant=tenant,
            kind="summary",
            collection=collection,
            document_id=document_id,
            about=about,
            budget=budget,
            lane="long",
        )
        await self._folder.add(job)
        await asyncio.to_thread(self._put, job)
        return job

    def jobs(self, tenant: str, collection: str | None = None, kind: JobKind | None = None) -> list[Job]:
        """Return a tenant's jobs, newest first."""
        found = [job for job in self._folder.all() if job.tenant == tenant]
        return [
            self._current(job)
            for job in reversed(found)
            if collection in (None, job.collection) and kind in (None, job.kind)
        ]

    def job(self, tenant: str, job_id: str) -> Job:
        """Return a job as it is now.

        Raises:
            NotFound: the tenant has none of this id.
        """
        job = self._folder.get(job_id)
        if job is None or job.tenant != tenant:
            raise NotFound(f"There is no job {job_id}.", job_id=job_id)
        return self._current(job)

    def progress(self, job_id: str) -> list[StageProgress]:
        """Return how far the stages of a job are that have begun; none where it does not run."""
        return list(self._progress.get(job_id, {}).values())

    def open_counts(self) -> dict[str, int]:
        """Return how many jobs wait and how many run, of all tenants."""
        waiting = sum(not job.has_ended for job in self._folder.all())
        return {"queued": waiting - len(self._running), "running": len(self._running)}

    async def events(self, tenant: str, job_id: str) -> AsyncIterator[Job]:
        """Yield a job now and whenever something of it changed, until it has ended.

        Raises:
            NotFound: the tenant has none of this id, or no longer.
        """
        while not (job := self.job(tenant, job_id)).has_ended:
            # Taken before the job is handed out: what changes meanwhile is news.
            news = self._news.setdefault(job_id, asyncio.Event())
            yield job
            await news.wait()
            await asyncio.sleep(_EVENT_SECONDS)
        yield job

    async def cancel(self, tenant: str, job_id: str) -> Job:
        """End a job that has not ended. What it had read of a new document is removed.

        Raises:
            NotFound: the tenant has none of this id.
        """
        await self._cancel(self.job(tenant, job_id), clears=True)
        return self.job(tenant, job_id)

    async def retry(self, tenant: str, job_id: str) -> Job:
        """Queue a failed job again; what it had done is not done again.

        Raises:
            NotFound: the tenant has none of this id.
            Conflict: it has not failed, or its file cannot be read at all.
            TooManyRequests: too many jobs of the tenant are waiting.
        """
        job = self.job(tenant, job_id)
        if not job.can_retry:
            reason = "its file cannot be read" if job.for_good else f"it is {job.status}"
            raise Conflict(f"Job {job_id} cannot be tried again: {reason}.", job_id=job_id)
        self.require_room(tenant)
        changes = {"run_count": job.run_count + 1, "start_count": 0, "ended": None, "problem": None}
        job = await self._change(job_id, status="queued", number=self._folder.next_number(), **changes)
        await asyncio.to_thread(self._put, job)
        return self.job(tenant, job_id)

    async def remove(self, tenant: str, job_id: str) -> None:
        """Forget a job, ended before if it runs.

        Raises:
            NotFound: the tenant has none of this id.
        """
        await self._forget(self.job(tenant, job_id), clears=True)

    async def forget_document(self, tenant: str, collection: str, document_id: str, content_hash: str) -> None:
        """Forget the jobs that a document came from, before it is deleted: they hold its file name.

        One that runs is ended. One that waits is a later upload of the same bytes, and stays.
        """
        for job in self.jobs(tenant, collection, "ingest"):
            same = job.content_hash == content_hash or (job.document_id == document_id)
            if same and job.status != "queued":
                await self._forget(job, clears=False)

    async def forget_collection(self, tenant: str, collection: str) -> None:
        """Forget all jobs of a collection, before it is deleted; what waits or runs is ended."""
        for job in self.jobs(tenant, collection):
            await self._forget(job, clears=False)

    async def _cancel(self, job: Job, clears: bool) -> None:
        """End a job. ``clears`` tells whether what it had read goes; else whoever asks sees to that."""
        if task := self._running.get(job.job_id):
            self._cancelled[job.job_id] = clears
            task.cancel()
            await asyncio.wait([task])
        elif not job.has_ended:
            await self._end(job, status="cancelled")
            await asyncio.to_thread(self._queue.withdraw, job.run_id)

    async def _forget(self, job: Job, clears: bool) -> None:
        await self._cancel(job, clears)
        await self._folder.remove(job.job_id)
        self._tell(job.job_id)

    def _put(self, job: Job) -> None:
        self._queue.put(job.run_id, job.job_id, job.lane, job.tenant, job.number)

    def _run_in_queue(self, job_id: str) -> None:
        """Run a job in the event loop and wait for it; called in a thread of the queue."""
        assert self._loop is not None
        if self._closed:
            raise Stopped
        try:
            asyncio.run_coroutine_threadsafe(self._run(job_id), self._loop).result()
        except concurrent.futures.CancelledError as error:
            raise Stopped from error

    async def _run(self, job_id: str) -> None:
        job = self._folder.get(job_id)
        if job is None or job.has_ended:
            return
        if self._closed:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        assert task is not None
        self._running[job_id] = task
        try:
            await self._do(job)
        except asyncio.CancelledError:
            if job_id not in self._cancelled:
                raise
            await self._end_cancelled(job_id, self._cancelled[job_id])
        finally:
            self._cancelled.pop(job_id, None)
            self._running.pop(job_id, None)
            self._progress.pop(job_id, None)
            self._tell(job_id)

    async def _do(self, job: Job) -> None:
        def report(done: StageProgress) -> None:
            self._progress.setdefault(job.job_id, {})[done.stage] = done
            self._tell(job.job_id)

        async def on_wait(error: ReaderError) -> None:
            await self._change(job.job_id, problem=problem_of(error))

        try:
            job = await self._change(job.job_id, start_count=job.start_count + 1)
            if job.start_count > MOST_STARTS:
                raise ReaderError(f"The service ended {MOST_STARTS} times over job {job.job_id}.")
            done = await self._work.do(job, self._folder.upload(job), report, on_wait)
        except Exception as error:  # noqa: BLE001 - the border of a job: a mistake of the program ends it, no more
            problem, for_good = told(error, f"job {job.job_id}"), isinstance(error, InputError)
            await self._end(job, status="failed", problem=problem, for_good=for_good)
        else:
            await self._end(done, status="done", problem=None)

    async def _end_cancelled(self, job_id: str, clears: bool) -> None:
        job = self._folder.get(job_id)
        if job is None:
            return
        if job.has_ended:
            # It came to its end in the same moment, which may not be on disk yet.
            await self._folder.put(job)
            return
        others = (other for other in self._folder.all() if not other.has_ended and other.job_id != job_id)
        if clears and job.kind == "ingest" and not any(_same_bytes(job, other) for other in others):
            try:
                await self._work.clear(job)
            except StoreError as error:
                log.error("What job %s had read cannot be removed: %s", job_id, error)
        await self._end(job, status="cancelled")

    async def _change(self, job_id: str, **changes: Any) -> Job:
        job = self._folder.get(job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id}.", job_id=job_id)
        changed = job.model_copy(update=changes)
        await self._folder.put(changed)
        self._tell(job_id)
        return changed

    async def _end(self, job: Job, **changes: Any) -> None:
        ended = job.model_copy(update={"ended": datetime.now(UTC), **changes})
        try:
            await self._folder.put(ended)
        except StoreError as error:
            # It is told from memory until the process ends; the next one does the job again, which changes nothing.
            log.error("The end of job %s cannot be kept: %s", job.job_id, error)
        self._tell(job.job_id)
        await self._drop_oldest(job.tenant)

    async def _drop_oldest(self, tenant: str) -> None:
        ended = [job for job in self._folder.all() if job.tenant == tenant and job.has_ended]
        if len(ended) < MOST_KEPT + _KEPT_SLACK:
            return
        for job in ended[:-MOST_KEPT]:
            await self._folder.remove(job.job_id)
        await asyncio.to_thread(self._forget_gone)

    def _forget_gone(self) -> None:
        self._queue.forget(self._queue.run_ids() - {job.run_id for job in self._folder.all()})

    def _current(self, job: Job) -> Job:
        is_running = job.job_id in self._running and not job.has_ended
        return job.model_copy(update={"status": "running"}) if is_running else job

    def _tell(self, job_id: str) -> None:
        if news := self._news.pop(job_id, None):
            news.set()


def _same_bytes(job: Job, other: Job) -> bool:
    return (job.tenant, job.collection, job.content_hash) == (other.tenant, other.collection, other.content_hash)


def _new_id() -> str:
    return f"j{secrets.token_hex(8)}"
