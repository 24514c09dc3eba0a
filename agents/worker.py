"""A worker: reads passages once for a look-up and adds what it finds to the communication unit.

Source: Chain-of-Agents, arXiv 2406.02818, section 3.1. Ours: the reply is pointers to numbered passages and a short
answer, bounded by a schema; a reply that is cut or malformed makes the worker read two halves instead.
"""

from ..graph_store.chunk import Passage
from .errors import ReplyMalformed, ReplyTooLong
from .fence import fence
from .notebook import CommunicationUnit, Finding
from .reading import Reading
from .replies import worker_reply

WORKER_TOKENS = 120


async def work(reading: Reading, query: str, passages: list[Passage], unit: CommunicationUnit) -> CommunicationUnit:
    """Read ``passages`` (they fit one call) for ``query``; return the unit, unchanged if nothing was found.

    Raises:
        BudgetSpent: the budget does not allow the call.
        ModelError: the server failed; malformed replies do not raise, they are read smaller and then reported.
    """
    values = {"question": query, "found": found_so_far(unit), "passages": [reading.text_of(p) for p in passages]}
    try:
        reply = await reading.ask("work", worker_reply(len(passages)), WORKER_TOKENS, **values)
    except (ReplyMalformed, ReplyTooLong) as error:
        if len(passages) == 1:
            reading.step("fallback", f"A passage stays unread: {error.message}", passage_ids=(passages[0].passage_id,))
            return unit
        half = len(passages) // 2
        unit = await work(reading, query, passages[:half], unit)
        return await work(reading, query, passages[half:], unit)
    found = tuple(dict.fromkeys(passages[number - 1].passage_id for number in reply.passages))
    answer = reply.answer.strip() if found else ""
    reading.step("work", answer or "nothing found", query=query, finding=answer, passage_ids=found)
    return unit.with_finding(Finding(query, answer, found)) if found else unit


def found_so_far(unit: CommunicationUnit) -> str:
    """Return the unit's findings as the next reader sees them."""
    told = (finding for finding in unit.findings if finding.answer)
    return " ".join(f"{fence(finding.query)} {fence(finding.answer)}." for finding in told)
