"""Questions: asked and answered, as JSON or as server-sent events while they are read; and stopped."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Path, Request, Response, status
from pydantic import BaseModel, Field

from ....agents.answer import Answer
from ....agents.delta import AnswerDelta
from ....agents.errors import CollectionChanged, ModelError, ModelUnavailable, NothingToRead, QuestionTooLong
from ....agents.settings import BudgetSettings, Mode
from ....agents.trace import ReadingStep
from ....graph_store.errors import EmptyInput, NotFound
from ...async_reader import AsyncReader
from ..events import described, event_stream, written
from ..idempotency import Once, OnceOnly
from ..problems import (
    InvalidRequest,
    KeyInUse,
    KeyReused,
    QuestionCancelled,
    TooManyRequests,
    documented,
    place_of,
    told,
)
from ..questions import AllQuestions, OneQuestion, Question, until_answered
from ..tenant import Tenant, TenantReader
from .collections import CollectionName

router = APIRouter(tags=["questions"])

QUESTION_CHARS = 20_000

ReadingEvent: TypeAlias = ReadingStep | AnswerDelta | Answer

_EVENTS = """\
id: 1
event: question
data: {"question_id":"q5f0c1d2e3a4b"}

id: 2
event: step
data: {"kind":"route","summary":"auto → plan","seconds":0.01}

id: 3
event: answer_delta
data: {"start":0,"text":"The yearly fee is twelve"}

id: 4
event: answer
data: {"status":"answered","text":"The yearly fee is twelve crowns.","citations":[]}
"""


class Budget(BaseModel):
    """The most that a question may cost; beyond the service's own limits, those count."""

    tokens: int | None = Field(default=None, ge=1, description="Model tokens, read and written.", examples=[20_000])
    calls: int | None = Field(default=None, ge=1, description="Model calls.", examples=[40])
    seconds: float | None = Field(default=None, gt=0, description="After these no call is begun.", examples=[60])

    def within(self, limits: BudgetSettings) -> BudgetSettings:
        """Return the smaller of what is asked for and what is allowed."""
        return BudgetSettings(
            tokens=min(self.tokens or limits.tokens, limits.tokens),
            calls=min(self.calls or limits.calls, limits.calls),
            seconds=min(self.seconds or limits.seconds, limits.seconds),
        )


class Ask(BaseModel):
    """A question about the documents of a collection."""

    question: str = Field(min_length=1, max_length=QUESTION_CHARS, examples=["What is the yearly fee?"])
    mode: Mode | None = Field(default=None, description="How to read; default: the service's, which is mostly auto.")
    budget: Budget = Field(default_factory=Budget)
    stream: bool = Field(default=False, description="Send every reading step and the answer as server-sent events.")
    chat_id: str | None = Field(
        default=None, description="A chat whose follow-up this is; the turn is added to it.", max_length=100
    )


class QuestionBegun(BaseModel):
    """The first event: the question's id, by which it can be stopped."""

    question_id: str = Field(examples=["q5f0c1d2e3a4b"])


class UnderWay(BaseModel):
    """A question that is being read."""

    question_id: str = Field(examples=["q5f0c1d2e3a4b"])
    state: Literal["waiting", "reading"]
    seconds: float = Field(description="Since it was asked.", examples=[12.5])


@router.post(
    "/v1/collections/{collection}/ask",
    response_model=Answer,
    responses={
        200: {
            "description": "The answer; with `stream`, events.",
            "headers": {
                "Question-Id": {"schema": {"type": "string"}},
                "Server-Timing": {
                    "schema": {"type": "string"},
                    "description": "Without `stream`: how long the question waited for its turn, in milliseconds.",
                    "example": "queue;dur=120",
                },
            },
            "content": described(_EVENTS),
        },
        **documented(
            NotFound,
            NothingToRead,
            CollectionChanged,
            QuestionCancelled,
            KeyInUse,
            EmptyInput,
            QuestionTooLong,
            InvalidRequest,
            KeyReused,
            TooManyRequests,
            ModelError,
            ModelUnavailable,
        ),
    },
    summary="Ask a question",
)
async def ask(
    collection: CollectionName,
    body: Ask,
    request: Request,
    response: Response,
    reader: TenantReader,
    once: OnceOnly,
    question: OneQuestion,
) -> Answer | Response:
    """Ask a question. Closing the connection stops it, its model call included.

    With `stream`, each event has an id, a name and JSON data: `question` (its id), `step` (a reading step),
    `answer_delta` (a piece of the answer being written: it follows the first `start` characters of what came before),
    `answer` (the whole, with citations and usage) or `error` (a problem). Answers that are put together by code (lists,
    counts, summaries) have no pieces.
    """
    answered = await once.begin("ask", collection, body.model_dump_json(exclude={"stream"}))
    if answered is not None:
        events = _repeated(reader, answered)
    else:
        # Before anything is looked up: a refusal must cost next to nothing.
        question.require_room()
        await _require(reader, collection, body.chat_id)
        await question.start(_read(reader, collection, body))
        events = _kept(question, once)
    headers = {"Question-Id": question.question_id} | ({"Idempotent-Replayed": "true"} if answered else {})
    if body.stream:
        return event_stream(_told(events, question.question_id, request), headers)
    response.headers.update(headers)
    answer = await until_answered(events, question, request)
    if question.waited_seconds is not None:
        # In no trace: it passes before reading begins.
        response.headers["Server-Timing"] = f"queue;dur={question.waited_seconds * 1000:.0f}"
    return answer


@router.get("/v1/questions", summary="List questions under way")
async def list_questions(questions: AllQuestions, tenant: Tenant) -> list[UnderWay]:
    """List the questions that wait or are being read."""
    now = time.monotonic()
    return [
        UnderWay(
            question_id=question.question_id,
            state="waiting" if question.waited_seconds is None else "reading",
            seconds=round(now - question.asked, 3),
        )
        for question in questions.of(tenant)
    ]


@router.delete(
    "/v1/questions/{question_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(NotFound),
    summary="Stop a question",
)
async def stop_question(
    question_id: Annotated[str, Path(max_length=100, examples=["q5f0c1d2e3a4b"])],
    questions: AllQuestions,
    tenant: Tenant,
) -> None:
    """Stop a question, its model call included. Whoever waits for its answer is told."""
    questions.cancel(tenant, question_id)


async def _require(reader: AsyncReader, collection: str, chat_id: str | None) -> None:
    """Check what an address and a body name, before a stream begins and its status is sent."""
    await asyncio.to_thread(reader.collection, collection)
    if chat_id is not None and (await asyncio.to_thread(reader.stored_chat, chat_id)).collection != collection:
        raise NotFound(f"no chat {chat_id} in this collection", chat_id=chat_id)


async def _read(reader: AsyncReader, collection: str, body: Ask) -> AsyncGenerator[ReadingEvent, None]:
    budget = body.budget.within(reader.settings.reading.budget)
    if body.chat_id is None:
        events = reader.stream(body.question, collection=collection, mode=body.mode, budget=budget)
    else:
        chat = await asyncio.to_thread(reader.chat, body.chat_id, mode=body.mode, budget=budget)
        events = chat.stream(body.question)
    async with aclosing(events):
        async for event in events:
            yield event


async def _kept(question: Question[ReadingEvent], once: Once) -> AsyncGenerator[ReadingEvent, None]:
    """Yield the events of a question; its answer is kept for a repeated request before it is sent."""
    async with aclosing(question.events()) as events:
        async for event in events:
            if isinstance(event, Answer):
                await once.keep(event.trace_id)
            yield event


async def _repeated(reader: AsyncReader, trace_id: str) -> AsyncGenerator[ReadingEvent, None]:
    trace = await asyncio.to_thread(reader.trace, trace_id)
    assert trace.answer is not None, "only answered questions are kept"
    yield trace.answer


async def _told(
    events: AsyncGenerator[ReadingEvent, None], question_id: str, request: Request
) -> AsyncGenerator[bytes, None]:
    number = 1
    yield written(number, "question", QuestionBegun(question_id=question_id))
    try:
        async with aclosing(events):
            async for event in events:
                number += 1
                yield written(number, _name(event), event)
    except Exception as error:  # noqa: BLE001 (the status is sent: any error can only be told as an event)
        yield written(number + 1, "error", told(error, place_of(request)))


def _name(event: ReadingEvent) -> Literal["step", "answer_delta", "answer"]:
    match event:
        case ReadingStep():
            return "step"
        case AnswerDelta():
            return "answer_delta"
        case Answer():
            return "answer"
