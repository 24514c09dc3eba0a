"""What a question ends in: the answer, its status and its citations."""

from enum import StrEnum

from pydantic import BaseModel, Field


class Status(StrEnum):
    """How far the answer goes."""

    ANSWERED = "answered"
    PARTLY_ANSWERED = "partly_answered"
    NOT_IN_DOCUMENT = "not_in_document"
    BUDGET_SPENT = "budget_spent"


class Citation(BaseModel, frozen=True):
    """A quote that was found in the stored text. ``start`` and ``end`` are characters of the document's text,
    half-open; ``quote`` is exactly that text; pages are 1-based."""

    number: int = Field(examples=[1])
    document_id: str = Field(examples=["d5f0c1d2e3a"])
    title: str = Field(examples=["Rules of the club"])
    page: int = Field(examples=[3])
    last_page: int = Field(examples=[3])
    start: int = Field(examples=[1200])
    end: int = Field(examples=[1232])
    quote: str = Field(examples=["The yearly fee is twelve crowns."])
    passage_id: str = Field(examples=["d5f0c1d2e3a.12.4"])


class AnswerUsage(BaseModel, frozen=True):
    """What the answer cost. ``cached_call_count`` of the calls were replies kept on disk; ``reused_prompt_tokens`` are
    those that the model server had still computed."""

    call_count: int = 0
    cached_call_count: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reused_prompt_tokens: int = 0
    seconds: float = 0.0


class Answer(BaseModel, frozen=True):
    """The answer to a question.

    ``text`` is empty only when the budget ended before anything was found. ``confidence`` is the share of the
    answer's content words that stand in its quotes: 0 without citations, 1 when every word is there.
    """

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    confidence: float = Field(default=0.0, ge=0.0, le=1.0)
    usage: AnswerUsage = AnswerUsage()
    trace_id: str = ""
