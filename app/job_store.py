"""What keeps jobs and their uploads: a folder of one process (job_folder.py), or rows that workers share (job_rows.py).

A job's status in a store is that of now: "running" while a worker has it.
"""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .job import Job, JobKind, JobStatus, StageProgress


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many of a tenant's jobs there are."""

    open: int
    ended: int


class JobStore(Protocol):
    """All jobs of a service. Used in one event loop; every change is kept when it returns.

    What cannot be read or written raises a `StoreError`.
    """

    async def open(self) -> None:
        """Read what an earlier process left, and remove the uploads that no job waits for."""
        ...

    def new_upload(self) -> Path:
        """Return a path of this machine where an upload may be written to, before it is a job's."""
        ...

    async def next_number(self) -> int:
        """Return a number behind those of all jobs so far."""
        ...

    async def add(self, job: Job, upload: Path | None = None) -> None:
        """Store a new job, and make a file its upload: it goes from where it is."""
        ...

    async def get(self, job_id: str) -> Job | None:
        """Return a job as it is now, if there is one of this id."""
        ...

    async def find(
        self, tenant: str | None = None, collection: str | None = None, kind: JobKind | None = None
    ) -> list[Job]:
        """Return jobs as they are now, in the order of their numbers; by default all."""
        ...

    async def waiting(self) -> list[Job]:
        """Return the jobs that wait, of all tenants."""
        ...

    async def counts(self, tenant: str) -> JobCounts:
        """Return how many jobs a tenant has."""
        ...

    async def put(self, job: Job, was: JobStatus) -> bool:
        """Store a job anew, if its status is still what it was; "running" means: run by this process.

        One that has ended loses its upload, but for one that may be tried again.
        """
        ...

    async def remove(self, job_id: str) -> None:
        """Remove a job and its upload, if it is still there."""
        ...

    async def begin(self, job_id: str) -> Job | None:
        """Make a job one that this process runs, and return it; None where there is nothing to be done for it."""
        ...

    def report(self, job_id: str, done: StageProgress) -> None:
        """Tell how far a job is that this process runs. May be called often, and from any thread."""
        ...

    async def let_go(self, job_id: str) -> None:
        """Give up a job that this process runs and did not end: it waits again."""
        ...

    async def ask_to_stop(self, job_id: str, *, clears: bool) -> None:
        """Have whoever runs a job end it; ``clears`` as in `JobRunner.stop`. A job that runs here is asked directly."""
        ...

    def upload(self, job: Job) -> AbstractAsyncContextManager[Path]:
        """Lend a job's upload as a file of this machine."""
        ...

    def follow(self, job_id: str) -> AsyncGenerator[Job | None, None]:
        """Yield a job now and whenever something of it changed; None where it is not there."""
        ...

    def open_counts(self) -> dict[str, int]:
        """Return how many jobs of all tenants wait and how many run, from memory."""
        ...


def keeps_upload(job: Job | None) -> bool:
    """Tell whether the upload of a job is still needed."""
    if job is None or job.kind != "ingest":
        return False
    return not job.has_ended or job.can_retry
