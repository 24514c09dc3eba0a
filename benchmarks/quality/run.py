"""Asks the questions of a set, each in all ways, and hands out a row for each."""

from collections.abc import AsyncIterator, Sequence

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
        self._settings = settings
        self._model = model
        self._finished = finished
        self._shelf = Shelf(services, question_set.name)
        self._asker = Asker(services, model, settings.reading)

    async def rows(self, questions: Sequence[Question], ways: Sequence[Way]) -> AsyncIterator[Row]:
        """Yield the rows of all questions in all ways, a question's rows one after the other.

        Raises:
            ModelUnavailable: the server is gone; what was finished is kept.
        """
        for question in questions:
            for way in ways:
                yield await self._row(question, way)

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
        seconds, reused = self._model.seconds, self._model.reused_prompt_tokens
        try:
            asked = await self._shelf.take(self._set.source_of(question))
        except InputError as error:
            return failed(question, way.name, error.code)
        row = await self._asker.row(question, words, asked, way)
        spent = {
            "seconds": round(self._model.seconds - seconds, 2),
            "reused_prompt_tokens": self._model.reused_prompt_tokens - reused,
        }
        return row.model_copy(update=spent)
