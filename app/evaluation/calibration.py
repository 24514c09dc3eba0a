"""How many tokens of evidence the served model uses well: needles among growing amounts of other passages.

Source: the needle test as SWiM (arXiv 2407.03651) and "maximum effective context window" studies turn it on the user's
own documents and model. Ours: only needles count that the model finds in a passage that stands alone, so that what a
question is too hard for is not taken for what is too long; and the reading stops at the first size that costs answers.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from ...agents.errors import ModelError, ModelUnavailable
from ...agents.fence import fence
from ...agents.llm import Budget, ChatModel, MeteredModel
from ...agents.manager import ANSWER_TOKENS
from ...agents.reading import ITEM_TOKENS, Reading
from ...agents.replies import AnswerReply
from ...agents.settings import ReadingSettings
from ...agents.trace import Trace
from ...graph_store.collection import Collection
from .metrics import is_right
from .needle import Needle

SIZES = (400, 800, 1_600, 2_400, 3_200, 4_800, 6_400, 9_600, 12_800)
NEEDLE_COUNT = 4
# A size is used well while this share of the needles found at the best size is found.
KEPT_SHARE = 0.9


class Place(StrEnum):
    """Where the needle stands among the passages."""

    BEGIN = "begin"
    MIDDLE = "middle"
    END = "end"


class Trial(BaseModel, frozen=True):
    """The share of needles found at one size of evidence, for each place of the needle."""

    evidence_tokens: int
    found: dict[Place, float]

    @property
    def share(self) -> float:
        """The share over all places."""
        return sum(self.found.values()) / len(self.found)


class Limit(StrEnum):
    """What ended the growth of the evidence."""

    MODEL = "model"
    WINDOW = "window"
    DOCUMENTS = "documents"


class Calibration(BaseModel, frozen=True):
    """What the model makes of evidence.

    Attributes:
        trials: by size; the last one may be the first that costs answers.
        usable_tokens: the largest size before answers are lost; 0 where no needle was found at all.
        limit: the model lost answers, the window allows no more, or there is no more to read.
        planted: the needles were made up, for want of questions with gold spans.
        passage_tokens: mean size of a passage of the documents.
    """

    needle_count: int
    planted: bool
    trials: tuple[Trial, ...]
    usable_tokens: int
    limit: Limit
    passage_tokens: float

    @property
    def places(self) -> dict[Place, float]:
        """The share of needles found at each place, over all sizes; empty without trials."""
        count = len(self.trials)
        return {place: sum(trial.found[place] for trial in self.trials) / count for place in Place if count}


@dataclass(frozen=True, slots=True)
class Haystack:
    """What needles are looked for in, and who looks."""

    collection: Collection
    model: ChatModel
    settings: ReadingSettings

    async def finds(self, needle: Needle, texts: Sequence[str]) -> bool:
        """Tell whether the manager's call answers a needle's question from these passages.

        Raises:
            ModelUnavailable: the server is gone.
        """
        try:
            reply = await self._reading(needle).ask("answer", AnswerReply, ANSWER_TOKENS, **_values(needle, texts))
        except ModelUnavailable:
            raise
        except ModelError:
            return False
        return any(is_right(reply.answer, gold) for gold in needle.answers)

    async def room(self, needle: Needle) -> int:
        """Return the tokens of passages that the window allows."""
        return await self._reading(needle).room("answer", ANSWER_TOKENS, **_values(needle, ()))

    async def others(self, needle: Needle, evidence_tokens: int) -> list[str] | None:
        """Return the passages beside the needle's, the likest last; None where the documents hold too few."""
        return await asyncio.to_thread(self._others, needle, evidence_tokens)

    def _others(self, needle: Needle, evidence_tokens: int) -> list[str] | None:
        left = evidence_tokens - self._tokens(needle.passage)
        chosen: list[str] = []
        for text in needle.others:
            left -= self._tokens(text)
            if left < 0:
                return chosen[::-1]
            chosen.append(text)
        return None

    def _tokens(self, text: str) -> int:
        return self.model.counter.count_text(fence(text)) + ITEM_TOKENS

    def _reading(self, needle: Needle) -> Reading:
        tokens = 2 * self.model.window_tokens
        metered = MeteredModel(self.model, Budget(tokens, calls=2, seconds=self.settings.budget.seconds))
        shown = set(self.collection.ready_ids())
        trace = Trace(question=needle.question)
        return Reading(needle.question, self.collection, metered, self.settings, trace, quoted=shown)


def _values(needle: Needle, texts: Sequence[str]) -> dict[str, object]:
    return {"question": needle.question, "findings": "", "passages": [fence(text) for text in texts]}


def _with_needle(others: list[str], needle: Needle, place: Place) -> list[str]:
    at = {Place.BEGIN: 0, Place.MIDDLE: len(others) // 2, Place.END: len(others)}[place]
    return [*others[:at], needle.passage, *others[at:]]


async def calibrate(
    haystack: Haystack, candidates: Sequence[Needle], passage_tokens: float
) -> AsyncIterator[Trial | Calibration]:
    """Yield each trial as it is done, and last what they come to.

    Args:
        candidates: needles; the first few that the model finds alone are used.
        passage_tokens: mean size of a passage.

    Raises:
        ModelUnavailable: the server is gone; asking again goes on from the cached replies.
    """
    used = await _found_alone(haystack, candidates)
    trials: list[Trial] = []
    limit, usable = Limit.WINDOW, 0
    for size in SIZES if used else ():
        if size > min([await haystack.room(needle) for needle in used]):
            break
        others = [await haystack.others(needle, size) for needle in used]
        if None in others:
            limit = Limit.DOCUMENTS
            break
        trials.append(await _trial(haystack, list(zip(used, others, strict=True)), size))
        yield trials[-1]
        if trials[-1].share < KEPT_SHARE * max(trial.share for trial in trials):
            limit = Limit.MODEL
            break
        usable = size
    yield Calibration(
        needle_count=len(used),
        planted=any(needle.planted for needle in used),
        trials=tuple(trials),
        usable_tokens=usable,
        limit=limit,
        passage_tokens=passage_tokens,
    )


async def _found_alone(haystack: Haystack, candidates: Sequence[Needle]) -> list[Needle]:
    used: list[Needle] = []
    for needle in candidates:
        if len(used) < NEEDLE_COUNT and await haystack.finds(needle, [needle.passage]):
            used.append(needle)
    return used


async def _trial(haystack: Haystack, needles: Sequence[tuple[Needle, list[str] | None]], size: int) -> Trial:
    found = {}
    for place in Place:
        hits = [await haystack.finds(needle, _with_needle(others or [], needle, place)) for needle, others in needles]
        found[place] = sum(hits) / len(hits)
    return Trial(evidence_tokens=size, found=found)
