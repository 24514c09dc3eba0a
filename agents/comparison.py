"""Comparisons of two things by what was found for each: earlier or later, more or less, the same or not, in common.

A small model compares badly: with both years found it still names the wrong one (docs/decisions/0022), so code does.
Where the findings hold no two values that compare, nothing is said, and the manager answers from them.

Source: ours; as Oolong (arXiv 2511.02817) leaves counting to code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .amount import amount, measure_of
from .compound import MOST_WORDS
from .dates import YEAR
from .support import content_words

Wanted = Literal["least", "most", "same", "common"]

_LEAST = "first earlier earliest older oldest before fewer less least smaller smallest shorter shortest lower lowest"
_MOST = (
    "later latest younger youngest newer newest recent recently last more most larger largest longer longest higher"
    " highest bigger biggest greater greatest taller tallest"
)
_WORD = rf"\b(?P<word>{'|'.join((*_LEAST.split(), *_MOST.split()))})\b"
_WHICH = re.compile(rf"^\W*(?:which|who|what|whose|between)\b.*?{_WORD}(?P<rest>.*)$", re.IGNORECASE)
_ASKS = re.compile(r"^\W*(?:which|who|what)\b", re.IGNORECASE)
_EITHER = re.compile(r"[,:]\s*(?:is it |was it )?(?P<one>.+?),?\s+or\s+(?P<other>.+?)\s*\?*\s*$", re.IGNORECASE)
_BARE_EITHER = re.compile(r"^\s+(?P<one>.+?),?\s+or\s+(?P<other>.+?)\s*\?*\s*$", re.IGNORECASE)
# Words in lower case end the second name: titles hold such words too.
_ENDS = r"(?-i:both|have|has|share|are|were|live|located|based|come|(?:born |from |in |of )*the same)"
_BOTH = re.compile(
    rf"^\W*(?:are|were|is|was|do|did|does|have|has)\b(?P<one>.+?)\s+and\s+(?P<other>.+?)\s+(?={_ENDS}\b).*\bsame\b",
    re.IGNORECASE,
)
# "What profession did Ada Berg and Olaf Berg both hold?"
_COMMON = re.compile(
    r"^\W*(?:what|which)\s+(?:(?:type|kind|sort|form)s?\s+of\s+)?\w+\s+(?:do|does|did)\s+(?P<one>.+?)\s+and\s+(?P<other>.+?)"
    r"\s+(?:both\s+)?(?:have|has|hold|practi[cs]e|share)(?:\s+in\s+common)?\W*$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|;|\band\b)\s*")
_OF_WHAT = re.compile(r"\s(?:of|at|in|for|from|to|with|by)\s")
_NOT = re.compile(r"\b(?:not?|never|without)\b", re.IGNORECASE)
_SHARED = re.compile(r"\b(?:both|share|in common)\b", re.IGNORECASE)
_REFERENCE = re.compile(r"\[(\d+)\]")
# "The Lady" keeps its article, "the Lady" does not.
_ARTICLE = re.compile(r"^(?:(?-i:the|a|an)|both|film|movie|song|book|magazine|films|of)\s+", re.IGNORECASE)
_OF_SEVERAL = re.compile(r"\w+est|first|last|most|least")
_OF_AGE = ("older", "oldest", "younger", "youngest")
# "American", not "the United States".
_OF_PEOPLE = re.compile(r"(?:an|ish|ese|i|ch)$")
# Ages turn "older" round; a value above this is a year.
_MOST_AGE = 150


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: two things by their names, and which of them is wanted."""

    one: str
    other: str
    wanted: Wanted
    by_age: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and the values that it was decided by."""

    answer: str
    values: tuple[str, str]


def comparison_of(question: str) -> Comparison | None:
    """Return what a question compares, or None where it names no two things to compare."""
    words = question.split()
    if len(words) > MOST_WORDS:
        return None
    question = " ".join(words)
    if found := _BOTH.search(question):
        one, other = _bare(found["one"]), _bare(found["other"])
        return Comparison(one, other, "same") if one and other else None
    if (found := _COMMON.search(question)) and _SHARED.search(question):
        one, other = _bare(found["one"]), _bare(found["other"])
        are_two = one[:1].isupper() and other[:1].isupper() and "," not in one + other
        return Comparison(one, other, "common") if are_two else None
    if not (asked := _WHICH.search(question)):
        return None
    found = _EITHER.search(asked["rest"]) or _BARE_EITHER.search(asked["rest"])
    if found is None or re.search(r"\bthan\b", f"{found['one']} {found['other']}"):
        return None
    word, one, other = asked["word"].casefold(), _bare(found["one"]), _bare(found["other"])
    # "The largest, A, B or C" are three; only a comparative says that a comma belongs to a name.
    if not one or not other or ("," in one and _OF_SEVERAL.fullmatch(word)):
        return None
    wanted: Wanted = "least" if word in _LEAST.split() else "most"
    return Comparison(one, other, wanted, word in _OF_AGE)


def either_of(question: str) -> tuple[str, str] | None:
    """Return the two things, by their names, between which a question leaves the choice: "Which is a film, A or B?"."""
    if " or " not in question or not _ASKS.match(question):
        return None
    found = _EITHER.search(" ".join(question.split()))
    if found is None or "," in found["one"] + found["other"]:
        return None
    one, other = _bare(found["one"]), _bare(found["other"])
    return (one, other) if one[:1].isupper() and other[:1].isupper() else None


def compare(asked: Comparison, steps: Sequence[str], findings: Sequence[str]) -> Verdict | None:
    """Compare what the last look-up for each thing found.

    Args:
        asked: what is compared.
        steps: the plan; a look-up is about a thing where it names it, or refers to a look-up that is.
        findings: its findings, "" where nothing was found.

    Returns:
        None where a value is missing or the two do not compare.
    """
    first = _value(asked.one, asked.other, steps, findings)
    second = _value(asked.other, asked.one, steps, findings)
    if not first or not second:
        return None
    if asked.wanted == "same":
        same = _same(first, second, by_nationality="nationality" in " ".join(steps))
        return None if same is None else Verdict("yes" if same else "no", (first, second))
    if asked.wanted == "common":
        both = _in_common(first, second) or _in_common(second, first)
        return Verdict(both, (first, second)) if both else None
    one, other = amount(first), amount(second)
    if one is None or other is None or one == other or _differ(measure_of(first), measure_of(second)):
        return None
    lower = one < other
    if asked.by_age and max(one, other) < _MOST_AGE:
        lower = not lower
    chosen = asked.one if lower == (asked.wanted == "least") else asked.other
    return Verdict(chosen, (first, second))


def _value(name: str, other: str, steps: Sequence[str], findings: Sequence[str]) -> str:
    """Return the finding of the last look-up that is about one thing and not about the other."""
    about: list[set[str]] = []
    for step in steps:
        named = {thing for thing in (name, other) if _names(step, thing)}
        for number in _REFERENCE.findall(step):
            named |= about[int(number) - 1] if int(number) <= len(about) else set()
        about.append(named)
    own = [found for found, named in zip(findings, about, strict=False) if named == {name}]
    return own[-1] if own else ""


def _names(step: str, thing: str) -> bool:
    words = content_words(thing)
    return bool(words) and words <= content_words(step)


def _same(first: str, second: str, by_nationality: bool) -> bool | None:
    """Tell whether two findings say the same; None where that is unclear: "American" and "the United States"."""
    years = YEAR.findall(first), YEAR.findall(second)
    if all(years):
        return years[0][0] == years[1][0]
    one, other = content_words(first), content_words(second)
    if not one or not other:
        return None
    if one <= other or other <= one:
        return True
    alike = any(word[:4] == known[:4] for word in one for known in other)
    of_people = [any(_OF_PEOPLE.search(word) for word in words) for words in (one, other)]
    return None if by_nationality and (alike or of_people[0] != of_people[1]) else False


def _in_common(first: str, second: str) -> str:
    """Return what both findings say somebody or something is; "" where that is unclear.

    "director and actor" and "film director" have "director" in common, "film director" and "film critic" nothing: what
    a thing is called by, the last word before "of", "at" or "in", must stand in both.
    """
    if _NOT.search(f"{first} {second}"):
        return ""
    shared = content_words(second)
    found = (_shared_end(part, shared) for part in _AND.split(first))
    return ", ".join(part for part in found if part)


def _shared_end(part: str, shared: set[str]) -> str:
    """Return the last words of what something is called by that all stand in the other finding."""
    kept: list[str] = []
    for word in reversed(_OF_WHAT.split(part, maxsplit=1)[0].split()):
        words = content_words(word)
        if not words or not words <= shared:
            break
        kept.insert(0, word)
    return " ".join(kept)


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _bare(name: str) -> str:
    name = name.strip(" ,.?\"'“”")
    while (shorter := _ARTICLE.sub("", name)) != name:
        name = shorter
    return name.strip()
