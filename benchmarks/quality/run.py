"""Asks the questions of a set, each in all ways, several at a time, and hands out a row for each.

Questions that are read at the same time ask about the same document in the same way. Ways that read all of a text read
the same part for all of them before the next one, so a server that keeps prefixes reads each part once.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from longreader.agents.settings import ReadingSettings
from longreader.app.evaluation.asking import Asker, Way
from longreader.app.evaluation.question import Question
from longreader.app.evaluation.row import Row, failed
from longreader.app.services import Services
from longreader.app.settings import Settings
from longreader.graph_store.errors import InputError

from .digest import row_digest
from .question_set import QuestionSet
from .remembered import RememberedModel
from .rows_file import RowsFile
from .shelf import Shelf


class Run:
    """One run over one question set.

    Args:
        services: the reader's, opened on the data folder of the benchmark.
        model: the reader's stack, with its memory of seconds.
        finished: rows of earlier runs; those that are still good are not asked again.
        at_once: how many questions are read at the same time.
    """

    def __init__(
        self,
        question_set: QuestionSet,
        services: Services,
        settings: Settings,
        model: RememberedModel,
        finished: RowsFile,
        at_once: int = 1,
    ) -> None:
        self._set = question_set
        self._settings = settings
        self._model = model
        self._finished = finished
        self._services = services
        self._at_once = at_once
        self._reading = _patient(settings.reading, at_once)
        self._shelf = Shelf(services, question_set.name)

    async def rows(self, questions: Sequence[Question], ways: Sequence[Way]) -> AsyncIterator[Row]:
        """Yield the rows of all questions in all ways as they are finished.

        Raises:
            ModelUnavailable: the server is gone; what was finished is kept.
        """
        by_document = sorted(questions, key=lambda question: question.document_id)
        waiting = [(question, way) for way in ways for question in by_document]
        places = asyncio.Semaphore(self._at_once)

        async def row(question: Question, way: Way) -> Row:
            async with places:
                return await self._row(question, way)

        tasks = [asyncio.create_task(row(question, way)) for question, way in waiting]
        try:
            for finished in asyncio.as_completed(tasks):
                yield await finished
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _row(self, question: Question, way: Way) -> Row:
        words = self._set.asked(question)
        digest = row_digest(question, words, way.name, self._settings, self._model)
        known = self._finished.get(self._set.name, question.id, way.name, digest)
        if known is not None:
            return known
        row = await self._asked(question, words, way)
        self._finished.add(self._set.name, digest, row)
        return row

    async def _asked(self, question: Question, words: str, way: Way) -> Row:
        model = self._model.for_one_question()
        try:
            asked = await self._shelf.take(self._set.source_of(question))
        except InputError as error:
            return failed(question, way.name, error.code)
        row = await Asker(self._services, model, self._reading).row(question, words, asked, way)
        spent = {"seconds": round(model.seconds, 2), "reused_prompt_tokens": model.reused_prompt_tokens}
        return row.model_copy(update=spent)


def _patient(reading: ReadingSettings, at_once: int) -> ReadingSettings:
    """Return the settings with time to wait for the questions that are read beside."""
    budget = reading.budget.model_copy(update={"seconds": reading.budget.seconds * at_once})
    return reading.model_copy(update={"budget": budget})
