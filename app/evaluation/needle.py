"""Needles: passages whose answer is known, to be found among other passages. From the user's questions, or made up."""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from ...graph_store.chunk import Passage
from ...graph_store.collection import Collection
from ...graph_store.document import Span
from ...graph_store.quote import find_quote
from .metrics import says
from .question import Measure, Question

PLANTED_COUNT = 12
FILLER_COUNT = 200
_THINGS = ("depot", "ledger", "beacon", "parcel", "archive", "boiler", "cellar", "ferry", "kiln", "orchard")
_COLORS = ("amber", "crimson", "violet", "grey", "scarlet", "ivory", "copper", "teal", "umber", "silver")


@dataclass(frozen=True, slots=True)
class Needle:
    """A question, the passage that answers it, and other passages, those that look most like the question first."""

    question: str
    answers: tuple[str, ...]
    passage: str
    others: tuple[str, ...]
    planted: bool = False


async def needles(collection: Collection, questions: Sequence[Question], seed: int = 0) -> list[Needle]:
    """Return needles: of the questions whose one gold span holds an answer, else of facts planted into the documents.

    Args:
        collection: the user's documents; it must hold a passage.
        questions: the user's questions.
        seed: of the planted facts and their places.
    """
    known = [found for question in questions if (found := _gold(collection, question))]
    made = [await _of_question(collection, question, passage) for question, passage in known]
    return made or [needle async for needle in _planted(collection, random.Random(seed))]


def _gold(collection: Collection, question: Question) -> tuple[Question, Passage] | None:
    """Return the passage that alone answers a question, where there is one."""
    if question.measure is not Measure.WORDS or len(question.spans) != 1:
        return None
    if not any(says(question.spans[0], answer) for answer in question.answers or ()):
        return None
    for document_id in collection.ready_ids():
        found = find_quote(collection.document(document_id).text, question.spans[0])
        for passage in _passages(collection, document_id) if found else ():
            if found and _holds(passage.span, found):
                return question, passage
    return None


async def _of_question(collection: Collection, question: Question, gold: Passage) -> Needle:
    hits = await collection.search(question.question, FILLER_COUNT)
    texts = [collection.text_of(hit.passage) for hit in hits if hit.passage != gold]
    answers = question.answers or ()
    others = tuple(text for text in texts if not any(says(text, answer) for answer in answers))
    return Needle(question.question, answers, collection.text_of(gold), others)


async def _planted(collection: Collection, dice: random.Random) -> AsyncIterator[Needle]:
    passages = [passage for document_id in collection.ready_ids() for passage in _passages(collection, document_id)]
    names = [f"{color} {thing}" for color in _COLORS for thing in _THINGS]
    for name in dice.sample(names, PLANTED_COUNT):
        number = str(dice.randint(10_000, 99_999))
        question = f"What is the number of the {name}?"
        place = dice.choice(passages)
        hits = await collection.search(question, FILLER_COUNT)
        others = tuple(collection.text_of(hit.passage) for hit in hits if hit.passage != place)
        yield Needle(
            question, (number,), f"{collection.text_of(place)} The number of the {name} is {number}.", others, True
        )


def _passages(collection: Collection, document_id: str) -> Iterator[Passage]:
    for chunk in collection.chunks(document_id):
        yield from collection.passages(chunk.chunk_id)


def _holds(span: Span, inner: Span) -> bool:
    return span.start <= inner.start and inner.end <= span.end
