"""The worker chain: passages in document order, as many a call as fit, the unit handed on from worker to worker.

Source: Chain-of-Agents, arXiv 2406.02818, section 3.1 (sequential reading), over the passages that the walks chose.
"""

from ..graph_store.chunk import Passage
from .fence import fence
from .notebook import CommunicationUnit
from .reading import Reading
from .worker import WORKER_TOKENS, found_so_far, work


async def read_chain(
    reading: Reading, query: str, passages: list[Passage], unit: CommunicationUnit
) -> CommunicationUnit:
    """Read all ``passages`` for ``query`` in document order; return the last unit.

    Raises:
        BudgetSpent: the budget ended; the caller keeps the unit that it had.
        ModelError: the server failed.
    """
    ordered = reading.in_document_order(passages)
    while ordered:
        room = await reading.room("work", WORKER_TOKENS, question=fence(query), found=found_so_far(unit), passages=[])
        room = min(room, reading.settings.evidence_tokens)
        fitting = await reading.fitting((reading.text_of(passage) for passage in ordered), room)
        # A passage larger than the evidence budget is still read, alone: the window's own check decides.
        batch, ordered = ordered[: max(len(fitting), 1)], ordered[max(len(fitting), 1) :]
        unit = await work(reading, query, batch, unit)
    return unit
