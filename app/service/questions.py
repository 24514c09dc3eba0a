"""The questions that are being read for all tenants: a bounded number at once, a bounded number that waits its turn.

More are refused with the seconds after which to come again: a client that waits outside costs nothing. A tenant never
takes all places from the others, and those that wait are taken in turn (turns.py). Ingest does not
go through here; that its model calls let those of questions pass is agents/llm/limited.py's.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Annotated, Generic, TypeVar
from uuid import uuid4

from fastapi import Depends, Request

from ...agents.answer import Answer
from ...agents.trace import ReadingStep
from ...graph_store.errors import NotFound, ReaderError
from .keys import KEY_ID
from .limits import Rates
from .metrics import Metrics
from .problems import QuestionCancelled, TooManyRequests
from .tenant import Tenant, TenantReader
from .turns import Turns

T = TypeVar("T")

FIRST_GUESS_SECONDS = 10.0
MOST_RETRY_SECONDS = 120.0
TENANT_SHARE = 0.75
"""The part of all places that one tenant may take where there are others."""

# A new question counts this much in the mean of how long they take.
NEWEST_SHARE = 0.2


class Questions:
    """The questions under way.

    Args:
        running_count: how many are read at once; their model calls still wait for the server's slots.
        waiting_count: how many more may wait.
        rates: how many a key may ask.
        metrics: told how they end.
    """

    def __init__(
        self, running_count: int, waiting_count: int, rates: Rates | None = None, metrics: Metrics | None = None
    ) -> None:
        self.metrics = metrics or Metrics()
        self._rates = rates
        self.turns = Turns(running_count)
        self._running_count = running_count
        self._most = running_count + waiting_count
        self._under_way: dict[str, Question[object]] = {}
        self._seen: set[str] = set()
        self._mean_seconds = FIRST_GUESS_SECONDS

    @asynccontextmanager
    async def asking(self, tenant: str) -> "AsyncIterator[Question[T]]":
        """Lend a question, not yet begun; left in any way, it is stopped and its place is free."""
        question: Question[T] = Question(self, tenant)
        try:
            yield question
        finally:
            await question.stop()

    def of(self, tenant: str) -> "list[Question[object]]":
        """Return a tenant's questions under way, the first asked first."""
        return [question for question in self._under_way.values() if question.tenant == tenant]

    def cancel(self, tenant: str, question_id: str) -> None:
        """Stop a question of a tenant, its model call included.

        Raises:
            NotFound: the tenant has none of this id under way.
        """
        question = self._under_way.get(question_id)
        if question is None or question.tenant != tenant:
            raise NotFound(f"There is no question {question_id} under way.", question_id=question_id)
        question.cancel()

    async def admit(self, question: "Question[T]") -> None:
        """Take a place for a question.

        Raises:
            TooManyRequests: all are taken, or its key asks too much; ``fields["retry_after_seconds"]`` tells for how
                long about.
        """
        self.require_room(question.tenant)
        self._under_way[question.question_id] = question  # pyright: ignore[reportArgumentType]
        if self._rates:
            try:
                await self._rates.admit(KEY_ID.get())
            except BaseException:
                self.dismiss(question.question_id, None)
                raise

    def require_room(self, tenant: str) -> None:
        """Tell whether one more question of a tenant may come.

        Raises:
            TooManyRequests: all places are taken.
        """
        if len(self._under_way) >= self._most or len(self.of(tenant)) >= self._most_of(tenant):
            waiting = len(self._under_way) - self._running_count
            seconds = min(MOST_RETRY_SECONDS, self._mean_seconds * max(1, waiting) / self._running_count)
            raise TooManyRequests("Too many questions are under way.", retry_after_seconds=seconds)

    def _most_of(self, tenant: str) -> int:
        """Return how many a tenant may have under way: all, while no other has ever asked."""
        self._seen.add(tenant)
        return self._most if len(self._seen) == 1 else max(1, int(self._most * TENANT_SHARE))

    def counts(self) -> dict[str, int]:
        """Return how many are read and how many wait."""
        reading = sum(question.waited_seconds is not None for question in self._under_way.values())
        return {"reading": reading, "waiting": len(self._under_way) - reading}

    def dismiss(self, question_id: str, seconds: float | None) -> None:
        """Free a question's place; ``seconds`` is how long it was read, None where it was not read to its end."""
        self._under_way.pop(question_id, None)
        if seconds is not None:
            self._mean_seconds += NEWEST_SHARE * (seconds - self._mean_seconds)


class Question(Generic[T]):
    """One question: read in a task of its own, so that it can be stopped from elsewhere.

    Attributes:
        asked: seconds of the monotonic clock.
        waited_seconds: how long it waited for its turn; None while it waits.
    """

    def __init__(self, questions: Questions, tenant: str) -> None:
        self.question_id = f"q{uuid4().hex[:12]}"
        self.tenant = tenant
        self.asked = time.monotonic()
        self.waited_seconds: float | None = None
        self._questions = questions
        self._arrived: asyncio.Queue[T | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    def require_room(self) -> None:
        """Tell whether it may be started now.

        Raises:
            TooManyRequests: too many questions are under way.
        """
        self._questions.require_room(self.tenant)

    async def start(self, events: AsyncGenerator[T, None]) -> None:
        """Begin to read when it is this question's turn.

        Args:
            events: what reading yields; closed at the end.

        Raises:
            TooManyRequests: too many questions are under way.
        """
        await self._questions.admit(self)
        self._task = asyncio.create_task(self._read(events))
        # Not left to whoever waits: a request that is cut off is not always given the time.
        self._task.add_done_callback(self._ended)

    async def events(self) -> AsyncGenerator[T, None]:
        """Yield what reading yields, as it comes.

        Raises:
            QuestionCancelled: it was stopped by its id.
            ReaderError: what reading raises.
        """
        assert self._task is not None, "a question is started first"
        while (event := await self._arrived.get()) is not None:
            yield event
        if self._cancelled and self._task.cancelled():
            raise QuestionCancelled("The question was stopped.", question_id=self.question_id)
        self._task.result()

    def cancel(self) -> None:
        """Stop reading; whoever takes the events is told."""
        self._cancelled = True
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> None:
        """Stop reading and wait until the model call under way has ended."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Free the place, and tell whoever takes the events."""
        seconds = None
        if task.cancelled():
            self._questions.metrics.unanswered("cancelled")
        elif error := task.exception():
            self._questions.metrics.unanswered(error.code if isinstance(error, ReaderError) else "internal_error")
        else:
            seconds = time.monotonic() - self.asked - (self.waited_seconds or 0.0)
        self._questions.dismiss(self.question_id, seconds)
        self._arrived.put_nowait(None)

    async def _read(self, events: AsyncGenerator[T, None]) -> None:
        async with self._questions.turns.turn(self.tenant) as turn:
            self.waited_seconds = time.monotonic() - self.asked
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, ReadingStep) and event.kind != "route":
                        turn.has_begun()
                    if isinstance(event, Answer):
                        seconds = time.monotonic() - self.asked
                        self._questions.metrics.question(event, seconds, self.waited_seconds)
                    self._arrived.put_nowait(event)


async def until_answered(events: AsyncGenerator[object, None], question: Question[object], request: Request) -> Answer:
    """Take the events of a question to their end and return the answer, the last of them.

    A client that goes away meanwhile stops the question.

    Raises:
        ReaderError: as `Question.events`.
    """
    gone = asyncio.create_task(_until_gone(request))
    gone.add_done_callback(lambda _task: question.cancel())
    try:
        *_, last = [event async for event in events]
    finally:
        gone.cancel()
    assert isinstance(last, Answer), "every question ends in an answer"
    return last


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def questions_of(request: Request) -> Questions:
    """Return the service's questions."""
    return request.app.state.questions


async def _question(
    questions: Annotated[Questions, Depends(questions_of)],
    tenant: Tenant,
    _reader: TenantReader,
) -> "AsyncIterator[Question[object]]":
    # The reader comes first, so that it is given back last: the question is read with it.
    async with questions.asking(tenant) as question:
        yield question


AllQuestions = Annotated[Questions, Depends(questions_of)]
"""The service's questions."""

OneQuestion = Annotated[Question, Depends(_question)]
"""The question of this request: stopped when the response has ended or the client has gone."""
