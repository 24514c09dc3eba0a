"""Persons who are called by their surname: which lone surnames and titled ones are a full name of the same document.

A lone surname counts only where it can be nobody and nothing else: one full name has it, no longer name goes on behind
it ("James" in "James Moody"), it is no calendar word, and the document never writes it in lower case.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from .key_element import normalise

_HE = frozenset("mr sir lord king prince count baron father brother".split())
_SHE = frozenset("mrs ms miss lady queen princess countess dame sister madame".split())
_TITLES = _HE | _SHE | frozenset(
    "dr prof professor captain capt colonel judge justice senator chair chairman president".split()
)  # fmt: skip
_CALENDAR = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday spring summer autumn winter""".split()
)
_NO_FIRST_NAME = frozenset(
    """new north south east west northern southern eastern western upper lower great little old lake mount port saint st
    fort cape san santa los las el la le de point river isle bay the our royal national federal state united american
    british international general first second third air radio black white red green blue golden silver big""".split()
)
_NO_SURNAME = frozenset(
    """bank board street road company corporation inc ltd committee council office party court act law house school
    university college institute hospital church club union association society department ministry agency service
    county city town island sea river lake bay valley bridge station park museum library press times news energy group
    project plan report award prize cup league war battle row french english german irish welsh scottish dutch spanish
    italian russian chinese japanese american british""".split()
)
_WORD = r"[^\W\d_][^\W\d_’'-]+(?:[-’'][^\W\d_]+)*"
_FULL = re.compile(rf"(?:{_WORD}|[^\W\d_]\.?)(?: (?:{_WORD}|[^\W\d_]\.?)){{0,2}} {_WORD}")
_LOWER = re.compile(r"(?<![\w’'-])[^\W\d_A-Z][^\W\d_]+")
_LEAST_LETTERS = 3


def surnames(forms: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """Map keys of persons called by a surname, a title or an initial to the key of their full name.

    Args:
        forms: the key elements of one document as written, in any order.
        texts: all facts of that document.

    Returns:
        No value is also a key. Two persons with the same surname keep it apart from both, and so do Mr and Mrs.
    """
    written = {form.removesuffix("'s").removesuffix("’s") for form in forms}
    lower = {word for text in texts for word in _LOWER.findall(text)}
    people = {surname: full for surname, full in _people(written).items() if full.split()[0] not in lower}
    leading = {one.casefold() for form in written for one, two in pairwise(form.split()) if two[0].isupper()}
    merged: dict[str, str] = {}
    for form in written:
        titles, rest = _without_titles(form)
        surname = rest[-1].casefold() if rest else ""
        full = people.get(surname)
        if full is None or not rest[-1][0].isupper():
            continue
        first = rest[0].rstrip(".").casefold() if len(rest) > 1 else ""
        is_free = titles or (
            surname not in lower | leading and surname not in _CALENDAR and len(surname) >= _LEAST_LETTERS
        )
        fits = first in ("", full.split()[0]) or (len(first) == 1 and full.startswith(first))
        if normalise(form) != full and fits and (is_free or first) and len(rest) <= 2:
            merged[normalise(form)] = full
    return {key: full for key, full in merged.items() if full not in merged}


def _people(written: Iterable[str]) -> dict[str, str]:
    """Return the full name's key of each surname that one person alone has."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    titled: defaultdict[str, set[str]] = defaultdict(set)
    for form in written:
        titles, rest = _without_titles(form)
        if not rest:
            continue
        surname = rest[-1].casefold()
        titled[surname].update("he" if title in _HE else "she" for title in titles if title in _HE | _SHE)
        if len(rest) > 1 and _is_full_name(rest):
            named[surname].add(normalise(" ".join(rest)))
    people = {surname: _one(keys) for surname, keys in named.items() if len(titled[surname]) < 2}
    return {surname: key for surname, key in people.items() if key is not None}


def _one(keys: set[str]) -> str | None:
    """Return the fullest of names that can all be one person's (initials and middle names aside), or None."""
    firsts = {key.split()[0] for key in keys}
    spelt = {first for first in firsts if len(first) > 1}
    if len(spelt) != 1 or not all(next(iter(spelt)).startswith(first) for first in firsts):
        return None
    return min((key for key in keys if key.split()[0] in spelt), key=lambda key: (len(key), key))


def _without_titles(form: str) -> tuple[list[str], list[str]]:
    words = form.split()
    titles: list[str] = []
    while words and words[0].rstrip(".").casefold() in _TITLES:
        titles.append(words.pop(0).rstrip(".").casefold())
    return titles, words


def _is_full_name(words: list[str]) -> bool:
    capitals = all(word[0].isupper() for word in words) and not any(len(w) > 2 and w.isupper() for w in words)
    capitals = capitals and not any(word.endswith(("'s", "’s")) for word in words)
    barred = words[0].casefold() in _NO_FIRST_NAME or words[-1].casefold() in _NO_SURNAME
    return capitals and not barred and _FULL.fullmatch(" ".join(words)) is not None
