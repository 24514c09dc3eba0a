"""The plain sub-question loop, the second bar: a plan from worked examples, retrieval for each step, a final call.

The plan's later steps name earlier answers as [1]; code puts them in and asks no step twice.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from longreader.agents.answer import Answer
from longreader.agents.errors import ReplyMalformed, ReplyTooLong
from longreader.agents.fence import fence
from longreader.agents.reading import Reading
from longreader.graph_store.chunk import Passage
from pydantic import BaseModel, Field

from .answering import PROMPTS, answer_from

PLAN_TOKENS = 200
STEP_TOKENS = 200
STEP_COUNT = 4
_EARLIER = re.compile(r"\[(\d+)\]")


class Steps(BaseModel):
    """The sub-questions."""

    steps: list[Annotated[str, Field(min_length=1, max_length=240)]] = Field(min_length=1, max_length=STEP_COUNT)


class Found(BaseModel):
    """What the passages tell for a sub-question; empty where they do not tell."""

    quote: str = Field(max_length=300)
    answer: str = Field(max_length=160)


@dataclass(frozen=True, slots=True)
class Note:
    """A sub-question as it was asked, and what was found."""

    query: str
    found: Found
    passages: tuple[Passage, ...]

    def told(self) -> str:
        """Return the note for the final prompt."""
        quote = f" (“{fence(self.found.quote)}”)" if self.found.quote else ""
        return f"{self.query} {fence(self.found.answer) or 'not found'}{quote}"


async def sub_questions(reading: Reading) -> Answer:
    """Answer a question step by step."""
    notes: list[Note] = []
    known: dict[str, Note] = {}
    for step in await _plan(reading):
        query = _with_earlier(step, notes) or reading.question
        # A duplicate step keeps its number, since later ones may name it, and costs nothing.
        note = known.get(query.casefold()) or await _look_up(reading, query)
        known[query.casefold()] = note
        notes.append(note)
    read = dict.fromkeys(passage for note in known.values() for passage in note.passages)
    return await answer_from(reading, "sub_answer", list(read), notes=[note.told() for note in known.values()])


async def _plan(reading: Reading) -> list[str]:
    try:
        reply = await reading.ask(f"{PROMPTS}/sub_plan", Steps, PLAN_TOKENS, question=reading.question)
    except (ReplyMalformed, ReplyTooLong):
        return [reading.question]
    reading.step("plan", " → ".join(reply.steps))
    return reply.steps


def _with_earlier(step: str, notes: list[Note]) -> str | None:
    """Put earlier answers in the place of [1], [2]; None where one is missing."""
    numbers = [int(number) for number in _EARLIER.findall(step)]
    if any(not 0 < number <= len(notes) or not notes[number - 1].found.answer for number in numbers):
        return None
    return _EARLIER.sub(lambda named: notes[int(named.group(1)) - 1].found.answer, step)


async def _look_up(reading: Reading, query: str) -> Note:
    """Retrieve for one sub-question and read half of what mode retrieve reads: there are two steps, mostly."""
    settings, name = reading.settings, f"{PROMPTS}/sub_step"
    hits = await reading.collection.search(query, max(settings.passage_count // 2, 1))
    room = await reading.room(name, STEP_TOKENS, question=query, passages=[])
    texts = [reading.text_of(hit.passage) for hit in hits]
    texts = await reading.fitting(texts, min(room, settings.evidence_tokens))
    try:
        found = await reading.ask(name, Found, STEP_TOKENS, question=query, passages=texts)
    except (ReplyMalformed, ReplyTooLong):
        found = Found(quote="", answer="")
    reading.step("work", found.answer or "nothing found", query=query, finding=found.answer)
    return Note(query, found, tuple(hit.passage for hit in hits[: len(texts)]))
