"""Asks the questions of a set, each in all ways, and hands out a row for each."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from longreader.agents.ask import ask
from longreader.agents.errors import ModelUnavailable
from longreader.agents.trace import Trace
from longreader.app.evaluation.question import Question
from longreader.app.evaluation.row import Row, failed, judge
from longreader.app.services import Services
from longreader.app.settings import Settings
from longreader.graph_store.errors import ReaderError

from .digest import row_digest
from .question_set import QuestionSet
from .remembered import RememberedModel
from .rows_file import RowsFile
from .shelf import Shelf, Shelved
from .ways import Way

log = logging.getLogger(__name__)


class Run:
    """One run over one question set.

    Args:
        services: the reader's, opened on the data folder of the benchmark.
        model: the reader's stack, with its memory of seconds.
        finished: rows of earlier runs; those that are still good are not asked again.
    """

    def __init__(
        self,
        question_set: QuestionSet,
        services: Services,
        settings: Settings,
        model: RememberedModel,
        finished: RowsFile,
    ) -> None:
        self._set = question_set
        self._services = services
        self._settings = settings
        self._model = model
        self._finished = finished
        self._shelf = Shelf(services, question_set.name)

    async def rows(self, questions: Sequence[Question], ways: Sequence[Way]) -> AsyncIterator[Row]:
        """Yield the rows of all questions in all ways, a question's rows one after the other.

        Raises:
            ModelUnavailable: the server is gone; what was finished is kept.
        """
        for question in questions:
            for way in ways:
                yield await self._row(question, way)

    async def _row(self, question: Question, way: Way) -> Row:
        asked = self._set.asked(question)
        digest = row_digest(question, asked, way.name, self._settings, self._model)
        known = self._finished.get(self._set.name, question.id, way.name, digest)
        if known is not None:
            return known
        row = await self._asked(question, asked, way)
        self._finished.add(self._set.name, digest, row)
        return row

    async def _asked(self, question: Question, asked: str, way: Way) -> Row:
        seconds, reused = self._model.seconds, self._model.reused_prompt_tokens
        try:
            shelved = await self._shelf.take(self._set.source_of(question))
            trace = await self._trace(asked, shelved, way)
        except ModelUnavailable:
            raise
        except ReaderError as error:
            return failed(question, way.name, error.code)
        except Exception as error:
            log.exception("%s, %s", question.id, way.name)
            return failed(question, way.name, f"crashed: {type(error).__name__}")
        row = judge(question, way.name, trace, shelved.texts, self._services.engine.embedder)
        spent = {
            "seconds": round(self._model.seconds - seconds, 2),
            "reused_prompt_tokens": self._model.reused_prompt_tokens - reused,
        }
        return row.model_copy(update=spent)

    async def _trace(self, asked: str, shelved: Shelved, way: Way) -> Trace:
        settings = self._settings.reading.model_copy(update={"mode": way.mode})
        async with aclosing(ask(way.graph(), shelved.collection, self._model, asked, settings)) as events:
            *_, trace = [event async for event in events]
        assert isinstance(trace, Trace), "reading ends in a trace"
        trace.mode = way.name
        self._services.save_trace(trace)
        return trace
