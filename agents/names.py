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
_SMALL = frozenset("a an & de del der di du la le of the van von".split())
# And in a title that begins with an article: "A Night on the Ferry".
_TITLE_SMALL = _SMALL | frozenset("and at by for from in on to with".split())
_TITLE = re.compile(r"(?:The|An?)\s")
_ARTICLE = re.compile(r"\b(?:the|a|an|this|our)\s$")
# A dot within a name stands behind an initial or a title: "G. Lund", "Dr. Lund".
_INITIAL_CHARS = 2


def names_in(question: str) -> tuple[str, ...]:
    """Return the names that a question holds, in order, by their capitals: "When did The Lady appear?", "The Lady".

    The question's first word, dates, "I" and what a contract calls "the Supplier" are no names; a possessive's ending
    is taken off.
    """
    question = " ".join(question.split())
    names = list[str]()
    begin = end = 0
    for word in list(_WORD.finditer(question))[1:]:
        if not (word[0][0].isupper() or word[0][0].isdigit()):
            continue
        goes_on = begin and _is_between(question[begin:end], question[end : word.start()])
        if goes_on or (word[0][0].isupper() and word[0] != "I"):
            if not goes_on:
                names += _name(question, begin, end)
                begin = word.start()
            end = word.end()
    names += _name(question, begin, end)
    return tuple(dict.fromkeys(names))


def _is_between(name: str, text: str) -> bool:
    """Tell whether a text joins a name and its next word: space, a colon, small words."""
    if "." in text and len(_LETTERS.findall(name)[-1]) > _INITIAL_CHARS:
        return False
    small = _TITLE_SMALL if _TITLE.match(name) else _SMALL
    return all(word in small for word in _WORD.findall(text)) and bool(_BETWEEN.fullmatch(_WORD.sub("", text)))


def _name(question: str, begin: int, end: int) -> list[str]:
    name = _POSSESSIVE.sub("", question[begin:end])
    words = _WORD.findall(name)
    is_date = all(word.casefold() in MONTHS or word[0].isdigit() for word in words)
    is_role = len(words) == 1 and bool(_ARTICLE.search(question[:begin]))
    return [] if is_date or is_role else [name]


def words_beside(question: str, names: Sequence[str]) -> set[str]:
    """Return the telling words of a question that stand in none of its names."""
    for name in names:
        question = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", question)
    return {word for word in telling_words(question) if len(word) > 1}


def is_entry(names: Sequence[str], text: str) -> bool:
    """Tell whether a text is about one of the names: it is its first line, or "NAME (…", "NAME, …", "NAME is …"."""
    return any(bool(words := _LETTERS.findall(name)) and bool(_entry(words).match(text)) for name in names)


def _entry(words: Sequence[str]) -> re.Pattern[str]:
    name = r"\W+".join(map(re.escape, words))
    return re.compile(rf"\W*{name}(?:[^\w\n(,]*(?:\n|$|[(,]|\b(?:is|was|are|were)\b))", re.IGNORECASE)


def holding(names: Sequence[str], texts: Sequence[str]) -> list[int]:
    """Return the places of the texts that hold one of the names, whole, in any case and punctuation."""
    wanted = [_plain(name) for name in names]
    return [place for place, text in enumerate(map(_plain, texts)) if any(name in text for name in wanted)]


def _plain(text: str) -> str:
    return f" {' '.join(_LETTERS.findall(text.casefold()))} "
