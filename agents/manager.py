"""The manager: routes a question, and answers it from what the walks and the chain brought.

Source: Chain-of-Agents, arXiv 2406.02818, section 3.2; GraphReader, arXiv 2406.14550, section 3.5. Ours: the manager
reads the verbatim passages that notebooks and units point at, best evidence last, and names the passages it uses
before it answers; every citation is then checked against the stored text.
"""

import re

from ..graph_store.chunk import Passage
from ..graph_store.errors import EmptyInput
from .answer import Answer, Status
from .citation import cite, confidence
from .errors import BudgetSpent, NothingToRead, QuestionTooLong, ReplyMalformed, ReplyTooLong
from .fence import fence
from .reading import Reading
from .replies import AnswerReply, answer_reply
from .settings import Mode

ANSWER_TOKENS = 320
# A question may take this share of the window; the rest is for instruction, passages and reply.
QUESTION_SHARE = 0.25

_NOT_TOLD = re.compile(
    r"^\W*(?:(?:it |this |that |the answer )?(?:is |are )?not (?:in|stated|mentioned|given|specified|told|found|"
    r"provided|available|answered)\b|"
    r"(?:the )?(?:passages?|documents?|text)\b.{0,30}\b(?:do(?:es)? not|don't|doesn't)\b|"
    r"unknown\W*$|n/a\W*$|none of the passages\b)",
    re.IGNORECASE,
)


def check_question(reading: Reading) -> None:
    """Refuse a question that cannot be read.

    Raises:
        EmptyInput: it has no words.
        QuestionTooLong: it takes more than a quarter of the window.
        NothingToRead: the collection has no ready document.
    """
    if not reading.question.strip():
        raise EmptyInput("The question is empty.", hint="Ask something.")
    tokens = reading.model.counter.count_text(reading.question)
    most = int(reading.model.window_tokens * QUESTION_SHARE)
    if tokens > most:
        raise QuestionTooLong(f"The question has {tokens} tokens; at most {most} fit.", tokens=tokens, limit=most)
    if not any(document.status == "ready" for document in reading.collection.documents()):
        raise NothingToRead(f"There is no readable document in collection “{reading.collection.name}”.")


def route(reading: Reading) -> Mode:
    """Return the mode to read in. ``auto`` stays: it plans, walks by code and reads the chosen passages."""
    mode = reading.settings.mode
    reading.step("route", f"mode {mode}")
    return mode


async def answer(
    reading: Reading, passages: list[Passage], findings: str = "", *, complete: bool = True, budget_spent: bool = False
) -> Answer:
    """Answer from passages, the best last.

    Args:
        passages: the evidence, least important first; those that do not fit are left out from the front.
        findings: what notebooks or units say, in the readers' words.
        complete: False when a look-up of the plan found nothing: the answer is then at most partly answered.
        budget_spent: a limit ended the reading: said in the status.

    Raises:
        ModelError: the server failed, or gave no usable reply on two tries.
    """
    reading.model.release_reserve()
    shown = await fit_best(reading, passages, findings)
    if not shown:
        if budget_spent:
            return Answer(status=Status.BUDGET_SPENT, text="")
        return Answer(status=Status.NOT_IN_DOCUMENT, text="not in the document")
    try:
        reply, shown = await _ask_answer(reading, shown, findings)
    except BudgetSpent:
        cited = cite(reading.collection, shown[-3:], findings, reading.question)
        return Answer(status=Status.BUDGET_SPENT, text=findings, citations=cited)
    return conclude(reading, reply, shown, complete=complete, budget_spent=budget_spent)


async def fit_best(reading: Reading, passages: list[Passage], findings: str) -> list[Passage]:
    """Return the last passages that fit the window and the evidence budget, in their order."""
    room = await reading.room("answer", ANSWER_TOKENS, question=reading.question, findings=findings, passages=[])
    texts = [reading.text_of(passage) for passage in reversed(passages)]
    count = len(await reading.fitting(texts, min(room, reading.settings.evidence_tokens)))
    return passages[len(passages) - count :]


async def _ask_answer(reading: Reading, passages: list[Passage], findings: str) -> tuple[AnswerReply, list[Passage]]:
    """Ask for the answer; after an unusable reply ask once more with the better half of the passages."""
    for tried in (passages, passages[len(passages) // 2 :]):
        texts = [reading.text_of(passage) for passage in tried]
        values = {"question": reading.question, "findings": findings, "passages": texts}
        try:
            return await reading.ask("answer", answer_reply(len(tried)), ANSWER_TOKENS, **values), tried
        except (ReplyMalformed, ReplyTooLong) as error:
            reading.step("fallback", f"No usable answer ({error.code}) from {len(tried)} passages.")
            failure = error
    raise failure


def conclude(
    reading: Reading, reply: AnswerReply, shown: list[Passage], *, complete: bool, budget_spent: bool
) -> Answer:
    """Turn the manager's reply into an answer: status, verified citations, confidence."""
    text = reply.answer.strip()
    pointed = [shown[number - 1] for number in dict.fromkeys(reply.passages)]
    refused = bool(_NOT_TOLD.match(text))
    citations = () if refused else cite(reading.collection, pointed, text, reading.question)
    if budget_spent:
        status = Status.BUDGET_SPENT
    elif refused:
        status = Status.NOT_IN_DOCUMENT
    else:
        status = Status.ANSWERED if complete and citations else Status.PARTLY_ANSWERED
    sure = confidence(text, [reading.collection.text_of(passage) for passage in pointed]) if citations else 0.0
    return Answer(status=status, text=text, citations=citations, confidence=sure)


def compile_notes(notes: list[str]) -> str:
    """Join the notes of several walks for the manager, empty and repeated ones left out."""
    return " ".join(dict.fromkeys(fence(note) for note in notes if note.strip()))
