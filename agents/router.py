"""The router: which way a question of mode auto is read. Its words decide where they are plain, else one short call.

Most questions ask for one fact or join a few, and go the way of look-ups without a call. Only where the words hint
at more (a course of events, a whole) and do not settle it, the model is asked.
"""

import re
from typing import Literal, TypeAlias

from .aggregation import aggregation_of
from .choice import choice_of
from .cloze import cloze_of
from .comparison import comparison_of
from .errors import BudgetSpent, ReplyMalformed, ReplyTooLong
from .explanation import asks_explanation
from .fence import fence
from .reading import Reading
from .reckoning import reckoning_of
from .replies import QuestionKind, RouteReply
from .settings import Mode
from .story_setting import asks_setting

Way: TypeAlias = Literal["plan", "retrieve", "chain", "scan", "summary", "choose", "explain", "fill"]

ROUTE_TOKENS = 30

_TEXT = r"(?:document|report|text|book|paper|article|story|novel|file|contract|register|minutes|meeting|transcript)s?"
_TALE = r"(?:story|novel|book|play|text|meeting|discussion)"
_SUMMARY = re.compile(
    r"^\W*(?:(?:please|can you|could you|would you|briefly|shortly) )*(?:summari[sz]e|sum up|recap|outline)\b"
    rf"|\b(?:summary|overview|synopsis|gist|outline) of (?:\w+ )?(?:\w+ )?{_TEXT}\b"
    r"|^\W*(?:(?:please|a|an|short|brief|give me|write) )*(?:summary|overview|synopsis|tl;?dr)\b"
    rf"|\bwhat (?:is|are) (?:this|the|these) (?:\w+ )?{_TEXT} about\b"
    rf"|^\W*what (?:happen|become)(?:s|ed)? (?:to|of) [^,]+ (?:throughout|in the course of) (?:the|this) {_TALE}\b"
    r"|\bwhat (?:is|was) the (?:meeting|discussion) about\W*$"
    rf"|\bwhat (?:are|were) the topics (?:talked|discussed|covered)(?: about)?(?: (?:in|at) (?:the|this) {_TEXT})?\W*$"
    rf"|\bwhat (?:is|are|was) the plots? of (?:the|this)? ?{_TEXT}\b|\bwhat happens in (?:the|this) {_TEXT}\b"
    r"|\b(?:main|key|most important) (?:points|takeaways|findings|messages)\b",
    re.IGNORECASE,
)
_UNIT = (
    r"(?:[a-z]+-)?(?:years?|months|weeks|days|hours|minutes|seconds|\w*met(?:er|re)s|miles|feet|tons|tonnes|per ?cent)"
)
_SUM = r"(?:crowns|dollars|euros|pounds|degrees|points|pages|shares|people|\w*watts|inhabitants)"
# How many of a unit, or how many somebody had, is told in one place.
_AMOUNT = re.compile(
    rf"\bhow many (?:{_UNIT}|{_SUM})\b"
    r"|\bhow many [\w-]+ (?:did|does|do|has|had) .*\b(?:have|own|produce|sell|employ)\b",
    re.IGNORECASE,
)
_SCAN = re.compile(
    r"^\W*(?:please )?(?:list|count|enumerate|tabulate)\b|^\W*(?:please )?name (?:all|every|each)\b"
    r"|\bhow many of (?:the|these|those|his|her|its|their)\b|\b(?:in|from|on|at) how many\b"
    r"|\bhow (?:many times|often)\b"
    rf"|\bhow many\b.*\b(?:does|do) (?:the|this) {_TEXT}\b"
    r"|\bhow many\b.*\b(?:above|below|over|under|at least|at most|(?:more|fewer|less|higher|lower)\b.* than)\b"
    r"|\b(?:which|what|who) (?:is|are|was|were) all (?:of )?(?:the|these|those)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:themes?|overall|throughout|(?:as|on) (?:a|the) whole|from (?:the )?beginning to (?:the )?end)\b"
    r"|\b(?:main|central) (?:arguments?|conclusions?|ideas?|messages?|topics?|subjects?|conflicts?|thesis)\b"
    rf"|\b(?:across|in the course of) (?:all |the |this |whole |entire )*(?:{_TEXT}|chapters|sections)\b",
    re.IGNORECASE,
)
# Words that may mean large parts of the text. Without one of them nothing is asked: whether a number or a list stands
# in one place a small model cannot tell (docs/decisions/0012), so such a question is looked up.
_HINT = re.compile(
    r"\b(?:every|each|entire|whole|various|different)\b"
    r"|\bhow (?:did|does|do|has|have)\b.*\b(?:change|develop|evolve|differ|grow)|\bin the course of\b|\bover time\b",
    re.IGNORECASE,
)

_WHY = re.compile(r"\W*why\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:all|each|every)\b", re.IGNORECASE)

_WAYS: dict[QuestionKind, Way] = {"fact": "plan", "rows": "scan", "whole": "chain", "summary": "summary"}
_WAYS_OF_MODES: dict[Mode, Way] = {
    "retrieve": "retrieve",
    "chain": "chain",
    "scan": "scan",
    "summary": "summary",
    "graph": "plan",
}


async def route(reading: Reading) -> Way:
    """Return the way to read in: that of the mode; in mode auto that of the question."""
    mode = reading.settings.mode
    if mode == "scan" and _has_no_rows(reading.question):
        reading.step("route", "mode scan: a question for an explanation has no rows")
        return "explain"
    if mode != "auto":
        reading.step("route", f"mode {mode}")
        return _WAYS_OF_MODES[mode]
    if choice_of(reading.question):
        reading.step("route", "mode auto: a multiple choice")
        return "choose"
    if cloze_of(reading.question):
        reading.step("route", "mode auto: a text with blanks")
        return "fill"
    if comparison_of(reading.question) or reckoning_of(reading.question):
        reading.step("route", "mode auto: a question for values that code compares, subtracts or orders")
        return "plan"
    if asks_setting(reading.question):
        reading.step("route", "mode auto: a question for the setting of a story, by its words")
        return "summary"
    kind = kind_by_words(reading.question)
    if kind not in ("rows", "summary") and asks_explanation(reading.question):
        reading.step("route", "mode auto: a question for an explanation, by its words")
        return "explain"
    told = "by its words" if kind else "by the model"
    kind = kind or await _ask_kind(reading)
    reading.step("route", f"mode auto: a question for {kind}, {told}")
    return _WAYS[kind]


def kind_by_words(question: str) -> QuestionKind | None:
    """Return what kind of question it is, or None where its words leave that open."""
    if _SUMMARY.search(question):
        return "summary"
    if _SCAN.search(question):
        return "rows"
    if _AMOUNT.search(question):
        return "fact"
    if _WHOLE.search(question):
        return "whole"
    return None if _HINT.search(question) else "fact"


def _has_no_rows(question: str) -> bool:
    """Tell whether a question asks why, or for an explanation of no "each" or "all": its rows add up to nonsense."""
    if choice_of(question) or cloze_of(question):
        return False
    if _WHY.match(question):
        return True
    return asks_explanation(question) and aggregation_of(question) is None and not _EACH.search(question)


async def _ask_kind(reading: Reading) -> QuestionKind:
    try:
        reply = await reading.ask("route", RouteReply, ROUTE_TOKENS, question=fence(reading.question))
    except (BudgetSpent, ReplyMalformed, ReplyTooLong) as error:
        reading.step("fallback", f"No usable route ({error.code}): the question is looked up.")
        return "fact"
    return reply.kind
