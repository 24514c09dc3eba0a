"""Batches of whole passages in document order: what one call of a scan or a summary reads.

Batches depend on the documents and the window only, never on the question, so that the same ones come back for every
question and a server that keeps prefixes can use them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..graph_store.chunk import Passage
from .reading import ITEM_TOKENS, QUESTION_SHARE, Reading

T = TypeVar("T")

# Instruction and worked examples take less than this.
INSTRUCTION_TOKENS = 900
MIN_BATCH_TOKENS = 200
# What is shown above a passage is not counted, but reckoned on the safe side.
CHARACTERS_A_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Batch:
    """Passages that one call reads, in document order."""

    passages: tuple[Passage, ...]
    tokens: int = 0

    @property
    def passage_ids(self) -> tuple[str, ...]:
        """The ids of its passages."""
        return tuple(passage.passage_id for passage in self.passages)

    @property
    def chunk_ids(self) -> tuple[str, ...]:
        """The chunks that its passages come from."""
        return tuple(dict.fromkeys(passage.chunk_id for passage in self.passages))

    def halves(self) -> "tuple[Batch, Batch]":
        """Return its two halves; it must hold two passages or more."""
        half = len(self.passages) // 2
        return Batch(self.passages[:half], self.tokens // 2), Batch(self.passages[half:], self.tokens // 2)


def cut_batches(reading: Reading, passages: Sequence[Passage], reply_tokens: int) -> list[Batch]:
    """Cut passages into batches that leave room for a reply; a larger passage is a batch of its own.

    A batch never spans two documents. A collection of any size is cut without tokenising it again.
    """
    room = batch_tokens(reading, reply_tokens)
    batches: list[Batch] = []
    held: list[Passage] = []
    held_tokens = 0
    for passage in passages:
        tokens = tokens_of(reading, passage)
        if held and (held_tokens + tokens > room or held[-1].document_id != passage.document_id):
            batches.append(Batch(tuple(held), held_tokens))
            held, held_tokens = [], 0
        held.append(passage)
        held_tokens += tokens
    return [*batches, Batch(tuple(held), held_tokens)] if held else batches


def tokens_of(reading: Reading, passage: Passage) -> int:
    """Return what a passage costs in a prompt: its share of its chunk, which was counted at ingest, and its lead."""
    chunk = reading.collection.chunk(passage.chunk_id)
    tokens = chunk.token_count * len(passage.span) / max(len(chunk.span), 1)
    return math.ceil(tokens + len(reading.lead_of(passage)) / CHARACTERS_A_TOKEN) + ITEM_TOKENS


def passages_to_read(reading: Reading) -> list[Passage]:
    """Return all passages of the question's documents in document order."""
    collection = reading.collection
    ready = (info.document_id for info in collection.documents() if info.status == "ready")
    wanted = [document_id for document_id in ready if not reading.document_ids or document_id in reading.document_ids]
    chunks = (chunk for document_id in wanted for chunk in collection.chunks(document_id))
    return [passage for chunk in chunks for passage in collection.passages(chunk.chunk_id)]


def batch_tokens(reading: Reading, reply_tokens: int) -> int:
    """Return the tokens of passages that one call can read, whatever the question is."""
    window = reading.model.window_tokens
    room = window - reply_tokens - INSTRUCTION_TOKENS - int(window * QUESTION_SHARE)
    return max(MIN_BATCH_TOKENS, min(room, reading.settings.evidence_tokens))


def evenly(items: Sequence[T], count: int) -> list[T]:
    """Return ``count`` items spread evenly from the first to the last; all of them where there are no more."""
    if count >= len(items):
        return list(items)
    if count < 2:
        return [items[len(items) // 2]][:count]
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]


def affordable(reading: Reading, batches: Sequence[Batch], call_tokens: int, reserve_calls: int = 0) -> int:
    """Return how many batches of average size the budget allows beside ``reserve_calls`` calls.

    Args:
        call_tokens: what a call costs beside its passages: instruction, question and reply.
    """
    if not batches:
        return 0
    left = reading.model.left()
    average = sum(batch.tokens for batch in batches) / len(batches) + call_tokens
    reserve = reserve_calls * (reading.settings.evidence_tokens + call_tokens)
    return min(len(batches), max(0, min(int((left.tokens - reserve) / average), left.calls - reserve_calls)))


def pages_of(reading: Reading, batches: Sequence[Batch]) -> str:
    """Return the pages of batches for people: "pages 1–4, 7", the title before them where documents are several."""
    pages: dict[str, set[int]] = {}
    for passage in (passage for batch in batches for passage in batch.passages):
        document = reading.collection.document(passage.document_id)
        last = document.page_at(max(passage.span.start, passage.span.end - 1))
        pages.setdefault(document.document_id, set()).update(range(document.page_at(passage.span.start), last + 1))
    if len(pages) == 1:
        return _runs(*pages.values())
    return "; ".join(f"{reading.collection.document(found).title}: {_runs(pages[found])}" for found in pages)


def _runs(pages: set[int]) -> str:
    runs: list[list[int]] = []
    for page in sorted(pages):
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    told = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return f"page {told}" if len(pages) == 1 else f"pages {told}"
