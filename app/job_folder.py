"""Jobs and their uploads on disk: one file of each a job, so that removing a job leaves nothing of it.

    <data_folder>/jobs/<job id>.json
    <data_folder>/uploads/<job id>      until the job has ended

One process owns the folder: which jobs run, and how far they are, is told from its memory.
"""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import ValidationError

from ..graph_store.errors import StoreError
from .job import Job, JobKind, JobStage, JobStatus, StageProgress
from .job_store import JobCounts, keeps_upload
from .job_upload import UploadFolder, errors_mapped

log = logging.getLogger(__name__)

_NEWS_SECONDS = 0.2


class JobFolder:
    """All jobs of a data folder; see `JobStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "jobs"
        self._uploads = UploadFolder(folder)
        self.new_upload = self._uploads.new
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, dict[JobStage, StageProgress]] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._last_number = 0
        self._writing = asyncio.Lock()

    async def open(self) -> None:
        """Read what an earlier process left; see `JobStore`."""
        await asyncio.to_thread(self._load_all)

    def _load_all(self) -> None:
        with errors_mapped(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in self._folder.iterdir():
                self._load(path)
        self._uploads.open(keeps=lambda name: keeps_upload(self._jobs.get(name)))

    def _load(self, path: Path) -> None:
        if path.suffix != ".json":
            path.unlink()  # a half-written one
            return
        try:
            job = Job.model_validate_json(path.read_bytes())
        except ValidationError as error:
            log.error("%s is not a job and is removed: %s", path, error.errors(include_input=False))
            path.unlink()
        else:
            self._jobs[job.job_id] = job

    async def next_number(self) -> int:
        """Return a number behind those of all jobs, also of those that ended since this process began."""
        self._last_number = max(self._last_number, *(job.number for job in self._jobs.values()), 0) + 1
        return self._last_number

    async def get(self, job_id: str) -> Job | None:
        """Return a job as it is now; see `JobStore`."""
        return self._now(job_id)

    async def find(
        self, tenant: str | None = None, collection: str | None = None, kind: JobKind | None = None
    ) -> list[Job]:
        """Return jobs in the order of their numbers; see `JobStore`."""
        found = sorted(self._jobs.values(), key=lambda job: job.number)
        wanted = (
            job
            for job in found
            if tenant in (None, job.tenant) and collection in (None, job.collection) and kind in (None, job.kind)
        )
        return [current for job in wanted if (current := self._now(job.job_id))]

    async def waiting(self) -> list[Job]:
        """Return the jobs that wait; see `JobStore`."""
        return [job for job in await self.find() if job.status == "queued"]

    async def counts(self, tenant: str) -> JobCounts:
        """Return how many jobs a tenant has; see `JobStore`."""
        ended = [job.has_ended for job in self._jobs.values() if job.tenant == tenant]
        return JobCounts(open=len(ended) - sum(ended), ended=sum(ended))

    async def add(self, job: Job, upload: Path | None = None) -> None:
        """Store a new job, and make a file its upload; see `JobStore`."""
        kept = self._uploads.path(job.job_id)
        if upload is not None:
            with errors_mapped(kept):
                await asyncio.to_thread(os.replace, upload, kept)
        try:
            await self.put(job, job.status)
        except StoreError:
            del self._jobs[job.job_id]
            kept.unlink(missing_ok=True)
            raise

    async def put(self, job: Job, was: JobStatus) -> bool:
        """Store a job anew; see `JobStore`. What cannot be written is still told until the process ends."""
        self._jobs[job.job_id] = Job.model_validate_json(job.record)
        try:
            await self._write(job.job_id)
            if not keeps_upload(job):
                await asyncio.to_thread(self._uploads.path(job.job_id).unlink, missing_ok=True)
        finally:
            self._tell(job.job_id)
        return True

    async def remove(self, job_id: str) -> None:
        """Remove a job and its upload; see `JobStore`."""
        if self._jobs.pop(job_id, None) is None:
            return
        await self._write(job_id)
        await asyncio.to_thread(self._uploads.path(job_id).unlink, missing_ok=True)
        self._tell(job_id)

    async def begin(self, job_id: str) -> Job | None:
        """Make a job one that runs; see `JobStore`."""
        job = self._jobs.get(job_id)
        if job is None or job.has_ended:
            return None
        self._running[job_id] = {}
        await self.put(job.model_copy(update={"start_count": job.start_count + 1}), "queued")
        return self._now(job_id)

    def report(self, job_id: str, done: StageProgress) -> None:
        """Tell how far a job is; see `JobStore`."""
        if job_id in self._running:
            self._running[job_id][done.stage] = done
            self._tell(job_id)

    async def let_go(self, job_id: str) -> None:
        """Give up a job; see `JobStore`."""
        self._running.pop(job_id, None)
        self._tell(job_id)

    async def ask_to_stop(self, job_id: str, *, clears: bool) -> None:
        """Do nothing: what runs runs in this process."""

    @asynccontextmanager
    async def upload(self, job: Job) -> AsyncIterator[Path]:
        """Lend a job's upload; see `JobStore`."""
        yield self._uploads.path(job.job_id)

    async def follow(self, job_id: str) -> AsyncGenerator[Job | None, None]:
        """Yield a job whenever something of it changed; see `JobStore`."""
        while True:
            # Taken before the job is handed out: what changes meanwhile is news.
            news = self._news.setdefault(job_id, asyncio.Event())
            yield self._now(job_id)
            await news.wait()
            await asyncio.sleep(_NEWS_SECONDS)

    def open_counts(self) -> dict[str, int]:
        """Return how many jobs wait and how many run; see `JobStore`."""
        waiting_or_run = [job.job_id in self._running for job in self._jobs.values() if not job.has_ended]
        running_count = sum(waiting_or_run)
        return {"queued": len(waiting_or_run) - running_count, "running": running_count}

    def _now(self, job_id: str) -> Job | None:
        job = self._jobs.get(job_id)
        if job is None or job.has_ended or job_id not in self._running:
            return job
        return job.model_copy(update={"status": "running", "stages": tuple(self._running[job_id].values())})

    def _tell(self, job_id: str) -> None:
        if news := self._news.pop(job_id, None):
            news.set()

    async def _write(self, job_id: str) -> None:
        async with self._writing:
            await asyncio.to_thread(self._write_now, job_id)

    def _write_now(self, job_id: str) -> None:
        """Bring the file in line with memory, whatever came between."""
        path = self._folder / f"{job_id}.json"
        job = self._jobs.get(job_id)
        with errors_mapped(path):
            if job is None:
                path.unlink(missing_ok=True)
                return
            partial = path.with_suffix(".part")
            with partial.open("wb") as file:
                file.write(job.record.encode())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
