"""A job: what a client handed over to be done in its own time, and how far that is."""

from datetime import UTC, datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from ..agents.settings import BudgetSettings
from ..graph_store.note import NotesKind
from .job_queue import Lane
from .service.problems import Problem

JobKind: TypeAlias = Literal["ingest", "summary"]
JobStatus: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
JobStage: TypeAlias = Literal["parse", "chunk", "note", "embed", "index", "summarise"]


class StageProgress(BaseModel, frozen=True):
    """How far a stage is. Notes and vectors are made side by side."""

    stage: JobStage = Field(examples=["note"])
    done_count: int = Field(description="What is done: pages, chunks, passages or parts.", examples=[12])
    total_count: int = Field(description="What there is to do; 0 where that is not known.", examples=[40])
    seconds_left: float | None = Field(default=None, description="How long the rest takes at the pace so far.")


class Job(BaseModel, frozen=True):
    """A job as it is now.

    ``number`` gives the order in which a tenant's jobs are run. ``run_count`` counts what the queue was given for it,
    one more for each retry; ``start_count`` how often it was begun since. ``for_good`` tells that what failed will
    always fail, as a damaged file does. ``stages`` are those that have begun, while it runs.
    """

    job_id: str
    number: int
    tenant: str
    kind: JobKind
    collection: str
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    status: JobStatus = "queued"
    problem: Problem | None = None
    for_good: bool = False
    run_count: int = 1
    start_count: int = 0

    file_name: str = ""
    byte_count: int = 0
    content_hash: str = ""
    notes: NotesKind | None = None
    replaces: str | None = None
    lane: Lane = "short"

    about: str = ""
    budget: BudgetSettings | None = None

    document_id: str | None = None
    existed: bool = False
    remark: str = ""
    trace_id: str | None = None

    stages: tuple[StageProgress, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be done for it."""
        return self.status in ("done", "failed", "cancelled")

    @property
    def can_retry(self) -> bool:
        """Whether it may be tried again."""
        return self.status == "failed" and not self.for_good

    @property
    def run_id(self) -> str:
        """What the queue knows it by."""
        return f"{self.job_id}.{self.run_count}"

    @property
    def record(self) -> str:
        """What is kept of it: all but what only whoever runs it can tell."""
        status = "queued" if self.status == "running" else self.status
        return self.model_copy(update={"status": status}).model_dump_json(exclude={"stages"})

    def has_same_bytes(self, other: "Job") -> bool:
        """Tell whether another job reads the same file into the same collection."""
        mine, others = ((job.tenant, job.collection, job.content_hash) for job in (self, other))
        return mine == others
