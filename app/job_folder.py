"""Jobs and their uploads on disk: one file of each a job, so that removing a job leaves nothing of it.

    <data_folder>/jobs/<job id>.json
    <data_folder>/uploads/<job id>      until the job has ended

What queues and runs them is jobs.py.
"""

import asyncio
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from ..graph_store.errors import StoreError
from .job import Job

log = logging.getLogger(__name__)


class JobFolder:
    """All jobs of a data folder. What is told comes from memory; every change is on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self._jobs_folder = folder / "jobs"
        self._uploads = folder / "uploads"
        self._jobs: dict[str, Job] = {}
        self._last_number = 0
        self._writing = asyncio.Lock()

    def load(self) -> None:
        """Read what an earlier process left, and remove the uploads that no job waits for."""
        with _errors_mapped(self._jobs_folder):
            for folder in (self._jobs_folder, self._uploads):
                folder.mkdir(parents=True, exist_ok=True)
            for path in self._jobs_folder.iterdir():
                self._load(path)
            for upload in self._uploads.iterdir():
                if not _keeps_upload(self._jobs.get(upload.name)):
                    upload.unlink()

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

    def all(self) -> list[Job]:
        """Return all jobs in the order of their numbers."""
        return sorted(self._jobs.values(), key=lambda job: job.number)

    def next_number(self) -> int:
        """Return a number behind those of all jobs, also of those that ended since this process began."""
        self._last_number = max(self._last_number, *(job.number for job in self._jobs.values()), 0) + 1
        return self._last_number

    def get(self, job_id: str) -> Job | None:
        """Return a job, if there is one of this id."""
        return self._jobs.get(job_id)

    def new_upload(self) -> Path:
        """Return where an upload may be written to, before it is a job's. An orphan is removed at the next start."""
        return self._uploads / f"incoming-{secrets.token_hex(12)}"

    def upload(self, job: Job) -> Path:
        """Return where a job's upload is, if it has one."""
        return self._uploads / job.job_id

    async def add(self, job: Job, upload: Path | None = None) -> None:
        """Store a new job, and make a file its upload."""
        if upload is not None:
            with _errors_mapped(self._uploads):
                await asyncio.to_thread(os.replace, upload, self.upload(job))
        try:
            await self.put(job)
        except StoreError:
            del self._jobs[job.job_id]
            self.upload(job).unlink(missing_ok=True)
            raise

    async def put(self, job: Job) -> None:
        """Store a job anew. One that has ended loses its upload, but for one that may be tried again."""
        self._jobs[job.job_id] = job
        async with self._writing:
            await asyncio.to_thread(self._write, job.job_id)
        if not _keeps_upload(job):
            await asyncio.to_thread(self.upload(job).unlink, missing_ok=True)

    async def remove(self, job_id: str) -> None:
        """Remove a job and its upload, if it is still there."""
        job = self._jobs.pop(job_id, None)
        if job is None:
            return
        async with self._writing:
            await asyncio.to_thread(self._write, job_id)
        await asyncio.to_thread(self.upload(job).unlink, missing_ok=True)

    def _write(self, job_id: str) -> None:
        """Bring the file in line with memory, whatever came between."""
        path = self._jobs_folder / f"{job_id}.json"
        job = self._jobs.get(job_id)
        with _errors_mapped(path):
            if job is None:
                path.unlink(missing_ok=True)
                return
            partial = path.with_suffix(".part")
            with partial.open("wb") as file:
                file.write(job.model_dump_json().encode())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)


@contextmanager
def _errors_mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Check that the data folder can be written and that its disk has space."
        raise StoreError(f"{path}: {error}", hint=hint, path=path) from error


def fingerprint(path: Path) -> tuple[int, str]:
    """Return a file's size in bytes and its content hash, as `content_hash` gives it for bytes."""
    with path.open("rb") as file:
        hash_ = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), hash_


def discard(upload: Path) -> None:
    """Remove an upload that becomes no job's, if it is still there."""
    upload.unlink(missing_ok=True)


def _keeps_upload(job: Job | None) -> bool:
    if job is None or job.kind != "ingest":
        return False
    return job.status == "queued" or job.can_retry
