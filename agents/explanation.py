"""Explanations: questions that a few words cannot answer (why, how, describe…), told in sentences that are checked.

One call over the passages that code chose. Whole documents and topics in them are summary.py's.

Source: ours; the check of sentences as in summary_point.py (BooookScore, arXiv 2310.00785, finds summaries unfaithful).
"""

import re

from .answer import Answer, Status
from .citation import cite
from .errors import BudgetSpent
from .reading import Reading
from .replies import summary_reply
from .selection import select_passages
from .sentence_coverage import leads_on
from .summary_point import Point, check_read, split
from .support import grounding

EXPLANATION_TOKENS = 360
SENTENCE_COUNT = 5
PASSAGE_FACTOR = 2
_MATTER = """relationship significance importance role difference reason effect impact implication debate feedback
purpose problem attitude challenge factor concern opinion view discussion conclusion outcome situation motivation
setting advantage disadvantage benefit risk consequence fate reaction reasoning rationale trait
characteristic meaning"""
_OWN = (
    "role attitude trait personality relationship motivation feeling opinion view relevance significance"
    " importance characteristic"
)
_SAYING = "respond think say recommend suggest propose discuss believe talk conclude agree argue feel learn"
_MATTERS = """challenges factors reasons problems difficulties strategies concerns risks steps measures arguments
approaches changes attitudes"""
_LEAD = r"(?:please|can you|could you|according to [^,]+,|based on [^,]+,|considering [^,]+,|in [^,]{1,60},)"
_ASKS = re.compile(
    rf"^\W*(?:{_LEAD} )*"
    r"(?:(?:why|describe|explain|discuss|analy[sz]e|compare|evaluate|assess|characteri[sz]e|tell me)\b"
    r"|how (?:do|does|did|is|are|was|were|can|could|would|will|might|has|have)\b"
    r"|what (?:is|was|are|were|(?:might|may|could|would) be) (?:the|some|any) (?:\w+ ){0,2}?"
    rf"(?:{'|'.join(_MATTER.split())})s?\b"
    rf"|what (?:did|do|does) (?:the )?[\w. ']{{1,60}}? (?:{'|'.join(_SAYING.split())})\b"
    r"|what (?:is|was|were) (?:said|discussed|the discussion|decided)\b"
    rf"|what (?:is|was|are|were) [^,?]{{1,50}}['’]s? (?:\w+ )?(?:{'|'.join(_OWN.split())})s?\b"
    r"|what roles?\b(?! (?:did|does|do) [^?]*\bplay in (?-i:[A-Z]))|what (?:do|can) we (?:know|learn|say)\b"
    r"|(?:who|what) (?:is|was|are|were) [^?]{1,50}?,? and (?:why\b|how (?!much|many|old|long|far|tall)"
    rf"|what (?:(?:happens|becomes|does|did)\b|(?:is|are|was|were) (?:his|her|its|their) (?:{'|'.join(_OWN.split())})))"
    r"|what (?:can|could|may) be (?:inferred|concluded)\b|under what conditions\b"
    rf"|(?:what|which) (?:\w+ )?(?:{'|'.join(_MATTERS.split())}|reasoning|rationale|conditions)\b"
    r"|what (?:causes|caused|leads|led|makes|made)\b)"
    # A fact, and then what it means.
    r"|, and (?:what|why|how) (?:does|do|did|might|may|could|can|is|was) (?:this|that|these|it)\b"
    r"|\band (?:why|explain (?:what|why|how))\b"
    r"|\band what (?:was|were|is|are) the (?:\w+ )?(?:cause|reason|factor)s?\b",
    re.IGNORECASE,
)
_FACT = re.compile(r"\bhow (?:many|much|long|old|often|far|tall|big|large|high|deep|wide|heavy|fast)\b", re.IGNORECASE)


def asks_explanation(question: str) -> bool:
    """Tell whether a question wants sentences and not a few words, by its words."""
    found = _ASKS.search(question)
    # "How much did it grow, and what does this mean?" asks for both.
    return bool(found) and (found.start() > 0 or not _FACT.search(question))


async def explain(reading: Reading) -> Answer | None:
    """Answer in a few sentences, each borne out by a passage and cited.

    Returns:
        None where nothing of what was said holds, or where it rests on what speaks of something else.

    Raises:
        ModelError: the server failed, or gave no usable reply on two tries.
    """
    reading.model.release_reserve()
    ranked = await select_passages(reading, reading.question, PASSAGE_FACTOR * reading.settings.passage_count)
    values = {"question": reading.question, "sentence_count": SENTENCE_COUNT}
    try:
        form = summary_reply(SENTENCE_COUNT)
        reply, passages = await reading.ask_best("explain", form, EXPLANATION_TOKENS, ranked, **values)
    except BudgetSpent as error:
        reading.step("fallback", f"The reading ends: {error.message}")
        return Answer(status=Status.BUDGET_SPENT, text="")
    read = reading.with_texts(passages)
    said = split(reply.sentences)
    points = check_read(said, read, reading.question, given=reading.question)
    dropped = len(said) - len(points)
    found = tuple(passage.passage_id for passage in passages)
    reading.step("summary", f"{len(points)} sentences, {dropped} dropped", passage_ids=found)
    if not points:
        return None
    cited = {point.sentence.passage for point in points}
    rests_on = [*(text for passage, text in read if passage in cited), *(point.text for point in points)]
    if not leads_on(reading.question, [text for _, text in read], rests_on):
        reading.step("fallback", "What the explanation rests on does not speak of what is asked.")
        return None
    return _answer(reading, points)


def _answer(reading: Reading, points: tuple[Point, ...]) -> Answer:
    citations = cite(reading.collection, [point.sentence for point in points])
    number = {(citation.document_id, citation.start): citation.number for citation in citations}
    places = [(point.sentence.passage.document_id, point.sentence.span.start) for point in points]
    pairs = zip(points, places, strict=True)
    told = [f"{point.text} [{number[place]}]" if place in number else point.text for point, place in pairs]
    text = " ".join(told)
    said = " ".join(point.text for point in points)
    confidence = round(grounding(said, (citation.quote for citation in citations)), 2)
    return Answer(status=Status.ANSWERED, text=text, citations=citations, confidence=confidence)
