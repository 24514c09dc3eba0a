"""Questions for how far two figures differ: "How many more votes did Lund get than Moss?". By code.

Two look-ups, subtracted: a small model that has found both figures still subtracts wrongly (docs/decisions/0029). Only
plain forms are read; else nothing is said. English only.

Source: ours; as comparison.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .amount import amount, measure_of, unit_of
from .dates import date_of, year_or_date

# Longer questions tell a story.
MOST_CHARS = 400

_MORE = re.compile(
    r"\bhow (?P<many>many|much) (?P<more>more|fewer|less)\s+(?P<thing>(?:[\w-]+\s+){0,4}?)(?P<aux>did|was|were) "
    r"(?P<one>[^,]+?) than (?P<other>[^,]+?)(?: (?:did|was|were))?[\s?.]*$",
    re.IGNORECASE,
)
_NO_RIVAL = re.compile(r"(?:expected|planned|usual|ever|before|last|if|they|it|he|she|we|i)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:in|on|at|by|during|under|for|from)\b", re.IGNORECASE)
# What is told in figures.
_NUMBER = re.compile(
    r"\b(?:numbers?|amounts?|prices?|costs?|populations?|sums?|shares?|percentages?|values?|sizes?|figures?|totals?"
    r"|revenues?|incomes?|profits?|sales|salar(?:y|ies)|wages?|heights?|lengths?|weights?|ages?|areas?|capacit\w+"
    r"|loss(?:es)?|debts?|assets|liabilit\w+|cash|expenses|deficits?|rates?|margins?|balances?|earnings|capital|budgets?"
    r"|turnover|dividends?|membership|output|production|rents?|fees?|receivables?|payables?|inventor\w+|equity|tax(?:es)?)\b",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(r"\b(?:at least|at most|more than|less than|fewer than|over|under|up to)\b", re.IGNORECASE)
_BARE = re.compile(r"[\s\d.,−-]+")
_DIFFERENCE = re.compile(r"\bwhat(?:['’]s| is| was) the difference (?:of|in) (?P<rest>.+?)[\s?.]*$", re.IGNORECASE)
_GREW = "increased? rise rose risen grow grew grown raised climb(?:ed)?"
_FELL = "decreased? f(?:a|e)ll(?:en)? drop(?:ped)? declined? shrink shrank reduced cut"
_CHANGED = rf"(?:(?P<grew>{'|'.join(_GREW.split())})|(?P<fell>{'|'.join(_FELL.split())})|changed?)"
_YEAR_OR_DATE = r"(?:(?:1\d|20)\d\d|[^,]{0,20}?\d[^,?]{0,20}?(?:, \d{4})?)"
_CHANGE = re.compile(
    rf"\b(?:by )?(?:how much|what (?P<share>percentage)) (?:did|has|have|had|was|were) (?P<what>[^,]+?) (?:been )?"
    rf"{_CHANGED} (?:from|between) (?P<one>{_YEAR_OR_DATE}),? (?:to|and) (?P<other>{_YEAR_OR_DATE})[\s?.]*$",
    re.IGNORECASE,
)
_HOW_CHANGED = re.compile(
    r"\bhow (?:did|has|have) (?P<what>[^,]+?) changed? (?:from|between) (?P<one>.+?),? (?:to|and) "
    r"(?P<other>.+?)[\s?.]*$",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:the )?(?:(?:first|second|third|fourth) (?:quarter|half) (?:of )?|[qh][1-4] (?:of )?|fiscal |financial )?"
    r"(?:year )?\d{4}",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"[$€£¥]|\b(?:USD|EUR|GBP|CHF|dollars?|euros?|pounds?|crowns?)\b", re.IGNORECASE)
_SCALE = re.compile(r"(?<![a-z])(?:hundred|thousand|million|billion|trillion|mn|bn|tn|k|m|b)s?\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d,.]*")
Wanted = Literal["more", "less", ""]
_SIGNS = ("$", "€", "£", "¥")


@dataclass(frozen=True, slots=True)
class Difference:
    """Two look-ups, and what is made of their figures.

    Attributes:
        steps: what is looked up: the first figure, and the second.
        places: what is told beside the two figures: "on 1 May", "for Lund".
        wanted: "more" or "less" where the question says which way the figures differ, else "".
        is_change: the figures are those of one thing, the earlier first; else of two things.
        is_share: the difference is wanted in per cent of the first figure.
        is_told: it is said which way the figure changed.
    """

    steps: tuple[str, str]
    places: tuple[str, str] = ("", "")
    wanted: Wanted = ""
    is_change: bool = False
    is_share: bool = False
    is_told: bool = False


def difference_of(question: str) -> Difference | None:
    """Return what a question wants subtracted, or None where its words name no two values."""
    question = " ".join(question.split())
    if len(question) > MOST_CHARS:
        return None
    return _more(question) or _change(question) or _difference(question)


def subtract(asked: Difference, findings: Sequence[str]) -> str | None:
    """Return the difference of two findings with both figures; None where they hold none that compare."""
    first, second = findings
    one, other = amount(first), amount(second)
    if one is None or other is None or not _are_alike(first, second):
        return None
    told = (f"{value} {place}".rstrip() for value, place in zip((first, second), asked.places, strict=True))
    values = f"({' and '.join(told)})"
    gain = other - one if asked.is_change else one - other
    # "How many more?" where there are fewer.
    turned = " less" if gain < 0 and asked.wanted == "more" else " more" if gain > 0 and asked.wanted == "less" else ""
    if asked.is_share:
        return f"{abs(other - one) / abs(one):.1%}{turned} {values}" if one else None
    lead = ("an increase of " if gain > 0 else "a decrease of ") if asked.is_told and gain else ""
    number = f"{abs(other - one):,.10f}".rstrip("0").rstrip(".")
    measure = measure_of(first)
    if measure in _SIGNS:
        return f"{lead}{measure}{number}{turned} {values}"
    if measure == "%":
        return f"{lead}{number} percentage points{turned} {values}"
    unit = unit_of(first)
    if unit and unit == unit_of(second):
        number = f"{number} {unit.removesuffix('s') if number == '1' else unit}"
    return f"{lead}{number}{turned} {values}"


def _more(question: str) -> Difference | None:
    """Read "How many more votes did Lund get than Moss?" and "… boats were lost in 1919 than in 1918?"."""
    if not (found := _MORE.search(question)) or _NO_RIVAL.match(found["other"]):
        return None
    lead = f"How {found['many'].casefold()} {found['thing']}".strip()
    one, other, aux = found["one"], found["other"], found["aux"].casefold()
    if begun := _PREPOSITION.match(other):
        before, word, after = one.rpartition(f" {begun[0]} ")
        asked, places = f"{before} {other}", (f"{begun[0]} {after}", other)
        if not word or " than " in other:
            return None
    elif aux == "did" and not _PREPOSITION.search(one) and len(one.split()) > 1:
        name, _, verb = one.rpartition(" ")
        asked, places = f"{other} {verb}", (f"for {name}", f"for {other}")
    else:
        return None
    wanted: Wanted = "more" if found["more"].casefold() == "more" else "less"
    return Difference((f"{lead} {aux} {one}?", f"{lead} {aux} {asked}?"), places=places, wanted=wanted)


def _change(question: str) -> Difference | None:
    """Read "By how much did the population of Aske grow from 1990 to 2000?"."""
    found = _CHANGE.search(question) or _HOW_CHANGED.search(question)
    if (
        found is None
        or " and " in found["other"]
        or not all(date_of(name) or _PERIOD.fullmatch(name) for name in found.group("one", "other"))
    ):
        return None
    asked = replace(_figures(question[: found.start()], found["what"], found["one"], found["other"]), is_change=True)
    told = found.groupdict()
    if "share" not in told:
        is_one = _NUMBER.search(found["what"]) and " and " not in found["what"]
        return replace(asked, is_told=True) if is_one else None
    wanted: Wanted = "more" if told["grew"] else "less" if told["fell"] else ""
    return replace(asked, wanted=wanted, is_share=bool(told["share"]))


def _difference(question: str) -> Difference | None:
    """Read "What is the difference of the number of strikers between 1 May and 3 May?"."""
    if not (found := _DIFFERENCE.search(question)):
        return None
    what, between, both = found["rest"].partition(" between ")
    one, joined, other = both.partition(" and ")
    if not (between and joined) or " and " in other or not _NUMBER.search(what):
        return None
    return _figures(question[: found.start()], what, one, other)


def _figures(lead: str, what: str, one: str, other: str) -> Difference:
    places = _at(one.strip(" ,")), _at(other.strip(" ,"))
    asked = f"{lead}{'what' if lead else 'What'} was {what}"
    steps = f"{asked} {places[0]}?", f"{asked} {places[1]}?"
    return Difference(steps, places=places)


def _at(name: str) -> str:
    if _PREPOSITION.match(name):
        return name
    dated = date_of(name)
    if dated and dated.day and not name.casefold().startswith("the "):
        return f"on {name}"
    return f"in {name}" if year_or_date(name) else f"of {name}"


def _are_alike(first: str, second: str) -> bool:
    """Tell whether two findings hold one exact figure each, in the same measure, currency, unit and scale."""
    if any(len(_FIGURE.findall(text)) > 1 or date_of(text) or _AT_LEAST.search(text) for text in (first, second)):
        return False
    if bool(_SCALE.search(first)) != bool(_SCALE.search(second)):
        return False
    return _marks(first) == _marks(second) or any(_BARE.fullmatch(text) for text in (first, second))


def _marks(text: str) -> str:
    """Return what a figure is of: its currency, its measure, or the words beside it."""
    currency = _CURRENCY.search(text)
    return currency[0].casefold().removesuffix("s") if currency else measure_of(text) or unit_of(text).casefold()
