"""The files of jobs as rows, cut into parts: any worker can read what another one received."""

from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from ...graph_store.errors import StoreError
from ...graph_store.postgres import PostgresDatabase
from .tables import NOW, jobs, uploads

_PART_BYTES = 4 << 20

_ORPHAN_SECONDS = 3_600.0
"""How long a file may be there before its job is: an hour is more than any takes."""


class UploadRows:
    """The uploads that all workers share. Its methods block."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def store(self, job_id: str, path: Path) -> None:
        """Store a file as the upload of a job that is not there yet."""
        with path.open("rb") as file:
            part = 0
            while (data := file.read(_PART_BYTES)) or part == 0:
                with self._database.writing_beside() as connection:
                    connection.execute(insert(uploads).values(job_id=job_id, part=part, data=data, created=NOW))
                part += 1

    def fetch(self, job_id: str, path: Path) -> None:
        """Write a job's upload into a file.

        Raises:
            StoreError: it is not there.
        """
        part = 0
        with path.open("wb") as file:
            while (data := self._part(job_id, part)) is not None:
                file.write(data)
                part += 1
        if not part:
            raise StoreError(f"The upload of job {job_id} is gone.", hint="Upload the file again.")

    def _part(self, job_id: str, part: int) -> bytes | None:
        query = select(uploads.c.data).where(uploads.c.job_id == job_id, uploads.c.part == part)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    @staticmethod
    def drop(connection: Connection, job_id: str) -> None:
        """Remove a job's upload."""
        connection.execute(delete(uploads).where(uploads.c.job_id == job_id))

    def drop_orphans(self) -> None:
        """Remove what was received for jobs that never came."""
        old = uploads.c.created < NOW - _ORPHAN_SECONDS
        with self._database.writing_beside() as connection:
            connection.execute(delete(uploads).where(old, uploads.c.job_id.not_in(select(jobs.c.job_id))))
