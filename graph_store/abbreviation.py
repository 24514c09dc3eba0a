"""Abbreviations that a text introduces, as in "Federal Open Market Committee (FOMC)". None is guessed."""

import re
from collections import defaultdict
from collections.abc import Iterable

from .key_element import normalise

_INTRODUCED = re.compile(r"\(\s*(?:the\s+)?[\"“”']?([A-Z][A-Za-z.&\-]{0,9}[A-Z.])s?[\"“”']?\s*\)")
_WORD = re.compile(r"[^\W_][\w’'.]*")
_PASSED_OVER = frozenset({"of", "the", "and", "for", "in", "on", "to", "a", "an", "de", "la", "du", "des"})


def abbreviations(texts: Iterable[str]) -> dict[str, str]:
    """Map the key element of each abbreviation to that of the name it stands for.

    An abbreviation that stands for different names in different places is left out: merging would mix their facts.

    Parameters
    ----------
    texts : iterable of str
        Texts in any order; a long name must stand in the same text as its abbreviation.

    Returns
    -------
    dict of str to str
        Normalised abbreviation to normalised long name. No value is also a key.

    References
    ----------
    Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions", PSB 2003; stricter here:
    every letter must be the initial of a word.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        for match in _INTRODUCED.finditer(text) if "(" in text else ():
            long_name = _long_name(text[max(0, match.start() - 120) : match.start()], match[1])
            if long_name:
                names[normalise(match[1])].add(normalise(long_name))
    certain = {short: next(iter(longs)) for short, longs in names.items() if len(longs) == 1}
    return {short: name for short, name in certain.items() if name not in certain and name != short}


def _long_name(before: str, short: str) -> str:
    """Return the words that end ``before`` whose initials spell ``short``, or an empty string."""
    letters = [c.lower() for c in short if c.isalpha()]
    words = list(_WORD.finditer(before.replace("-", " ")))
    start = 0
    for word in reversed(words):
        initial, passed_over = word[0][0].lower(), word[0].lower() in _PASSED_OVER
        # A preposition may carry a letter inside the name (MOF), never its first.
        if initial == letters[-1] and not (passed_over and len(letters) == 1):
            letters.pop()
            start = word.start()
        elif not passed_over:
            break
        if not letters:
            break
    return "" if letters else before[start:].strip()
