"""Jobs: listed, shown, followed, cancelled and tried again; and summaries, which are jobs."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query, Request, Response, status
from pydantic import BaseModel, Field

from ....agents.answer import Answer
from ....graph_store.errors import NotFound
from ....graph_store.note import NotesKind
from ...async_reader import AsyncReader
from ...job import Job, JobKind, JobStatus, StageProgress
from ...jobs import Jobs
from ..events import described, event_stream, written
from ..idempotency import OnceOnly
from ..problems import Conflict, KeyInUse, KeyReused, Problem, documented, place_of, told
from ..tenant import AllJobs, Tenant, TenantReader
from .ask import Budget
from .collections import CollectionName

router = APIRouter(tags=["jobs"])

MOST_LISTED = 200

JobId = Annotated[str, Path(description="The job's id.", max_length=100, examples=["j5f0c1d2e3a4b6978"])]

_EVENTS = """\
id: 1
event: job
data: {"job_id":"j5f0c1d2e3a4b6978","status":"running","stages":[{"stage":"note","done_count":8,"total_count":40}]}

id: 2
event: job
data: {"job_id":"j5f0c1d2e3a4b6978","status":"done","document_id":"d5f0c1d2e3a"}
"""


class JobLine(BaseModel):
    """A job as it is now."""

    job_id: str = Field(examples=["j5f0c1d2e3a4b6978"])
    kind: JobKind = Field(description="ingest: the reading of a file into a collection.")
    status: JobStatus
    collection: str = Field(examples=["default"])
    created: datetime
    ended: datetime | None = None
    file_name: str = Field(default="", description="Of an ingest: what the client calls the file.")
    byte_count: int = Field(default=0, description="Of an ingest: how large the file is.")
    notes: NotesKind | None = Field(default=None, description="Of an ingest: who writes the notes, where it was said.")
    about: str = Field(default="", description="Of a summary: only what is said about this.")
    document_id: str | None = Field(
        default=None, description="Of an ingest that is done: the document. Of a summary: what is summarised, else all."
    )
    existed: bool = Field(default=False, description="Of an ingest: the same bytes were there, and nothing was read.")
    remark: str = Field(default="", description="Of an ingest: what of the file was not read, or is doubtful.")
    trace_id: str | None = Field(default=None, description="Of a summary that is done: its trace.")
    stages: list[StageProgress] = Field(default_factory=list, description="The stages that have begun, while it runs.")
    seconds_left: float | None = Field(default=None, description="Of the stages that have begun; null: not known.")
    problem: Problem | None = Field(
        default=None, description="Why it failed; while it runs, why it waits before it tries again."
    )
    can_retry: bool = Field(default=False, description="Whether POST /v1/jobs/{job_id}/retry may help.")

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the line of a job."""
        return cls(
            **job.model_dump(include=set(cls.model_fields) & set(Job.model_fields)),
            seconds_left=_seconds_left(job.stages),
            can_retry=job.can_retry,
        )


def _seconds_left(stages: Iterable[StageProgress]) -> float | None:
    """Return how long the stages that have begun will take, which run side by side; None where one does not tell."""
    left = [stage.seconds_left for stage in stages if stage.done_count < stage.total_count]
    known = [seconds for seconds in left if seconds is not None]
    return max(known, default=None) if len(known) == len(left) else None


class JobShown(JobLine):
    """A job with what came of it."""

    answer: Answer | None = Field(
        default=None, description="Of a summary that is done; null again once a document that it quotes is deleted."
    )


class NewSummary(BaseModel):
    """What is to be summarised."""

    document_id: str | None = Field(
        default=None, max_length=100, description="One document; default: all of the collection."
    )
    about: str = Field(default="", max_length=2_000, description="Only what is said about this.", examples=["fees"])
    budget: Budget = Field(default_factory=Budget)


@router.get("/v1/jobs", summary="List jobs")
async def list_jobs(
    jobs: AllJobs,
    tenant: Tenant,
    collection: Annotated[str | None, Query(max_length=200, description="Only of this collection.")] = None,
    kind: Annotated[JobKind | None, Query(description="Only of this kind.")] = None,
    job_status: Annotated[JobStatus | None, Query(alias="status", description="Only in this state.")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED, description="The most.")] = 50,
) -> list[JobLine]:
    """List jobs, the newest first. Those that ended long ago are forgotten when there are many."""
    found = [job for job in await jobs.jobs(tenant, collection, kind) if job_status in (None, job.status)]
    return [JobLine.of(job) for job in found[offset : offset + limit]]


@router.get("/v1/jobs/{job_id}", responses=documented(NotFound), summary="Show a job")
async def show_job(job_id: JobId, jobs: AllJobs, tenant: Tenant, reader: TenantReader) -> JobShown:
    """Show how far a job is, and what came of it."""
    job = await jobs.job(tenant, job_id)
    shown = JobShown.of(job)
    return shown.model_copy(update={"answer": await _answer(reader, job)})


@router.get(
    "/v1/jobs/{job_id}/events",
    response_class=Response,
    responses={
        200: {
            "description": "Events.",
            "content": described(_EVENTS),
        },
        **documented(NotFound),
    },
    summary="Follow a job",
)
async def follow_job(job_id: JobId, jobs: AllJobs, tenant: Tenant, request: Request) -> Response:
    """Follow a job as server-sent events: `job`, now and whenever something of it changed, until it has ended."""
    await jobs.job(tenant, job_id)
    return event_stream(_events(jobs, tenant, job_id, request))


@router.delete(
    "/v1/jobs/{job_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(NotFound),
    summary="Cancel or forget a job",
)
async def delete_job(job_id: JobId, jobs: AllJobs, tenant: Tenant) -> None:
    """Cancel a job that waits or runs, with its upload and what it had read; forget one that has ended.

    A cancelled job is still listed until it is deleted again. What an ended job brought stays.
    """
    if (await jobs.job(tenant, job_id)).has_ended:
        await jobs.remove(tenant, job_id)
    else:
        await jobs.cancel(tenant, job_id)


@router.post(
    "/v1/jobs/{job_id}/retry",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(NotFound, Conflict),
    summary="Try a job again",
)
async def retry_job(job_id: JobId, jobs: AllJobs, tenant: Tenant) -> JobLine:
    """Queue a failed job again. What it had done is kept: chunks that have notes are not noted again."""
    return JobLine.of(await jobs.retry(tenant, job_id))


@router.post(
    "/v1/collections/{collection}/summaries",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(NotFound, KeyInUse, KeyReused),
    summary="Summarise documents",
)
async def summarise(
    collection: CollectionName,
    body: NewSummary,
    response: Response,
    jobs: AllJobs,
    tenant: Tenant,
    reader: TenantReader,
    once: OnceOnly,
) -> JobLine:
    """Summarise a document or a whole collection in a job; GET /v1/jobs/{job_id} has the answer when it is done."""
    known = await once.begin("summaries", collection, body.model_dump_json())
    if known is not None:
        response.headers["Idempotent-Replayed"] = "true"
        return JobLine.of(await jobs.job(tenant, known))
    if body.document_id is None:
        await asyncio.to_thread(reader.documents, collection)
    else:
        await asyncio.to_thread(reader.document_info, body.document_id, collection)
    budget = body.budget.within(reader.settings.reading.budget)
    job = await jobs.enqueue_summary(tenant, collection, body.document_id, body.about, budget)
    await once.keep(job.job_id)
    return JobLine.of(job)


async def _answer(reader: AsyncReader, job: Job) -> Answer | None:
    if job.trace_id is not None:
        with suppress(NotFound):
            return (await asyncio.to_thread(reader.trace, job.trace_id)).answer
    return None


async def _events(jobs: Jobs, tenant: str, job_id: str, request: Request) -> AsyncGenerator[bytes, None]:
    number = 0
    try:
        async for job in jobs.events(tenant, job_id):
            number += 1
            yield written(number, "job", JobLine.of(job))
    except Exception as error:  # noqa: BLE001 (the status is sent: any error can only be told as an event)
        yield written(number + 1, "error", told(error, place_of(request)))
