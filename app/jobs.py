"""Durable jobs: ingests and summaries that wait in a queue, in fair order, and go on after a restart.

Their order is job_queue.py's, what they are about the store's (job_store.py), and what was done of an ingest the
documents' own. They are run by job_runner.py, in this process or, where workers share a database, in any of them.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from ..agents.settings import BudgetSettings
from ..graph_store.errors import NotFound, StoreError
from ..graph_store.note import NotesKind
from ..graph_store.progress import Report
from .job import Job, JobKind
from .job_folder import JobFolder
from .job_queue import OWNER, JobQueue
from .job_runner import JobRunner
from .job_store import JobStore
from .job_upkeep import JobUpkeep
from .job_upload import discard, fingerprint
from .job_work import JobWork, Readers
from .service.problems import Conflict, TooManyRequests

if TYPE_CHECKING:
    from .workers.job_watch import JobWatch
    from .workers.worker import Worker

MOST_OPEN = 200
"""Most jobs of a tenant that wait or run."""

RETRY_SECONDS = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0)
"""How long a job waits for a model that is away, before each further try."""

_BUSY_SECONDS = 30.0
_STOP_SECONDS = 0.2


class Jobs:
    """The jobs of a service. Belongs to the event loop in which `open` was called.

    Args:
        folder: the service's data folder.
        readers: lends the tenants' readers.
        most_open: most jobs of a tenant that wait or run.
        retry_seconds: how long to wait before each further try of what may work later.
        watch: makes for each document what is told of its progress.
        worker: this process, where several share the jobs of a PostgreSQL database.
    """

    def __init__(
        self,
        folder: Path,
        readers: Readers,
        most_open: int = MOST_OPEN,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
        watch: Callable[[], Report] | None = None,
        worker: "Worker | None" = None,
    ) -> None:
        self._most_open = most_open
        self._work = JobWork(readers, retry_seconds, watch)
        self._worker = worker
        self._store, queue_url, executor = _place(folder, worker)
        self._runner = JobRunner(self._store, self._work)
        self._queue = JobQueue(queue_url, self._runner.run_in_queue, executor)
        self._upkeep = JobUpkeep(self._store, self._queue)
        self._runner.on_end = self._upkeep.drop_oldest
        self._watch: JobWatch | None = None
        self.new_upload = self._store.new_upload

    async def open(self) -> None:
        """Take up the jobs that an earlier process left, and remove what belongs to no job.

        Raises:
            StoreError: the data folder cannot be used.
        """
        self._runner.open()
        if self._worker is not None:
            # Before the queue: what a worker begins that is not among them would be taken over by others.
            await asyncio.to_thread(self._worker.join)
        await self._store.open()
        if self._worker is not None or await self._store.find():
            await asyncio.to_thread(self._queue.launch)
            await self._upkeep.forget_gone()
            await self._upkeep.take_up()
        if self._worker is not None:
            self._watch = _watch(self._worker, self._store, self._queue, self._runner, self._upkeep)
            self._watch.start()

    @property
    def takes_jobs(self) -> bool:
        """Whether it is open."""
        return self._runner.takes_jobs

    async def close(self) -> None:
        """Stop what runs here. The next process goes on with it, or another worker."""
        if self._watch is not None:
            await self._watch.close()
        await self._runner.close()
        await asyncio.to_thread(self._queue.close)
        if self._worker is not None:
            await asyncio.to_thread(self._worker.leave)

    async def require_room(self, tenant: str, count: int = 1) -> None:
        """Tell whether so many more jobs of a tenant may come, before what they need is received.

        Raises:
            TooManyRequests: there are too many already.
        """
        open_count = (await self._store.counts(tenant)).open
        if open_count + count > self._most_open:
            raise TooManyRequests(
                f"{open_count} jobs wait already; at most {self._most_open} may.", retry_after_seconds=_BUSY_SECONDS
            )

    async def enqueue_ingest(
        self,
        tenant: str,
        collection: str,
        upload: Path,
        file_name: str,
        notes: NotesKind | None = None,
        replaces: str | None = None,
        received_hash: str = "",
    ) -> Job:
        """Queue the reading of a file into a collection.

        Args:
            tenant: whose it is.
            collection: where it goes.
            upload: the file, at a path from `new_upload`; it becomes the job's and goes with it.
            file_name: what the client calls it.
            notes: as in `AsyncReader.add`.
            replaces: the id of a document whose place it takes, as in `AsyncReader.replace`.
            received_hash: the SHA-256 of what was received, where that is known.

        Raises:
            TooManyRequests: too many jobs of the tenant are waiting.
            StoreError: it cannot be stored, or is not what was received.
        """
        try:
            await self.require_room(tenant)
            byte_count, content_hash = await asyncio.to_thread(fingerprint, upload)
            if received_hash not in ("", content_hash):
                raise StoreError("The upload on disk is not what was received.", hint="Upload the file again.")
            job = Job(
                job_id=_new_id(),
                number=await self._store.next_number(),
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
            await self._store.add(job, upload)
        except BaseException:
            discard(upload)
            raise
        await self._put(job)
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
        await self.require_room(tenant)
        job = Job(
            job_id=_new_id(),
            number=await self._store.next_number(),
            tenant=tenant,
            kind="summary",
            collection=collection,
            document_id=document_id,
            about=about,
            budget=budget,
            lane="long",
        )
        await self._store.add(job)
        await self._put(job)
        return job

    async def jobs(self, tenant: str, collection: str | None = None, kind: JobKind | None = None) -> list[Job]:
        """Return a tenant's jobs, newest first."""
        return (await self._store.find(tenant, collection, kind))[::-1]

    async def job(self, tenant: str, job_id: str) -> Job:
        """Return a job as it is now.

        Raises:
            NotFound: the tenant has none of this id.
        """
        return _of(tenant, job_id, await self._store.get(job_id))

    def open_counts(self) -> dict[str, int]:
        """Return how many jobs wait and how many run, of all tenants."""
        return self._store.open_counts()

    async def events(self, tenant: str, job_id: str) -> AsyncIterator[Job]:
        """Yield a job now and whenever something of it changed, until it has ended.

        Raises:
            NotFound: the tenant has none of this id, or no longer.
        """
        async with aclosing(self._store.follow(job_id)) as states:
            async for state in states:
                job = _of(tenant, job_id, state)
                yield job
                if job.has_ended:
                    return

    async def cancel(self, tenant: str, job_id: str) -> Job:
        """End a job that has not ended. What it had read of a new document is removed.

        Raises:
            NotFound: the tenant has none of this id.
        """
        await self._cancel(await self.job(tenant, job_id), clears=True)
        return await self.job(tenant, job_id)

    async def retry(self, tenant: str, job_id: str) -> Job:
        """Queue a failed job again; what it had done is not done again.

        Raises:
            NotFound: the tenant has none of this id.
            Conflict: it has not failed, or its file cannot be read at all.
            TooManyRequests: too many jobs of the tenant are waiting.
        """
        job = await self.job(tenant, job_id)
        if not job.can_retry:
            reason = "its file cannot be read" if job.for_good else f"it is {job.status}"
            raise Conflict(f"Job {job_id} cannot be tried again: {reason}.", job_id=job_id)
        await self.require_room(tenant)
        number = await self._store.next_number()
        anew = {"status": "queued", "number": number, "start_count": 0, "ended": None, "problem": None}
        again = job.model_copy(update={"run_count": job.run_count + 1, **anew})
        if await self._store.put(again, "failed"):
            await self._put(again)
        return await self.job(tenant, job_id)

    async def remove(self, tenant: str, job_id: str) -> None:
        """Forget a job, ended before if it runs.

        Raises:
            NotFound: the tenant has none of this id.
        """
        await self._forget(await self.job(tenant, job_id), clears=True)

    async def forget_document(self, tenant: str, collection: str, document_id: str, content_hash: str) -> None:
        """Forget the jobs that a document came from, before it is deleted: they hold its file name.

        One that runs is ended. One that waits is a later upload of the same bytes, and stays.
        """
        for job in await self.jobs(tenant, collection, "ingest"):
            same = job.content_hash == content_hash or (job.document_id == document_id)
            if same and job.status != "queued":
                await self._forget(job, clears=False)

    async def forget_collection(self, tenant: str, collection: str) -> None:
        """Forget all jobs of a collection, before it is deleted; what waits or runs is ended."""
        for job in await self.jobs(tenant, collection):
            await self._forget(job, clears=False)

    async def _cancel(self, job: Job, clears: bool) -> None:
        """End a job. ``clears`` tells whether what it had read goes; else whoever asks sees to that."""
        current: Job | None = job
        while current is not None and not current.has_ended:
            if await self._runner.stop(job.job_id, clears=clears):
                pass
            elif current.status == "queued":
                await self._runner.end(current, current.model_copy(update={"status": "cancelled"}))
                await asyncio.to_thread(self._queue.withdraw, current.run_id)
            else:
                await self._store.ask_to_stop(job.job_id, clears=clears)
                await asyncio.sleep(_STOP_SECONDS)
            current = await self._store.get(job.job_id)

    async def _forget(self, job: Job, clears: bool) -> None:
        await self._cancel(job, clears)
        await self._store.remove(job.job_id)

    async def _put(self, job: Job) -> None:
        await asyncio.to_thread(self._queue.put, job)


def _place(folder: Path, worker: "Worker | None") -> tuple[JobStore, str, str]:
    """Return what keeps the jobs, the queue's URL, and this process's name in it."""
    if worker is None:
        return JobFolder(folder), f"sqlite:///{folder / 'jobs.sqlite'}", OWNER
    from .workers.job_rows import JobRows

    return JobRows(worker, folder), worker.url, worker.worker_id


def _watch(worker: "Worker", store: JobStore, queue: JobQueue, runner: JobRunner, upkeep: JobUpkeep) -> "JobWatch":
    from .workers.job_rows import JobRows
    from .workers.job_watch import JobWatch

    assert isinstance(store, JobRows)
    return JobWatch(worker, store, queue, runner, upkeep)


def _of(tenant: str, job_id: str, job: Job | None) -> Job:
    if job is None or job.tenant != tenant:
        raise NotFound(f"There is no job {job_id}.", job_id=job_id)
    return job


def _new_id() -> str:
    return f"j{secrets.token_hex(8)}"
