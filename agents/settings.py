"""Settings of reading: how far a question may go and how much is read at once. The environment is app/settings.py's."""

from typing import Literal

from pydantic import BaseModel, Field

from .mode import Mode

SummaryWorkflow = Literal["hierarchical", "incremental"]


class BudgetSettings(BaseModel):
    """The most that one question may cost. At a limit the manager answers from what was found and says so."""

    tokens: int = Field(default=60_000, ge=1, description="Most model tokens a question, read and written.")
    calls: int = Field(default=80, ge=1, description="Most model calls a question.")
    seconds: float = Field(default=1_200.0, gt=0, description="Seconds after which no further call is started.")


class ReadingSettings(BaseModel):
    """How a question is read."""

    mode: Mode = Field(default="auto", description="The mode of questions that name none.")
    budget: BudgetSettings = Field(default_factory=BudgetSettings, description="The most that one question may cost.")
    step_count: int = Field(default=4, ge=1, le=8, description="Most look-ups in a rational plan.")
    passage_count: int = Field(default=8, ge=1, le=24, description="Passages that one call reads.")
    evidence_tokens: int = Field(default=1_600, ge=200, description="Most tokens of passages in one call.")
    widen_count: int = Field(default=1, ge=0, le=8, description="Further readings for a look-up that found nothing.")
    walk_count: int = Field(default=5, ge=1, le=10, description="Walks of a question in mode graph.")
    walk_call_count: int = Field(default=10, ge=1, le=40, description="Most calls of one walk in mode graph.")
    candidate_count: int = Field(default=50, ge=1, le=200, description="Nodes offered as initial nodes.")
    summary_workflow: SummaryWorkflow = Field(
        default="hierarchical", description="How summaries are made: hierarchical (coherent) or incremental (detailed)."
    )
    temperature: float = Field(default=0.0, ge=0, le=2, description="Sampling temperature; 0 repeats itself.")
