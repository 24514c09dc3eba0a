"""How models say that something is not told: recognised in one place for workers and the manager."""

import re

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
    if _CHOICE.search(question) or not content_words(text) - {"yes", "no"}:
        return False
    # "Ada and Olaf" are to be chosen between as well.
    return said in asked and f"{said}and " not in asked and f" and{said}" not in asked


def is_refusal(text: str) -> bool:
    """Tell whether a reply gives no answer: it is empty, or says that the text does not tell."""
    return not text.strip() or bool(_NOT_TOLD.match(text))
