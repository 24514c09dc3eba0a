"""What is done for a job: a file is read into a collection, or documents are summarised.

When it is done, and what is kept of it, is jobs.py's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import TypeAlias

from ..agents.trace import ReadingStep
from ..graph_store.errors import NotFound, ReaderError
from ..graph_store.ingest import Progress
from ..graph_store.note import NotesKind
from ..graph_store.progress import Report
from .async_reader import AsyncReader
from .job import Job, StageProgress
from .job_queue import Lane

Readers: TypeAlias = Callable[[str], AbstractAsyncContextManager[AsyncReader]]
"""Lends a tenant's reader."""


class JobWork:
    """Does jobs with the readers of their tenants.

    Args:
        readers: lends the readers.
        retry_seconds: how long to wait before each further try of what may work later.
        watch: makes for each document what is told of its progress, besides the job.
    """

    def __init__(
        self, readers: Readers, retry_seconds: tuple[float, ...], watch: Callable[[], Report] | None = None
    ) -> None:
        self._readers = readers
        self._retry_seconds = retry_seconds
        self._watch = watch

    async def do(
        self,
        job: Job,
        upload: Path,
        report: Callable[[StageProgress], None],
        on_wait: Callable[[ReaderError | None], Awaitable[None]],
    ) -> Job:
        """Do a job, again and again while what it needs is away.

        Args:
            job: which.
            upload: the file of an ingest.
            report: told how far each stage is.
            on_wait: told why the job waits before it is tried again, and None when it goes on.

        Returns:
            The job with what it came to.

        Raises:
            ReaderError: it cannot be done, or not now.
        """
        for seconds in self._retry_seconds:
            try:
                return await self._do(job, upload, report)
            except ReaderError as error:
                if not error.retryable:
                    raise
                await on_wait(error)
            await asyncio.sleep(seconds)
            await on_wait(None)
        return await self._do(job, upload, report)

    async def clear(self, job: Job) -> None:
        """Remove what a cancelled ingest had read of a document that is not ready."""
        async with self._readers(job.tenant) as reader:
            with suppress(NotFound):
                for info in await asyncio.to_thread(reader.documents, job.collection):
                    if info.content_hash == job.content_hash and info.status != "ready":
                        await reader.delete(info.document_id, job.collection)

    async def lane(self, tenant: str, collection: str, notes: NotesKind | None) -> Lane:
        """Return "long" for notes by the model, also where only the collection or the settings say so."""
        if notes is None:
            async with self._readers(tenant) as reader:
                notes = reader.settings.ingest.notes
                with suppress(NotFound):
                    for info in (await asyncio.to_thread(reader.documents, collection))[-1:]:
                        notes = "llm" if info.notes_kind == "llm" else "extractive"
        return "long" if notes == "llm" else "short"

    async def _do(self, job: Job, upload: Path, report: Callable[[StageProgress], None]) -> Job:
        async with self._readers(job.tenant) as reader:
            if job.kind == "ingest":
                return await self._ingest(reader, job, upload, report)
            return await _summarise(reader, job, report)

    async def _ingest(
        self, reader: AsyncReader, job: Job, upload: Path, report: Callable[[StageProgress], None]
    ) -> Job:
        watched = self._watch() if self._watch else None

        def on_progress(done: Progress) -> None:
            if watched:
                watched(done)
            report(StageProgress(**{name: getattr(done, name) for name in StageProgress.model_fields}))

        how = {"collection": job.collection, "file_name": job.file_name, "notes": job.notes, "progress": on_progress}
        adding = reader.replace(job.replaces, upload, **how) if job.replaces else reader.add(upload, **how)
        added = await adding
        came_to = {"document_id": added.document_id, "existed": added.existed, "remark": added.remark}
        return job.model_copy(update=came_to)


async def _summarise(reader: AsyncReader, job: Job, report: Callable[[StageProgress], None]) -> Job:
    read_count = 0

    def on_step(step: ReadingStep) -> None:
        nonlocal read_count
        read_count += step.kind == "summary"
        report(StageProgress(stage="summarise", done_count=read_count, total_count=0))

    answer = await reader.summarise(
        job.document_id, about=job.about, collection=job.collection, budget=job.budget, progress=on_step
    )
    return job.model_copy(update={"trace_id": answer.trace_id})
