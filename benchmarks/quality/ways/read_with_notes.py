"""Chunk read with notes: every part of the document in order, notes taken on the way, the answer from the notes."""

from typing import Annotated

from longreader.agents.answer import Answer
from longreader.agents.batch import cut_batches, passages_to_read
from longreader.agents.errors import BudgetSpent, ReplyMalformed, ReplyTooLong
from longreader.agents.fence import fence
from longreader.agents.manager import ANSWER_TOKENS
from longreader.agents.reading import Reading
from pydantic import BaseModel, Field

from .answering import PROMPTS, answer_from

NOTE_TOKENS = 240
# Of the notes so far, the newest that fit here are shown while reading on.
SHOWN_TOKENS = 400


class Taken(BaseModel):
    """Notes on one part; none where it tells nothing."""

    notes: list[Annotated[str, Field(min_length=1, max_length=240)]] = Field(max_length=3)


async def read_with_notes(reading: Reading) -> Answer:
    """Answer a question from notes on the whole document."""
    notes: list[str] = []
    try:
        for batch in cut_batches(reading, passages_to_read(reading), NOTE_TOKENS):
            shown = await _newest(reading, notes, SHOWN_TOKENS)
            texts = [reading.text_of(passage) for passage in batch.passages]
            notes += await _take(reading, shown, texts)
    except BudgetSpent as error:
        reading.step("fallback", f"The reading ends: {error.message}")
    name = f"{PROMPTS}/notes_answer"
    room = await reading.room(name, ANSWER_TOKENS, question=reading.question, notes=[])
    fitting = await _newest(reading, notes, room)
    if len(fitting) < len(notes):
        reading.step("fallback", f"{len(notes) - len(fitting)} of {len(notes)} notes do not fit.")
    return await answer_from(reading, "notes_answer", notes=fitting)


async def _take(reading: Reading, shown: list[str], texts: list[str]) -> list[str]:
    name = f"{PROMPTS}/notes_take"
    try:
        reply = await reading.ask(name, Taken, NOTE_TOKENS, question=reading.question, notes=shown, passages=texts)
    except (ReplyMalformed, ReplyTooLong):
        return []
    return [fence(note) for note in reply.notes]


async def _newest(reading: Reading, notes: list[str], room: int) -> list[str]:
    return (await reading.fitting(reversed(notes), room))[::-1]
