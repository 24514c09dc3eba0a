"""The manager: answers a question from what the walks and the chain brought.

Source: Chain-of-Agents, arXiv 2406.02818, section 3.2; GraphReader, arXiv 2406.14550, section 3.5. Ours: the manager
reads the verbatim passages that notebooks and units point at, best evidence last; the sentences that bear its answer
out are found by code and every citation is checked against the stored text.
"""

import textwrap
from collections.abc import Sequence

from ..graph_store.chunk import Passage
from ..graph_store.errors import EmptyInput
from .answer import Answer, Citation, Status
from .citation import cite
from .errors import BudgetSpent, NothingToRead, QuestionTooLong, ReplyMalformed, ReplyTooLong, WindowExceeded
from .fence import fence
from .nearness import is_near
from .notebook import Finding
from .reading import QUESTION_SHARE, Reading
from .replies import AnswerReply, ReasonedReply
from .sentence_coverage import is_to_the_point, leads_on, most_told
from .support import bearing, content_words, grounding
from .wording import is_echo, is_refusal
from .worker import GROUNDED_SHARE

ANSWER_TOKENS = 320
CITATION_COUNT = 4
QUOTE_CHARS = 400
# A small model that reads eight passages finds nothing now and then in what tells it. Where one sentence has this share
# of the question's words, by their rarity, the best is read again alone.
TOLD_SHARE = 0.5


def check_question(reading: Reading) -> None:
    """Refuse a question that cannot be read.

    Raises:
        EmptyInput: it has no words.
        QuestionTooLong: it takes more than a quarter of the window.
        NothingToRead: the collection has no ready document, or none of those asked about.
    """
    if not reading.question.strip():
        raise EmptyInput("The question is empty.", hint="Ask something.")
    tokens = reading.model.counter.count_text(reading.question)
    most = int(reading.model.window_tokens * QUESTION_SHARE)
    if tokens > most:
        raise QuestionTooLong(f"The question has {tokens} tokens; at most {most} fit.", tokens=tokens, limit=most)
    ready = set(reading.collection.ready_ids())
    if not (ready & reading.document_ids if reading.document_ids else ready):
        raise NothingToRead(f"There is no readable document in collection “{reading.collection.name}”.")


async def answer(
    reading: Reading,
    passages: list[Passage],
    notes: str = "",
    findings: tuple[Finding, ...] = (),
    *,
    complete: bool = True,
    read_all: bool = True,
    budget_spent: bool = False,
    is_plain: bool = False,
) -> Answer:
    """Answer from passages, the best last.

    Args:
        passages: the evidence, least important first; those that do not fit are left out from the front.
        notes: what notebooks or units say, in the readers' words.
        findings: the look-ups' results, each cited beside the answer.
        complete: False when a look-up of the plan found nothing: the answer is then at most partly answered, and must
            have to do with what is asked.
        read_all: False when text that was to be read stayed unread: what was not found may stand there.
        budget_spent: a limit ended the reading: said in the status.
        is_plain: the question joins no facts: what bears its answer out must speak of what is asked. What is only near
            to it in meaning bears it out in part.

    Raises:
        ModelError: the server failed, or gave no usable reply on two tries.
    """
    reading.model.release_reserve()
    shown = await fit_best(reading, passages, notes) if passages else []
    if not shown:
        if budget_spent:
            return Answer(status=Status.BUDGET_SPENT, text=notes)
        return _not_found("not in the document", read_all)
    if len(shown) < len(passages):
        left_out = len(passages) - len(shown)
        reading.step("fallback", f"{left_out} of {len(passages)} passages do not fit and are not read.")
    try:
        reply, shown = await _ask_answer(reading, shown, notes)
    except BudgetSpent:
        citations = _cite(reading, shown, "", findings)
        return Answer(status=Status.BUDGET_SPENT, text=notes, citations=citations)
    # What a worker has read need not fit again.
    read_all = read_all and (bool(findings) or len(shown) == len(passages))
    if is_plain and _seems_told(reading, reply, shown):
        reply, shown = await _ask_again(reading, reply, shown, notes)
    text = reply.answer.strip()
    reading.step("answer", text, passage_ids=tuple(passage.passage_id for passage in shown))
    if is_refusal(text, [reading.collection.text_of(passage) for passage in shown]):
        return Answer(status=Status.BUDGET_SPENT, text=text) if budget_spent else _not_found(text, read_all)
    result = _answered(reading, text, shown, findings, complete, budget_spent)
    if budget_spent:
        return result
    return await _checked(reading, result, shown, read_all=read_all, is_plain=is_plain, must_lead_on=not complete)


async def join(reading: Reading, findings: Sequence[Finding]) -> Answer | None:
    """Answer from the look-ups alone, each with the sentences that bear it out; None where one found nothing.

    Raises:
        ModelError: the server failed.
    """
    if not all(finding.answer for finding in findings):
        return None
    reading.model.release_reserve()
    distinct = tuple({finding.query: finding for finding in findings}.values())
    told = [_told(reading, finding) for finding in distinct]
    try:
        reply = await reading.ask("join", ReasonedReply, ANSWER_TOKENS, question=reading.question, findings=told)
    except (BudgetSpent, ReplyMalformed, ReplyTooLong, WindowExceeded) as error:
        reading.step("fallback", f"The look-ups are not joined ({error.code}).")
        return None
    reading.step("answer", reply.thought)
    text = reply.answer.strip()
    return None if is_refusal(text) else answer_by_code(reading, text, distinct)


def _told(reading: Reading, finding: Finding) -> str:
    """Return a finding for the prompt: look-up, answer, and the sentences that bear it out."""
    quotes = " ".join(citation.quote for citation in _cite(reading, [], "", (finding,)))
    lead = f"{fence(finding.query)} {fence(finding.answer)}"
    return f"{lead} (“{fence(textwrap.shorten(quotes, QUOTE_CHARS, placeholder='…'))}”)" if quotes else lead


def answer_by_code(reading: Reading, text: str, findings: Sequence[Finding], rests_on: str = "") -> Answer:
    """Return an answer that follows from findings, with what bears each of them out.

    Args:
        rests_on: what must stand in the sentences cited, where the answer itself was reckoned.
    """
    nearest_first = sorted(findings, key=lambda finding: -grounding(text, [finding.answer]))
    citations = _cite(reading, [], text, tuple(nearest_first))
    known = [citation.quote for citation in citations]
    if not rests_on:
        known += [finding.answer for finding in findings]
    held = is_held(rests_on, known) if rests_on else is_held(text, [*known, reading.question])
    status = Status.ANSWERED if citations and held else Status.PARTLY_ANSWERED
    confidence = round(grounding(rests_on or text, known), 2)
    return Answer(status=status, text=text, citations=citations, confidence=confidence)


def _not_found(text: str, read_all: bool) -> Answer:
    if read_all:
        return Answer(status=Status.NOT_IN_DOCUMENT, text=text)
    return Answer(status=Status.PARTLY_ANSWERED, text="Nothing was found; not all of the text was read.")


def _answered(
    reading: Reading, text: str, shown: list[Passage], findings: tuple[Finding, ...], complete: bool, budget_spent: bool
) -> Answer:
    citations = _cite(reading, shown, text, findings)
    held = is_held(text, [reading.collection.text_of(passage) for passage in shown])
    status = Status.ANSWERED if complete and citations and held else Status.PARTLY_ANSWERED
    confidence = round(grounding(text, (citation.quote for citation in citations)), 2)
    return Answer(
        status=Status.BUDGET_SPENT if budget_spent else status, text=text, citations=citations, confidence=confidence
    )


def _seems_told(reading: Reading, reply: AnswerReply, shown: list[Passage]) -> bool:
    """Tell whether a reply says that nothing is told where one sentence has most of what is asked."""
    texts = [reading.collection.text_of(passage) for passage in shown]
    return len(shown) > 1 and is_refusal(reply.answer, texts) and most_told(reading.question, texts) >= TOLD_SHARE


async def _checked(
    reading: Reading, result: Answer, shown: list[Passage], *, read_all: bool, is_plain: bool, must_lead_on: bool
) -> Answer:
    """Return an answer if it stands, in part where it rests on other words than the question's; else say there is none.

    Args:
        is_plain: what bears it out must speak of what is asked.
        must_lead_on: what it rests on must have to do with what is asked at all, if all was read.
    """
    is_bound = is_plain or (must_lead_on and read_all)
    if is_echo(result.text, reading.question):
        fault = "only repeats the question"
    elif not is_bound or _is_sound(reading, result, shown, is_plain):
        return result
    elif is_plain and await _is_near(reading, result):
        reading.step("fallback", f"“{result.text}” rests on what tells with other words what is asked.")
        return result.model_copy(update={"status": Status.PARTLY_ANSWERED})
    else:
        fault = "rests on nothing that speaks of what is asked"
    rests_on = tuple(citation.passage_id for citation in result.citations)
    reading.step("fallback", f"“{result.text}” {fault}.", passage_ids=rests_on)
    return _not_found("not in the document", read_all)


def _is_sound(reading: Reading, result: Answer, shown: list[Passage], is_plain: bool) -> bool:
    """Tell whether what an answer rests on has enough of the question's words."""
    cited = {citation.passage_id for citation in result.citations}
    texts = {passage.passage_id: reading.text_of(passage) for passage in shown}
    rests_on = [*(text for passage_id, text in texts.items() if passage_id in cited), result.text]
    if not is_plain:
        return leads_on(reading.question, list(texts.values()), rests_on)
    quotes = [citation.quote for citation in result.citations]
    return is_to_the_point(reading.question, quotes, list(texts.values()), rests_on)


async def _is_near(reading: Reading, result: Answer) -> bool:
    """Tell whether what bears an answer out is near to the question in meaning; that tells no yes and no no."""
    if not content_words(result.text) - {"yes", "no"}:
        return False
    collection = reading.collection
    passages = {citation.passage_id: collection.passage(citation.passage_id) for citation in result.citations}
    texts = [collection.text_of(passage) for passage in passages.values()]
    return await is_near(collection, reading.question, [citation.quote for citation in result.citations], texts)


def is_held(answer: str, texts: list[str]) -> bool:
    """Tell whether an answer was read: half of its words, and each of its numbers, stand in the texts.

    "Yes" and "no" have no words that could stand there.
    """
    words = content_words(answer)
    numbers = " ".join(word for word in words if word[0].isdigit())
    if numbers and grounding(numbers, texts) < 1:
        return False
    return not words or grounding(answer, texts) >= GROUNDED_SHARE


def _cite(reading: Reading, shown: list[Passage], text: str, findings: tuple[Finding, ...]) -> tuple[Citation, ...]:
    """Cite what bears the answer out, then what bears the findings out that led to it.

    Candidates for the question itself are no such findings, unless they stand in the answer (a list's entries).
    """
    collection = reading.collection
    found = bearing(reading.with_texts(shown), text, reading.question, most=2) if text else []
    for finding in findings:
        if finding.query == reading.question and grounding(finding.answer, [text]) < GROUNDED_SHARE:
            continue
        read = [collection.passage(passage_id) for passage_id in finding.passage_ids]
        told = reading.with_texts(read)
        found += finding.sentences or bearing(told, finding.answer, finding.query, most=1)
    return cite(collection, found)[:CITATION_COUNT]


async def fit_best(reading: Reading, passages: list[Passage], notes: str) -> list[Passage]:
    """Return the last passages that fit the window, the budget and the room for evidence, in their order."""
    most = reading.model.window_tokens - ANSWER_TOKENS
    room = await reading.room("answer", ANSWER_TOKENS, question=reading.question, findings=notes, passages=[])
    affordable = reading.model.left().tokens - (most - room) - ANSWER_TOKENS
    texts = [reading.text_of(passage) for passage in reversed(passages)]
    count = len(await reading.fitting(texts, min(room, affordable, reading.settings.evidence_tokens)))
    # The best passage is read even where it is larger than the room meant for evidence.
    return passages[len(passages) - max(count, 1) :]


async def _ask_answer(reading: Reading, passages: list[Passage], notes: str) -> tuple[AnswerReply, list[Passage]]:
    """Ask for the answer; after an unusable reply ask once more with the better half of the passages."""
    for tried in (passages, passages[len(passages) // 2 :]):
        texts = [reading.text_of(passage) for passage in tried]
        values = {"question": reading.question, "findings": notes, "passages": texts}
        try:
            return await reading.ask("answer", AnswerReply, ANSWER_TOKENS, **values), tried
        except (ReplyMalformed, ReplyTooLong) as error:
            reading.step("fallback", f"No usable answer ({error.code}) from {len(tried)} passages.")
            failure = error
    raise failure


async def _ask_again(
    reading: Reading, reply: AnswerReply, passages: list[Passage], notes: str
) -> tuple[AnswerReply, list[Passage]]:
    """Ask for the answer from the best passage alone; where that cannot be done, the first reply stands."""
    reading.step("fallback", f"“{reply.answer}”, though a sentence has most of what is asked: the best is read again.")
    try:
        return await _ask_answer(reading, passages[-1:], notes)
    except (BudgetSpent, ReplyMalformed, ReplyTooLong) as error:
        reading.step("fallback", f"The first reply stands ({error.code}).")
        return reply, passages


def compile_notes(notes: list[str]) -> str:
    """Join the notes of several walks for the manager, empty and repeated ones left out."""
    return " ".join(dict.fromkeys(fence(note) for note in notes if note.strip()))
