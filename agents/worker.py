"""A worker: reads passages once for a look-up and adds what it finds to the communication unit.

Source: Chain-of-Agents, arXiv 2406.02818, section 3.1. Ours: the reply is a short answer, bounded by a schema, and
counts only if its words stand in the passages; code finds the passages that it came from. A reply that is cut or
malformed makes the worker read two halves instead.
"""

from collections.abc import Sequence
from typing import TypeVar

from ..graph_store.chunk import Passage
from .errors import ReplyMalformed, ReplyTooLong, WindowExceeded
from .fence import fence
from .notebook import CommunicationUnit, Finding
from .reading import Reading
from .replies import WorkerReply
from .support import bearing, content_words, grounding, stands_in
from .wording import is_echo, is_refusal

Unit = TypeVar("Unit", bound=CommunicationUnit)

WORKER_TOKENS = 120
# An answer of which less than this share of the words stands in the passages was not read there.
GROUNDED_SHARE = 0.5


async def work(reading: Reading, query: str, passages: Sequence[Passage], unit: Unit, prompt: str = "work") -> Unit:
    """Read ``passages`` (they fit one call) for ``query``; return the unit, unchanged if nothing was found.

    Raises:
        BudgetSpent: the budget does not allow the call.
        ModelError: the server failed; malformed replies do not raise, they are read smaller and then reported.
    """
    values = {"question": fence(query), "found": unit.told(), "passages": [reading.text_of(p) for p in passages]}
    try:
        reply = await reading.ask(prompt, WorkerReply, WORKER_TOKENS, **values)
    except (ReplyMalformed, ReplyTooLong, WindowExceeded) as error:
        if len(passages) == 1:
            reading.step("fallback", f"A passage stays unread: {error.message}", passage_ids=(passages[0].passage_id,))
            return unit.with_unread()
        half = len(passages) // 2
        unit = await work(reading, query, passages[:half], unit, prompt)
        return await work(reading, query, passages[half:], unit, prompt)
    finding = check(reading, query, reply.answer, passages)
    reading.step(
        "work", finding.answer or "nothing found", query=query, finding=reply.answer, passage_ids=finding.passage_ids
    )
    return unit.with_finding(finding) if finding.answer else unit


def check(reading: Reading, query: str, answer: str, passages: Sequence[Passage]) -> Finding:
    """Return what of a worker's answer holds: with the passages that bear it out, or empty if none does."""
    read = reading.with_texts(passages)
    texts = [text for _, text in read]
    if is_refusal(answer, texts) or is_echo(answer, query) or not _is_grounded(answer, texts):
        return Finding(query)
    borne_out = bearing(read, answer, query, most=2)
    return Finding(query, answer.strip(), tuple(dict.fromkeys(s.passage.passage_id for s in borne_out)))


def _is_grounded(answer: str, texts: Sequence[str]) -> bool:
    if content_words(answer) - {"yes", "no"}:
        return grounding(answer, texts) >= GROUNDED_SHARE
    # Names that are written like words that tell nothing: US, May.
    bare = answer.strip(' .!"“”')
    if bare.casefold() in ("yes", "no"):
        return True
    return bare != bare.casefold() and any(stands_in(bare, text) for text in texts)
