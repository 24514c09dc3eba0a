"""The worker chain: as many passages a call as fit, the unit handed on from worker to worker.

Over the passages chosen for a look-up (mode auto), the best last, or over whole documents in their order (mode chain).

Source: Chain-of-Agents, arXiv 2406.02818, section 3.1 (sequential reading). Ours: "not mentioned" changes nothing,
candidates are ordered by how well their passages fit the question, the same batches are cut for every question, and
what a look-up chose is not read in document order (docs/decisions/0028).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..graph_store.chunk import Passage
from .batch import Batch, affordable, cut_batches, passages_to_read
from .errors import BudgetSpent
from .fence import fence
from .notebook import CandidateUnit, CommunicationUnit
from .reading import Reading
from .selection import select_passages
from .worker import WORKER_TOKENS, work

# Where the documents are too large for the budget, this many times the passages of one call are read instead.
SELECTED_CALLS = 4


@dataclass(frozen=True, slots=True)
class ChainResult:
    """The last unit of a chain over whole documents; ``complete`` tells whether every passage was read."""

    unit: CandidateUnit
    complete: bool
    budget_spent: bool = False


async def read_documents(reading: Reading) -> ChainResult:
    """Read the collection's documents from begin to end for the question.

    Where the budget does not allow that, it is said and the best passages by search are read instead.

    Raises:
        ModelError: the server failed.
    """
    passages = passages_to_read(reading)
    batches = cut_batches(reading, passages, WORKER_TOKENS)
    complete = await _is_affordable(reading, batches)
    if complete:
        reading.step("select", f"all {len(passages)} passages, in {len(batches)} calls")
        order = [hit.passage for hit in await reading.collection.search(reading.question, len(passages))]
    else:
        tokens = sum(batch.tokens for batch in batches)
        told = f"The budget does not allow to read all {tokens:,} tokens: only the best passages by search are read."
        reading.step("fallback", told)
        order = await select_passages(reading, reading.question, SELECTED_CALLS * reading.settings.passage_count)
        batches = cut_batches(reading, reading.in_document_order(order), WORKER_TOKENS)
    support = {passage.passage_id: 1 / rank for rank, passage in enumerate(order, 1)}
    return await _read_batches(reading, batches, CandidateUnit(support=support), complete)


async def _is_affordable(reading: Reading, batches: Sequence[Batch]) -> bool:
    room = await reading.room("read", WORKER_TOKENS, question=reading.question, found="", passages=[])
    return affordable(reading, batches, reading.model.window_tokens - room) == len(batches)


async def _read_batches(reading: Reading, batches: Sequence[Batch], unit: CandidateUnit, complete: bool) -> ChainResult:
    spent = False
    try:
        for batch in batches:
            unit = await work(reading, reading.question, batch.passages, unit, "read")
    except BudgetSpent as error:
        reading.step("fallback", f"The reading ends: {error.message}")
        spent = True
    if unit.left_out_count:
        reading.step("fallback", f"{unit.left_out_count} candidates with the least support were left out.")
    return ChainResult(unit, complete and not spent and not unit.unread_count, spent)


async def read_chain(
    reading: Reading, query: str, passages: list[Passage], unit: CommunicationUnit
) -> CommunicationUnit:
    """Read all ``passages`` for ``query``, the best last; return the last unit.

    Raises:
        BudgetSpent: the budget ended; the caller keeps the unit that it had.
        ModelError: the server failed.
    """
    ordered = passages[::-1]
    while ordered:
        room = await reading.room("work", WORKER_TOKENS, question=fence(query), found=unit.told(), passages=[])
        room = min(room, reading.settings.evidence_tokens)
        fitting = await reading.fitting((reading.text_of(passage) for passage in ordered), room)
        # A passage larger than the evidence budget is still read, alone: the window's own check decides.
        batch, ordered = ordered[: max(len(fitting), 1)], ordered[max(len(fitting), 1) :]
        unit = await work(reading, query, batch, unit)
    return unit
