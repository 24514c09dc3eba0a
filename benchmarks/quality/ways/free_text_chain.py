"""Chain-of-Agents as published: each worker rewrites a free-text unit, the manager sees the last unit only.

Source: arXiv 2406.02818, section 3. The unit is the one field of a reply, so that replies are counted as everywhere.
"""

from longreader.agents.answer import Answer
from longreader.agents.batch import cut_batches, passages_to_read
from longreader.agents.errors import BudgetSpent, ReplyMalformed, ReplyTooLong
from longreader.agents.fence import fence
from longreader.agents.reading import Reading
from pydantic import BaseModel, Field

from .answering import PROMPTS, answer_from

# The unit comes back in the next prompt beside the passages, so its room counts twice.
UNIT_TOKENS = 300


class Unit(BaseModel):
    """What a worker hands on."""

    unit: str = Field(max_length=900)


async def free_text_chain(reading: Reading) -> Answer:
    """Answer a question by a chain of workers over the whole document."""
    unit = ""
    try:
        for batch in cut_batches(reading, passages_to_read(reading), 2 * UNIT_TOKENS):
            texts = [reading.text_of(passage) for passage in batch.passages]
            unit = await _work(reading, unit, texts)
    except BudgetSpent as error:
        reading.step("fallback", f"The reading ends: {error.message}")
    return await answer_from(reading, "chain_answer", unit=unit)


async def _work(reading: Reading, unit: str, texts: list[str]) -> str:
    name = f"{PROMPTS}/chain_work"
    try:
        reply = await reading.ask(name, Unit, UNIT_TOKENS, question=reading.question, unit=unit, passages=texts)
    except (ReplyMalformed, ReplyTooLong):
        return unit
    reading.step("work", reply.unit)
    return fence(reply.unit)
