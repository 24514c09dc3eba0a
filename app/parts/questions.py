"""The reader's questions and summaries, and the traces that they leave."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from pydantic import ValidationError

from ...agents.answer import Answer
from ...agents.chat import Turn
from ...agents.delta import AnswerDelta
from ...agents.llm import BackgroundModel
from ...agents.settings import BudgetSettings, Mode, ReadingSettings
from ...agents.trace import ReadingStep, Trace
from ...graph_store.errors import ConfigurationError, StoreError
from ...graph_store.traces import TraceRecord
from ..naming import DEFAULT_COLLECTION
from .part import ReaderPart

log = logging.getLogger(__name__)


class QuestionsPart(ReaderPart):
    """Questions asked, documents summarised, traces of both."""

    def stream(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
        turns: Sequence[Turn] = (),
    ) -> AsyncGenerator[ReadingStep | AnswerDelta | Answer, None]:
        """Ask a question: yields each reading step and the answer's pieces as they come, and last the answer.

        Leaving the iteration stops the model call that is under way. Replies received until then are kept, so that
        asking again goes on from there.

        Args:
            question: in plain words.
            collection: whose documents are read.
            mode: how to read; default: the settings' (auto, which chooses by the question).
            budget: the most that the question may cost; default: the settings'.
            turns: what was asked before, where that is not kept here; see `chat`.

        Raises:
            InputError, ReadingError: the question cannot be read.
            ModelError: the model server failed.
            NotFound: there is no such collection.
        """
        return self._stream(question, tuple(turns), collection, mode, budget)

    async def _stream(
        self,
        question: str,
        turns: tuple[Turn, ...],
        collection: str,
        mode: Mode | None,
        budget: BudgetSettings | None,
    ) -> AsyncGenerator[ReadingStep | AnswerDelta | Answer, None]:
        async with aclosing(self._read(question, turns, collection, mode, budget)) as events:
            async for event in events:
                yield _answer_of(event) if isinstance(event, Trace) else event

    async def _read(
        self,
        question: str,
        turns: tuple[Turn, ...],
        collection: str,
        mode: Mode | None,
        budget: BudgetSettings | None,
        document_ids: frozenset[str] = frozenset(),
        *,
        in_background: bool = False,
    ) -> AsyncGenerator[ReadingStep | AnswerDelta | Trace, None]:
        # It brings LangGraph, half a second that nothing else here needs.
        from ...agents.ask import ask

        settings = _changed(self.settings.reading, mode, budget)
        services = self._services
        opened = await asyncio.to_thread(services.collection, collection)
        model = await services.model()
        if in_background:
            model = BackgroundModel(model)
        asked = ask(services.engine.question_graph, opened, model, question, settings, turns, document_ids)
        # Left to the garbage collector, a call under way would end some time after the iteration.
        async with aclosing(asked) as events:
            async for event in events:
                if isinstance(event, Trace):
                    await self._keep(event)
                yield event

    async def _keep(self, trace: Trace) -> None:
        try:
            await asyncio.to_thread(self._services.save_trace, trace)
        except StoreError as error:
            # The answer took minutes: a full disk must not take it away.
            log.warning("The trace cannot be kept: %s", error)

    async def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> Answer:
        """Ask a question and return the answer.

        Args:
            question, collection, mode, budget: as in `stream`.

        Raises:
            InputError, ReadingError, ModelError, NotFound: as in `stream`.
        """
        events = self.stream(question, collection=collection, mode=mode, budget=budget)
        *_, answer = [event async for event in events]
        assert isinstance(answer, Answer)
        return answer

    async def summarise(
        self,
        document_id: str | None = None,
        *,
        about: str = "",
        collection: str = DEFAULT_COLLECTION,
        budget: BudgetSettings | None = None,
        progress: Callable[[ReadingStep], None] | None = None,
    ) -> Answer:
        """Summarise a document, or all of a collection. Each sentence was checked and is cited.

        Args:
            document_id: one document; default: all of the collection.
            about: summarise only what is said about this.
            collection: where the documents are.
            budget: the most that it may cost; where that does not allow all parts, parts spread evenly are read.
            progress: told after every reading step.

        Raises:
            NotFound: there is no such collection or document.
            NothingToRead: the collection holds no readable document, or this one was not read to its end.
            ModelError: the model server failed.
        """
        only: frozenset[str] = frozenset()
        if document_id is not None:
            only = frozenset({self._services.collection(collection).document(document_id).document_id})
        question = f"Summarise what is said about {about.strip()}" if about.strip() else "Summarise the document"
        trace: Trace | None = None
        # It takes long: questions that people wait for come first.
        async for event in self._read(question, (), collection, "summary", budget, only, in_background=True):
            if isinstance(event, Trace):
                trace = event
            elif progress and isinstance(event, ReadingStep):
                progress(event)
        assert trace is not None, "reading ends in a trace"
        return _answer_of(trace)

    def trace(self, trace_id: str) -> Trace:
        """Return the trace of an earlier question.

        Args:
            trace_id: as the answer tells it.

        Raises:
            NotFound: there is none, or a document that it quotes was deleted.
        """
        return self._services.trace(trace_id)

    def traces(self, limit: int = 20, offset: int = 0) -> list[TraceRecord]:
        """Return the newest traces, newest first, those included that lost their content to a deletion.

        Args:
            limit: the most.
            offset: how many of the newest to pass over.
        """
        return self._services.store.traces(limit, offset)


def _answer_of(trace: Trace) -> Answer:
    assert trace.answer is not None, "every question ends in an answer"
    return trace.answer


def _changed(settings: ReadingSettings, mode: Mode | None, budget: BudgetSettings | None) -> ReadingSettings:
    """Return the settings for one question. Raises ConfigurationError where the mode is none."""
    changes = {"mode": mode, "budget": budget and budget.model_dump()}
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return ReadingSettings.model_validate(settings.model_dump() | given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{name}: {first['msg']}", hint="Give one of the values that are named.") from error
