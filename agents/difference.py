"""Questions for the time between two events, or for how far two figures differ: two look-ups, subtracted by code.

A small model that has found both dates still counts the days wrongly, and plain search finds one of the two places
(docs/decisions/0029). Where the words do not tell what is subtracted, nothing is said. English only.

Source: ours; as comparison.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .amount import amount, measure_of, unit_of
from .dates import date_of, time_between, year_or_date

_TIME = r"\bhow (?:long|much time|many (?P<unit>day|week|month|year)s)"
# Between "how long" and "from" stand only words that say that time passed.
_PASSED = (
    r"(?:\s+(?:did|does|do|was|were|is|are|has|had|have|it|there|take|took|taken|time|been|pass|passed|elapsed?|went|go"
    r"|gone|by|lie|lay|lies))*"
)
_FROM = re.compile(rf"{_TIME}{_PASSED}\s+(?P<word>from|between)\s+(?P<both>.+?)[\s?.]*$", re.IGNORECASE)
_AFTER = re.compile(
    rf"{_TIME} (?P<when>after|before) (?P<one>.+),? (?P<aux>did|was|were|is|does|had) (?P<other>.+?)[\s?.]*$",
    re.IGNORECASE,
)
_PARTED = {
    "from": re.compile(r",?\s+(?:to|until|till|up to)(?: when)?\s+", re.IGNORECASE),
    "between": re.compile(r",?\s+and(?: when)?\s+", re.IGNORECASE),
}
_GERUND = re.compile(r"\w{2,}ing\b", re.IGNORECASE)
# What may begin an event; "to cancel" does not.
_BEGINS = re.compile(r"(?:the|an?|its?|his|her|their|he|she|they|being|(?-i:[A-Z]))\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?P<subject>.+?)\s(?:was|were|is|are|had|has|have|did)\s|(?P<short>(?:the|an?|his|her|its|their)\s\w+)\s\w+ed$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|he|she|they)\b\s*", re.IGNORECASE)
_NAME = re.compile(r"(?:(?:of|the|in|and|de)\s+|[A-Z\d][\w.'’-]*\s*)+")

_NUMBER = r"(?:numbers?|amounts?|prices?|costs?|populations?|sums?|shares?|percentages?|values?|sizes?|figures?|totals?"
_NUMBER += (
    r"|revenues?|incomes?|profits?|sales|salar(?:y|ies)|wages?|heights?|lengths?|weights?|ages?|areas?|capacit\w+)"
)
_MORE = re.compile(
    r"\bhow (?P<many>many|much) (?:more|fewer|less)\s+(?P<thing>[\w\s-]{0,40}?)\s*\b(?P<aux>did|does|do|was|were|is|are"
    r"|had|has|have) (?P<one>.+?) than (?P<other>.+?)(?: (?:did|does|do|was|were|had|has|is|are))?[\s?.]*$",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    rf"\bwhat(?:['’]s| is| was) the difference (?:of|in) (?P<what>[^,]*?\b{_NUMBER}\b.*?) between (?P<one>.+?) and"
    r" (?P<other>.+?)[\s?.]*$",
    re.IGNORECASE,
)
_CHANGED = "increased? rose rise risen gr(?:o|e)wn? f(?:a|e)ll(?:en)? decreased? drop(?:ped)? declined? change[d]?"
_CHANGED = f"(?:{'|'.join([*_CHANGED.split(), 'raised', 'reduced', 'cut'])})"
_HOW_MUCH = r"(?:by )?(?:how much|what (?P<percentage>percentage))"
_CHANGE = re.compile(
    rf"\b{_HOW_MUCH} (?:did|has|have|had|was|were) (?P<what>.+?) (?:been )?{_CHANGED} (?:from|between) (?P<one>.+?)"
    r" (?:to|and) (?P<other>.+?)[\s?.]*$",
    re.IGNORECASE,
)
_ASKS_MORE = re.compile(r"\band (?:what|why|how|who|which|when|where)\b", re.IGNORECASE)
_CURRENCIES = ("$", "€", "£", "¥")
_DID = ("did", "does", "do")
_PREPOSITION = re.compile(r"\b(?:in|on|at|by|during|before|after|under|for|from)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two look-ups and what is made of their findings.

    Attributes:
        steps: what is looked up: the first value, and the second; of times the earlier one, as the question tells it.
        events: the two events, where the values are their dates; none where they are figures.
        places: what is told beside the two figures: "on 1 May", "for Lund".
        unit: of the time: "day", "week", "month", "year", or what fits ("").
        is_share: the difference is wanted in per cent of the first figure.
    """

    steps: tuple[str, str]
    events: tuple[str, ...] = ()
    places: tuple[str, str] = ("", "")
    unit: str = ""
    is_share: bool = False


def difference_of(question: str) -> Difference | None:
    """Return what a question wants subtracted, or None where its words name no two values."""
    question = " ".join(question.split())
    return _time_of(question) or _figures_of(question)


def subtract(asked: Difference, findings: Sequence[str]) -> str | None:
    """Return the difference of two findings with both values; None where one is missing or they do not compare."""
    if len(findings) != len(asked.steps) or not all(findings):
        return None
    return _time(asked, *findings) if asked.events else _figure(asked, *findings)


def _time_of(question: str) -> Difference | None:
    if found := _AFTER.search(question):
        one, other, aux = found["one"].strip(" ,"), _named(found["other"], found["one"]), found["aux"].casefold()
        unit = (found["unit"] or "").casefold()
        if found["when"].casefold() == "before":
            return Difference((f"When {aux} {other}?", f"When was this: {one}?"), (other, one), unit=unit)
        return Difference((f"When was this: {one}?", f"When {aux} {other}?"), (one, other), unit=unit)
    if not (found := _FROM.search(question)):
        return None
    one, other = _events(found["both"], found["word"].casefold())
    if not one or not other or (_NAME.fullmatch(one) and _NAME.fullmatch(other)):
        return None
    events = one, _named(other, one)
    steps = f"When was this: {events[0]}?", f"When was this: {events[1]}?"
    return Difference(steps, events, unit=(found["unit"] or "").casefold())


def _events(both: str, word: str) -> tuple[str, str]:
    """Part two events: where the second begins as an event does, like the first; else at the first parting word."""
    pairs = [(both[: found.start()], both[found.end() :]) for found in _PARTED[word].finditer(both)]
    alike = [pair for pair in pairs if _GERUND.match(pair[0]) and _GERUND.match(pair[1])]
    begun = [pair for pair in pairs if _BEGINS.match(pair[1])]
    return next(iter([*alike, *begun, *pairs]), ("", ""))


def _named(other: str, one: str) -> str:
    """Put the first event's subject in the place of a pronoun: "it was postponed" is about the visit that was told."""
    if not _PRONOUN.match(other):
        return other
    subject = _SUBJECT.match(one)
    named = subject and (subject["subject"] or subject["short"])
    return _PRONOUN.sub(f"{named} ", other, count=1) if named else f"{other} after {one}"


def _figures_of(question: str) -> Difference | None:
    if found := _MORE.search(question):
        lead = f"How {found['many'].casefold()} {found['thing']}".strip()
        one, other, aux = found["one"], found["other"], found["aux"].casefold()
        steps = f"{lead} {aux} {one}?", f"{lead} {aux} {_in_place_of(other, one, aux)}?"
        return Difference(steps, places=_places(one, other, aux))
    found = _CHANGE.search(question) or _DIFFERENCE.search(question)
    if found is None or _ASKS_MORE.search(found["other"]):
        return None
    lead = question[: found.start()]
    asked = f"{lead}{'what' if lead else 'What'} was {found['what']}"
    one, other = _at(found["one"]), _at(found["other"])
    steps = f"{asked} {one}?", f"{asked} {other}?"
    return Difference(steps, places=(one, other), is_share=bool(found.groupdict().get("percentage")))


def _places(one: str, other: str, aux: str) -> tuple[str, str]:
    if begun := _PREPOSITION.match(other):
        parted = re.split(rf"\b{begun[0]}\b", one, maxsplit=1)
        return (f"{begun[0]}{parted[1]}" if parted[1:] else "", other)
    named = one.rsplit(" ", 1)[0] if aux in _DID else one
    return f"for {named}", f"for {other}"


def _in_place_of(other: str, one: str, aux: str) -> str:
    """Return the first thing's clause about the second: "Lund get" for Moss is "Moss get"."""
    if begun := _PREPOSITION.match(other):
        before = re.split(rf"\b{begun[0]}\b", one, maxsplit=1)[0].strip()
        return f"{before} {other}"
    return f"{other} {one.split()[-1]}" if aux in _DID else other


def _at(name: str) -> str:
    name = name.strip(" ,")
    if _PREPOSITION.match(name):
        return name
    dated = date_of(name)
    if dated and dated.day:
        return f"on {name}"
    return f"in {name}" if year_or_date(name) else f"of {name}"


def _time(asked: Difference, first: str, second: str) -> str | None:
    one, other = year_or_date(first), year_or_date(second)
    if one is None or other is None:
        return None
    told = time_between(one, other, asked.unit)
    return f"{told} ({one.written} to {other.written})" if told else None


def _figure(asked: Difference, first: str, second: str) -> str | None:
    one, other = amount(first), amount(second)
    measure, second_measure = measure_of(first), measure_of(second)
    if one is None or other is None or (measure and second_measure and measure != second_measure):
        return None
    values = " and ".join(
        f"{value} {place}".rstrip() for value, place in zip((first, second), asked.places, strict=True)
    )
    values = f"({values})"
    if asked.is_share:
        return f"{abs(other - one) / abs(one):.1%} {values}" if one else None
    number = f"{abs(other - one):,.12g}"
    if measure in _CURRENCIES:
        return f"{measure}{number} {values}"
    unit = unit_of(first)
    if not unit or unit != unit_of(second):
        return f"{number} {values}"
    return f"{number} {unit.removesuffix('s') if number == '1' else unit} {values}"
