"""The names in a question, and the texts that hold one of them.

Of eight passages found for "Who directed The Ferry?" one is about it and seven are about the like; a small model now
and then answers from one of the seven. So where a text has an entry for the name, as in a dictionary, only passages
that hold the name are read; in a text that tells a story, names stand everywhere (docs/decisions/0032).

Source: ours.
"""

import re
from collections.abc import Sequence

from ..graph_store.lexical import telling_words
from .dates import MONTHS

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*|&")
_LETTERS = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s?$")
# What may stand between two words of one name: "Death of a Clerk", "The Ferry: A Tale", "Lund & Sons".
_BETWEEN = re.compile(r"(?:\s|:|\.)+")
_SMALL = frozenset("a an and & at by de del der di du for from in la le of on the to van von with".split())


def names_in(question: str) -> tuple[str, ...]:
    """Return the names that a question holds, in order, by their capitals: "When did The Lady appear?", "The Lady".

    The question's first word, dates and "I" are no names; a possessive's ending is taken off.
    """
    names = list[str]()
    begin = end = 0
    for word in list(_WORD.finditer(question))[1:]:
        is_capital = word[0][0].isupper() and word[0] != "I"
        goes_on = begin and _is_between(question[end : word.start()])
        if is_capital or (goes_on and word[0][0].isdigit()):
            if not goes_on:
                names += _name(question[begin:end])
                begin = word.start()
            end = word.end()
    names += _name(question[begin:end])
    return tuple(dict.fromkeys(names))


def _is_between(text: str) -> bool:
    """Tell whether a text joins two words of a name: space, a colon, small words."""
    return all(word in _SMALL for word in _WORD.findall(text)) and bool(_BETWEEN.fullmatch(_WORD.sub("", text)))


def _name(text: str) -> list[str]:
    name = _POSSESSIVE.sub("", text)
    is_date = all(word.casefold() in MONTHS or word[0].isdigit() for word in _WORD.findall(name))
    return [] if is_date else [name]


def words_beside(question: str, names: Sequence[str]) -> set[str]:
    """Return the telling words of a question that stand in none of its names."""
    for name in names:
        question = question.replace(name, " ")
    return {word for word in telling_words(question) if len(word) > 1}


def begins_with(names: Sequence[str], text: str) -> bool:
    """Tell whether a text begins with one of the names, in any case and punctuation."""
    return any(_plain(text).startswith(_plain(name)) for name in names)


def holding(names: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Return the places of the texts that hold one of the names, whole, in any case and punctuation."""
    wanted = [_plain(name) for name in names]
    return [place for place, text in enumerate(map(_plain, texts)) if any(name in text for name in wanted)]


def _plain(text: str) -> str:
    return f" {' '.join(_LETTERS.findall(text.casefold()))} "
