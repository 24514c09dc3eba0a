"""Asks one question and judges the answer: the way that every question of an evaluation goes."""

import logging
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass

from ...agents.ask import ask
from ...agents.errors import ModelUnavailable
from ...agents.graph import QuestionGraph
from ...agents.llm import ChatModel
from ...agents.mode import Mode
from ...agents.settings import ReadingSettings
from ...agents.trace import Trace
from ...graph_store.collection import Collection
from ...graph_store.errors import ReaderError
from ..services import Services
from .question import Question
from .row import Row, failed, judge

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: a collection, and the texts of its documents by their ids."""

    collection: Collection
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Way:
    """A way of answering: a mode, and the graph that reads in it. Its name is in the rows and in the traces."""

    name: str
    mode: Mode
    graph: QuestionGraph


class Asker:
    """Asks questions of one model.

    Args:
        services: keep the traces and embed what is compared.
        model: the stack that answers.
        settings: of reading, but for the mode.
    """

    def __init__(self, services: Services, model: ChatModel, settings: ReadingSettings) -> None:
        self._services = services
        self._model = model
        self._settings = settings

    async def row(self, question: Question, words: str, asked: Asked, way: Way) -> Row:
        """Ask a question and return its row; where it fails, a row with the error.

        Args:
            words: the question as it is asked.

        Raises:
            ModelUnavailable: the server is gone, so no further question makes sense.
        """
        try:
            trace = await self._trace(words, asked, way)
        except ModelUnavailable:
            raise
        except ReaderError as error:
            return failed(question, way.name, error.code)
        except Exception as error:
            log.exception("%s, %s", question.id, way.name)
            return failed(question, way.name, f"crashed: {type(error).__name__}")
        return judge(question, way.name, trace, asked.texts, self._services.engine.embedder)

    async def _trace(self, words: str, asked: Asked, way: Way) -> Trace:
        settings = self._settings.model_copy(update={"mode": way.mode})
        async with aclosing(ask(way.graph, asked.collection, self._model, words, settings)) as events:
            *_, trace = [event async for event in events]
        assert isinstance(trace, Trace), "reading ends in a trace"
        trace.mode = way.name
        self._services.save_trace(trace)
        return trace
