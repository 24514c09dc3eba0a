"""How every baseline ends: the reply as an answer, a refusal told from it, citations found by the reader's own code."""

from collections.abc import Sequence

from longreader.agents.answer import Answer, Status
from longreader.agents.citation import cite
from longreader.agents.manager import ANSWER_TOKENS, CITATION_COUNT
from longreader.agents.reading import Reading
from longreader.agents.replies import ReasonedReply
from longreader.agents.support import bearing
from longreader.agents.wording import is_refusal
from longreader.graph_store.chunk import Passage

PROMPTS = "benchmarks.quality.prompts"


async def answer_from(reading: Reading, prompt: str, passages: Sequence[Passage] = (), **values: object) -> Answer:
    """Ask for the answer and return it.

    Args:
        prompt: one of ours, whose reply is an `ReasonedReply`.
        passages: what was read, to cite from; a way that points at none cites nothing.
        values: the prompt's variables beside the question.
    """
    reading.model.release_reserve()
    name = f"{PROMPTS}/{prompt}"
    reply = await reading.ask(name, ReasonedReply, ANSWER_TOKENS, question=reading.question, **values)
    text = reply.answer.strip()
    reading.step("answer", text)
    if is_refusal(text):
        return Answer(status=Status.NOT_IN_DOCUMENT, text=text)
    read = [(passage, reading.collection.text_of(passage)) for passage in passages]
    found = bearing(read, text, reading.question, most=2) if read else []
    return Answer(status=Status.ANSWERED, text=text, citations=cite(reading.collection, found)[:CITATION_COUNT])
