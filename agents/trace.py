"""The trace of a question: every reading step and every model call, as stored, served and streamed."""

from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, Field

from .answer import Answer

StepKind = Literal[
    "rewrite",
    "route",
    "plan",
    "nodes",
    "facts",
    "chunk",
    "neighbors",
    "select",
    "work",
    "scan",
    "summary",
    "answer",
    "fallback",
]


class ReadingStep(BaseModel, frozen=True):
    """One reading step. ``summary`` is for people; the other fields are filled where the step has them.

    ``walk`` counts from 1 within a question, in the order of its initial nodes (mode graph) or look-ups (mode auto).
    """

    kind: StepKind
    summary: str
    walk: int | None = None
    node: str | None = None
    action: str | None = None
    rationale: str | None = None
    notebook: str | None = None
    query: str | None = None
    finding: str | None = None
    nodes: tuple[str, ...] = ()
    chunk_ids: tuple[str, ...] = ()
    passage_ids: tuple[str, ...] = ()
    seconds: float = Field(default=0.0, description="Seconds since the question was asked.")
    tokens: int = Field(default=0, description="Model tokens read and written since the question was asked.")


class CallRecord(BaseModel, frozen=True):
    """One model call of a question. ``is_repair``: it asked to correct the malformed reply before it.
    ``waited_seconds``: the part of ``seconds`` in which no slot of the server was free."""

    purpose: str
    prompt_digest: str = ""
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    finish_reason: str
    from_cache: bool = False
    reused_prompt_tokens: int = 0
    is_repair: bool = False
    waited_seconds: float = 0.0


class Trace(BaseModel):
    """A question's whole way. Kept in the store; loses its content when a document that it quotes is deleted."""

    trace_id: str = Field(default_factory=lambda: f"t{uuid4().hex[:10]}")
    asked_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    question: str
    standalone: str = Field(default="", description="The question as it was read, where a follow-up was rewritten.")
    collection: str = "default"
    mode: str = ""
    model: str = ""
    plan: tuple[str, ...] = ()
    steps: list[ReadingStep] = Field(default_factory=list)
    calls: list[CallRecord] = Field(default_factory=list)
    answer: Answer | None = None
    quoted_document_ids: list[str] = Field(default_factory=list)
