"""Questions for the time between two events: "How long did it take from the storm to the repair?". By code.

A small model that has found both dates still counts the days wrongly, and plain search finds one of the two places
(docs/decisions/0029). Only plain forms are read, of what is past; else nothing is said. English only.

Source: ours; as comparison.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .dates import Date, time_between

# Longer questions tell a story.
MOST_CHARS = 400

_TIME = r"\bhow (?:long|much time|many (?P<unit>day|week|month|year)s)"
_PASSED = (
    r"(?:\s+(?:did|was|were|had|it|there|take|took|taken|time|been|pass|passed|elapsed?|went|go|gone|by|lie|lay))+"
)
_FROM = re.compile(rf"{_TIME}{_PASSED}\s+(?P<word>from|between)\s+(?P<both>.+?)[\s?.]*$", re.IGNORECASE)
_AFTER = re.compile(rf"{_TIME} (?P<when>after|before) (?P<rest>.+?)[\s?.]*$", re.IGNORECASE)
_DID = re.compile(r",?\s+(?P<aux>did)\s+", re.IGNORECASE)
_WAS = re.compile(r",?\s+(?P<aux>was|were)\s+", re.IGNORECASE)
_PARTED = {
    "from": re.compile(r",?\s+(?:to|until|till|up to)(?: when)?\s+", re.IGNORECASE),
    "between": re.compile(r",?\s+and(?: when)?\s+", re.IGNORECASE),
}
_GERUND = re.compile(r"\w{2,}ing\b", re.IGNORECASE)
# What may begin an event; "to cancel" does not, and "from start to finish" tells a process.
_BEGINS = re.compile(r"(?:the|an?|its?|his|her|their|he|she|they|being)\b|(?-i:[A-Z])", re.IGNORECASE)
_NAME = re.compile(r"(?:(?:of|the|in|and|de|[A-Z\d][\w.'’-]*)(?:\s+|$))+")
_SUBJECT = re.compile(
    r"(?P<subject>.+?)\s(?:was|were|is|are|had|has|have|did)\s|(?P<short>(?:the|an?|his|her|its|their)\s\w+)\s\w+ed$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|he|she|they)\b\s*", re.IGNORECASE)
# A second question, or a unit, is no part of an event.
_TAIL = re.compile(
    r"\band (?:why|who|what|how|which|where)\b|\bin (?:hours|minutes|days|weeks|months|years)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Duration:
    """Two events, and how the time between them is wanted.

    Attributes:
        steps: what is looked up: when the first was, and when the second.
        events: the two.
        is_in_order: the first is told as the earlier one.
        unit: "day", "week", "month", "year", or what fits ("").
    """

    steps: tuple[str, str]
    events: tuple[str, str]
    is_in_order: bool = True
    unit: str = ""


def duration_of(question: str) -> Duration | None:
    """Return the events between which a question wants the time, or None where it names no two."""
    question = " ".join(question.split())
    if len(question) > MOST_CHARS:
        return None
    asked = _after(question) or _from(question)
    return None if asked is None or any(_TAIL.search(event) for event in asked.events) else asked


def between(asked: Duration, dates: Sequence[Date]) -> str | None:
    """Return the time between two dates with both of them; None where they do not tell it."""
    one, other = dates
    told = time_between(one, other, asked.unit, in_order=asked.is_in_order)
    return f"{told} ({one.written} to {other.written})" if told else None


def _after(question: str) -> Duration | None:
    """Read "How long after the mill was built did it burn?"."""
    if not (found := _AFTER.search(question)):
        return None
    parted = list(_DID.finditer(found["rest"])) or list(_WAS.finditer(found["rest"]))
    if len(parted) != 1:
        return None
    one, told = found["rest"][: parted[0].start()], found["rest"][parted[0].end() :]
    # "How long before the patient was discharged?" has no second event.
    if len(told.split()) < 2:
        return None
    when, aux = found["when"].casefold(), parted[0]["aux"].casefold()
    other = _named(told, one, when)
    first, second = (f"When was this: {one}?", one), (f"When {aux} {other}?", other)
    if when == "before":
        first, second = second, first
    return Duration((first[0], second[0]), (first[1], second[1]), unit=(found["unit"] or "").casefold())


def _from(question: str) -> Duration | None:
    """Read "How long did it take from the storm to the repair?"."""
    if not (found := _FROM.search(question)):
        return None
    word = found["word"].casefold()
    one, told = _events(found["both"], word)
    if not one or (_NAME.fullmatch(one) and _NAME.fullmatch(told)):
        return None
    events = one, _named(told, one, "after")
    steps = f"When was this: {events[0]}?", f"When was this: {events[1]}?"
    return Duration(steps, events, word == "from", (found["unit"] or "").casefold())


def _events(both: str, word: str) -> tuple[str, str]:
    """Part two events that begin as events do, alike where that can be."""
    pairs = [(both[: found.start()], both[found.end() :]) for found in _PARTED[word].finditer(both)]
    alike = [pair for pair in pairs if _GERUND.match(pair[0]) and _GERUND.match(pair[1])]
    begun = [pair for pair in pairs if all(_BEGINS.match(event) or _GERUND.match(event) for event in pair)]
    return next(iter([*alike, *begun]), ("", ""))


def _named(other: str, one: str, when: str) -> str:
    """Put the first event's subject in the place of a pronoun: "it was postponed" is about the visit that was told."""
    if not _PRONOUN.match(other):
        return other
    subject = _SUBJECT.match(one)
    named = subject and (subject["subject"] or subject["short"])
    if not named:
        return f"{other} {when} {one}"
    return _PRONOUN.sub(lambda _: f"{named} ", other, count=1)
