"""How models say that something is not told: recognised in one place for workers and the manager."""

import re
from collections.abc import Iterable

from ..graph_store.sentences import sentences
from .support import content_words

_TEXT = r"(?:the|this|these|any|given|provided)?\s*(?:given |provided )?(?:passages?|documents?|text|context)"
_TOLD = r"(?:stated|mentioned|specified|given|told|found|provided|described|known|answered|disclosed|included)"
_TELL = r"(?:say|tell|mention|state|provide|contain|give|specify|answer)"
_NOT_TOLD = re.compile(
    rf"^\W*(?:"
    rf"(?:[^.]{{0,80}}\b(?:is|are|was|were) )?not (?:explicitly )?{_TOLD}(?:\W*$| (?:in|by|anywhere)\b)"
    rf"|(?:(?:it|this|that|the answer) (?:is|was) )?not (?:available|present|in)\b(?:\W*$| (?:in )?{_TEXT}\W*$)"
    rf"|(?:there (?:is|are|was) )?no (?:such )?(?:information|mention|answer|data|details?)\b"
    rf"|{_TEXT} (?:do(?:es)? not|don't|doesn't|did not) {_TELL}\b"
    rf"|none of {_TEXT}\b|i (?:do not|don't) know\b|(?:it )?cannot be (?:determined|answered|found)\b"
    rf"|unknown\W*$|n/a\W*$|unanswerable\W*$)",
    re.IGNORECASE,
)


_DENIED = re.compile(r"\b(?:not?|none|never|nothing|nobody|\w+n[’']t)\b", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"^\W*(?:is|was|are|were|did|does|do|has|have|had|can|could|will|would|may|must|should)\b", re.IGNORECASE
)
_HOW_MANY = re.compile(r"\bhow many\b", re.IGNORECASE)
_CHOICE = re.compile(r"\b(?:or|between)\b", re.IGNORECASE)
_WORDS = re.compile(r"\w+(?:[.,]\w+)*")
_ARTICLES = ("a", "an", "the", "s")


def is_echo(text: str, question: str) -> bool:
    """Tell whether a reply only repeats words of a question that leaves no choice between them.

    A small model that finds nothing names somebody whom the question names ("Who is the director's uncle?" "The
    director"). "Yes" and "no" are no such words.
    """
    said, asked = (
        f" {' '.join(word for word in _WORDS.findall(it.casefold()) if word not in _ARTICLES)} "
        for it in (text, question)
    )
    if _CHOICE.search(question) or _YES_OR_NO.search(question) or not content_words(text) - {"yes", "no"}:
        return False
    # "How many of the 12 voted?" "12".
    if _HOW_MANY.search(question) and said.replace(",", "").strip().isdigit():
        return False
    # "Ada and Olaf" are to be chosen between as well.
    return said in asked and f"{said}and " not in asked and f" and{said}" not in asked


def is_refusal(text: str, read: Iterable[str] = ()) -> bool:
    """Tell whether a reply gives no answer: it is empty, or says that the text does not tell.

    Args:
        text: the reply.
        read: what was read. Where a sentence of it says the same ("The log book was not found."), it is an answer.
    """
    if not text.strip():
        return True
    return bool(_NOT_TOLD.match(text)) and not _is_said(text, read)


def _is_said(text: str, read: Iterable[str]) -> bool:
    words = content_words(text)
    if len(words) < 2:
        return False
    told = (span.of(passage) for passage in read for span in sentences(passage))
    return any(_DENIED.search(sentence) and words <= content_words(sentence) for sentence in told)
