"""Questions in each mode, and notes by the model, over the example; each finished row is kept at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from longreader import AsyncReader
from longreader.agents.mode import Mode
from longreader.agents.trace import CallRecord
from pydantic import BaseModel

from ..quality.line_file import append_line, whole_lines

FACTS = ("pinpoint-01", "pinpoint-05", "two_hop-05")
QUESTIONS: dict[Mode, tuple[str, ...]] = {
    "retrieve": FACTS,
    "auto": FACTS,
    "scan": ("counting-03", "listing-01", "listing-03"),
    "chain": FACTS,
    "summary": ("whole-01", "whole-02", "whole-03"),
    "graph": FACTS,
}


class QuestionRow(BaseModel, frozen=True):
    """One question, asked once, beside the others of its mode."""

    mode: Mode
    question_id: str
    status: str
    text: str
    quotes: tuple[str, ...]
    calls: tuple[CallRecord, ...]
    seconds: float

    @property
    def prompt_tokens(self) -> int:
        """All prompt tokens."""
        return sum(call.prompt_tokens for call in self.calls)

    @property
    def tokens(self) -> int:
        """Prompt and reply tokens."""
        return self.prompt_tokens + sum(call.completion_tokens for call in self.calls)

    @property
    def reused_tokens(self) -> int:
        """Prompt tokens that the server had still computed."""
        return sum(call.reused_prompt_tokens for call in self.calls)


class NotesRow(BaseModel, frozen=True):
    """The example noted by the model."""

    fact_count: int
    chunk_count: int
    model_tokens: int
    seconds: float


def kept(file: Path) -> list[QuestionRow]:
    """Return the rows that were finished before."""
    return [QuestionRow.model_validate_json(line) for line in whole_lines(file)]


async def ask_all(
    reader: AsyncReader, questions: dict[str, str], modes: Sequence[Mode], file: Path
) -> AsyncIterator[QuestionRow]:
    """Ask what was not asked yet, the questions of a mode side by side; yield these rows as they end.

    Args:
        questions: texts by id.
        file: where rows are kept, a line each.
    """
    done = {(row.mode, row.question_id) for row in kept(file)}
    for mode in modes:
        left = [question_id for question_id in QUESTIONS[mode] if (mode, question_id) not in done]
        asked = [asyncio.create_task(_ask(reader, mode, id_, questions[id_])) for id_ in left]
        try:
            for ended in asyncio.as_completed(asked):
                row = await ended
                append_line(file, row.model_dump_json())
                yield row
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)


async def _ask(reader: AsyncReader, mode: Mode, question_id: str, question: str) -> QuestionRow:
    started = time.monotonic()
    answer = await reader.ask(question, mode=mode)
    seconds = time.monotonic() - started
    trace = reader.trace(answer.trace_id)
    return QuestionRow(
        mode=mode,
        question_id=question_id,
        status=answer.status.value,
        text=answer.text,
        quotes=tuple(citation.quote for citation in answer.citations),
        calls=tuple(trace.calls),
        seconds=round(seconds, 1),
    )


async def note(reader: AsyncReader, document: Path, told: Callable[[str], object]) -> NotesRow:
    """Have the model note the example in a collection of its own; interrupted, it goes on where it was."""
    started = time.monotonic()
    added = await reader.add(
        document,
        collection="noted",
        notes="llm",
        progress=lambda at: told(f"{at.stage} {at.done_count}/{at.total_count}"),
    )
    info = reader.document_info(added.document_id, "noted")
    return NotesRow(
        fact_count=added.fact_count,
        chunk_count=info.chunk_count,
        model_tokens=added.model_tokens,
        seconds=round(time.monotonic() - started, 1),
    )
