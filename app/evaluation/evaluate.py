"""Evaluates a collection: its questions asked in each mode, the model calibrated, settings proposed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from ...agents.errors import NothingToRead
from ...agents.mode import Mode
from ...graph_store.collection import Collection
from ..engine import Engine
from ..services import Services
from ..settings import Settings
from .asking import Asked, Asker, Way
from .calibration import Calibration, Haystack, Trial, calibrate
from .needle import needles
from .question import Question, several_right
from .row import Row


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation needs: the documents of a collection and the model of the settings."""

    settings: Settings
    engine: Engine
    services: Services
    collection: Collection

    def document_ids(self) -> list[str]:
        """Return the documents that can be asked about.

        Raises:
            NothingToRead: there is none.
        """
        ready = self.collection.ready_ids()
        if not ready:
            raise NothingToRead(f"There is no readable document in collection “{self.collection.name}”.")
        return ready

    async def rows(self, questions: Sequence[Question], modes: Sequence[Mode]) -> AsyncIterator[Row]:
        """Ask every question in every mode and yield its row.

        Raises:
            NothingToRead: there is no document to ask about.
            ModelUnavailable: the server is gone; asking again goes on from the cached replies.
        """
        asker = Asker(self.services, await self.services.model(), self.settings.reading)
        texts = {id_: self.collection.document(id_).text for id_ in self.document_ids()}
        asked = Asked(self.collection, texts)
        several = several_right(questions)
        for question in questions:
            for mode in modes:
                way = Way(mode, mode, self.engine.question_graph)
                yield await asker.row(question, question.asked(several), asked, way)

    async def calibration(self, questions: Sequence[Question]) -> AsyncIterator[Trial | Calibration]:
        """Find how much evidence the model uses well; yield each trial, last what they come to.

        Args:
            questions: those with a gold span serve as needles; without any, made-up facts do.

        Raises:
            ModelUnavailable: the server is gone; asking again goes on from the cached replies.
        """
        haystack = Haystack(self.collection, await self.services.model(), self.settings.reading)
        candidates = await needles(self.collection, questions)
        async for event in calibrate(haystack, candidates, self._passage_tokens()):
            yield event

    def _passage_tokens(self) -> float:
        """Return the mean size of a passage, from the chunks' counts."""
        chunks = [chunk for id_ in self.document_ids() for chunk in self.collection.chunks(id_)]
        passage_count = sum(len(self.collection.passages(chunk.chunk_id)) for chunk in chunks)
        return sum(chunk.token_count for chunk in chunks) / max(passage_count, 1)
