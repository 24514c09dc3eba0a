"""Jobs and their uploads as rows that all workers share; see `JobStore`.

A job that runs belongs to the worker that began it, and only that one may change it: what another worker took over
meanwhile is not ended twice. How far jobs are is written together, from time to time, by `flush`.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from ...graph_store.errors import InputError, StoreError
from ..job import Job, JobKind, JobStage, JobStatus, StageProgress
from ..job_store import JobCounts, keeps_upload
from ..job_upload import UploadFolder
from .tables import job_numbers, jobs
from .upload_rows import UploadRows
from .worker import Worker

_LOOK_SECONDS = 0.5
_ENDED = ("done", "failed", "cancelled")
_NOT_RUNNING = {"stages": None, "stop": None}
_stages = TypeAdapter(tuple[StageProgress, ...])


class JobRows:
    """The jobs of all workers.

    Args:
        worker: this one.
        folder: its data folder, which others may share; uploads are there while they are received and read.
    """

    def __init__(self, worker: Worker, folder: Path) -> None:
        self._database = worker.database
        self._worker_id = worker.worker_id
        self._alive = worker.alive
        self._folder = UploadFolder(folder, worker.worker_id)
        self.new_upload = self._folder.new
        self._uploads = UploadRows(worker.database)
        self._stages: dict[str, dict[JobStage, StageProgress]] = {}
        self._unwritten: set[str] = set()
        self._reporting = threading.Lock()
        self._counts = {"queued": 0, "running": 0}

    async def open(self) -> None:
        """Remove the uploads that no job waits for, but those that workers which live receive and read."""
        # Asked once a folder was found: a worker is alive before it has one.
        await asyncio.to_thread(self._folder.open, lambda name: name in self._alive())
        await asyncio.to_thread(self._uploads.drop_orphans)

    async def next_number(self) -> int:
        """Return a number behind those of all jobs so far; see `JobStore`."""
        return await asyncio.to_thread(self._next_number)

    def _next_number(self) -> int:
        with self._database.writing_beside() as connection:
            return connection.execute(select(job_numbers.next_value())).scalar_one()

    async def add(self, job: Job, upload: Path | None = None) -> None:
        """Store a new job, and make a file its upload; see `JobStore`."""
        await asyncio.to_thread(self._add, job, upload)

    def _add(self, job: Job, upload: Path | None) -> None:
        if upload is not None:
            self._uploads.store(job.job_id, upload)
        columns = {name: getattr(job, name) for name in ("job_id", "number", "tenant", "collection", "kind", "status")}
        with self._database.writing_beside() as connection:
            connection.execute(insert(jobs).values(record=job.record, **columns))
        if upload is not None:
            upload.unlink(missing_ok=True)

    async def get(self, job_id: str) -> Job | None:
        """Return a job as it is now; see `JobStore`."""
        found = await asyncio.to_thread(self._find, jobs.c.job_id == job_id)
        return found[0] if found else None

    async def find(
        self, tenant: str | None = None, collection: str | None = None, kind: JobKind | None = None
    ) -> list[Job]:
        """Return jobs in the order of their numbers; see `JobStore`."""
        wanted = {jobs.c.tenant: tenant, jobs.c.collection: collection, jobs.c.kind: kind}
        return await asyncio.to_thread(
            self._find, *(column == value for column, value in wanted.items() if value is not None)
        )

    async def waiting(self) -> list[Job]:
        """Return the jobs that wait, of all tenants."""
        return await asyncio.to_thread(self._find, jobs.c.status == "queued")

    def _find(self, *wanted: ColumnElement[bool]) -> list[Job]:
        query = select(jobs.c.record, jobs.c.status, jobs.c.stages).where(*wanted).order_by(jobs.c.number)
        with self._database.reading() as connection:
            return [_job(row) for row in connection.execute(query)]

    async def counts(self, tenant: str) -> JobCounts:
        """Return how many jobs a tenant has; see `JobStore`."""
        return await asyncio.to_thread(self._count, tenant)

    def _count(self, tenant: str) -> JobCounts:
        query = select(jobs.c.status, func.count()).where(jobs.c.tenant == tenant).group_by(jobs.c.status)
        with self._database.reading() as connection:
            counts = dict(connection.execute(query).all())
        ended = sum(count for status, count in counts.items() if status in _ENDED)
        return JobCounts(open=sum(counts.values()) - ended, ended=ended)

    async def put(self, job: Job, was: JobStatus) -> bool:
        """Store a job anew; see `JobStore`."""
        return await asyncio.to_thread(self._put, job, was)

    def _put(self, job: Job, was: JobStatus) -> bool:
        still = (jobs.c.job_id == job.job_id) & (jobs.c.status == was)
        if was == "running":
            still &= jobs.c.worker_id == self._worker_id
        changes = {"number": job.number, "status": job.status, "record": job.record}
        if job.status != "running":
            changes |= _NOT_RUNNING
        if job.status == "queued":
            changes["worker_id"] = None
        with self._database.writing_beside() as connection:
            changed = connection.execute(update(jobs).where(still).values(changes)).rowcount > 0
            if changed and not keeps_upload(job):
                self._uploads.drop(connection, job.job_id)
        return changed

    async def remove(self, job_id: str) -> None:
        """Remove a job and its upload; see `JobStore`."""
        await asyncio.to_thread(self._remove, job_id)

    def _remove(self, job_id: str) -> None:
        with self._database.writing_beside() as connection:
            connection.execute(delete(jobs).where(jobs.c.job_id == job_id))
            self._uploads.drop(connection, job_id)

    async def begin(self, job_id: str) -> Job | None:
        """Make a job this worker's; see `JobStore`. None also where another one has it."""
        job = await asyncio.to_thread(self._begin, job_id)
        if job is not None:
            self._stages[job_id] = {}
        return job

    def _begin(self, job_id: str) -> Job | None:
        mine = jobs.c.job_id == job_id
        with self._database.writing_beside() as connection:
            query = select(jobs.c.record, jobs.c.status, jobs.c.stages).where(mine, jobs.c.status == "queued")
            row = connection.execute(query.with_for_update()).one_or_none()
            if row is None:
                return None
            job = _job(row)
            begun = job.model_copy(update={"status": "running", "start_count": job.start_count + 1})
            changes = {"status": "running", "worker_id": self._worker_id, "stages": None, "record": begun.record}
            connection.execute(update(jobs).where(mine).values(changes))
        return begun

    def report(self, job_id: str, done: StageProgress) -> None:
        """Tell how far a job is; see `JobStore`. It is written by the next `flush`."""
        with self._reporting:
            if job_id in self._stages:
                self._stages[job_id][done.stage] = done
                self._unwritten.add(job_id)

    def flush(self) -> None:
        """Write how far the jobs are that run here. Blocks."""
        with self._reporting:
            told = {job_id: tuple(self._stages[job_id].values()) for job_id in self._unwritten}
            self._unwritten.clear()
        if not told:
            return
        with self._database.writing_beside() as connection:
            for job_id, stages in told.items():
                mine = (jobs.c.job_id == job_id) & (jobs.c.worker_id == self._worker_id)
                connection.execute(update(jobs).where(mine).values(stages=_stages.dump_json(stages).decode()))

    async def let_go(self, job_id: str) -> None:
        """Give up a job; see `JobStore`."""
        with self._reporting:
            self._stages.pop(job_id, None)
            self._unwritten.discard(job_id)
        await asyncio.to_thread(self._let_go, (jobs.c.job_id == job_id) & (jobs.c.worker_id == self._worker_id))

    def take_from(self, worker_ids: set[str]) -> None:
        """Let the jobs wait again that workers had begun which are gone. Blocks."""
        self._let_go(jobs.c.worker_id.in_(worker_ids))

    def _let_go(self, which: ColumnElement[bool]) -> None:
        # A request to stop stays: whoever asked still waits for the end.
        waits = {"status": "queued", "worker_id": None, "stages": None}
        with self._database.writing_beside() as connection:
            connection.execute(update(jobs).where(which, jobs.c.status == "running").values(waits))

    def holders(self) -> set[str]:
        """Return the workers that have jobs. Blocks."""
        with self._database.reading() as connection:
            query = select(jobs.c.worker_id).where(jobs.c.status == "running").distinct()
            return {worker_id for worker_id in connection.scalars(query) if worker_id}

    async def ask_to_stop(self, job_id: str, *, clears: bool) -> None:
        """Have the worker that runs a job end it; see `JobStore`."""
        await asyncio.to_thread(self._ask_to_stop, job_id, "clears" if clears else "keeps")

    def _ask_to_stop(self, job_id: str, how: str) -> None:
        runs = (jobs.c.job_id == job_id) & (jobs.c.status == "running")
        with self._database.writing_beside() as connection:
            connection.execute(update(jobs).where(runs).values(stop=how))

    def asked_to_stop(self) -> dict[str, bool]:
        """Return which of this worker's jobs are to be stopped, and whether what they had read goes. Blocks."""
        mine = (jobs.c.worker_id == self._worker_id) & jobs.c.stop.is_not(None)
        with self._database.reading() as connection:
            found = connection.execute(select(jobs.c.job_id, jobs.c.stop).where(mine))
            return {job_id: how == "clears" for job_id, how in found}

    @asynccontextmanager
    async def upload(self, job: Job) -> AsyncIterator[Path]:
        """Lend a job's upload; see `JobStore`."""
        path = self._folder.new()
        try:
            if job.kind == "ingest":
                await asyncio.to_thread(self._uploads.fetch, job.job_id, path)
            yield path
        except InputError as error:
            if job.kind != "ingest" or path.exists():
                raise
            # Not the document is at fault: it is whole in the database, and the job may be tried again.
            raise StoreError(f"The file of job {job.job_id} was removed while it was read.") from error
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def follow(self, job_id: str) -> AsyncGenerator[Job | None, None]:
        """Yield a job whenever something of it changed; see `JobStore`."""
        told = await self.get(job_id)
        yield told
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            job = await self.get(job_id)
            if job != told:
                told = job
                yield job

    def open_counts(self) -> dict[str, int]:
        """Return how many jobs wait and run on all workers, as `count_open` last found; see `JobStore`."""
        return dict(self._counts)

    def count_open(self) -> None:
        """Look how many jobs wait and run. Blocks."""
        open_ones = jobs.c.status.not_in(_ENDED)
        with self._database.reading() as connection:
            found = connection.execute(select(jobs.c.status, func.count()).where(open_ones).group_by(jobs.c.status))
            self._counts = {"queued": 0, "running": 0} | dict(found.all())


def _job(row: Row[str, str, str | None]) -> Job:
    record, status, stages = row
    now = {"status": status, "stages": _stages.validate_json(stages) if stages else ()}
    return Job.model_validate_json(record).model_copy(update=now)
