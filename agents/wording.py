"""How models say that something is not told: recognised in one place for workers and the manager."""

import re

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


def is_refusal(text: str) -> bool:
    """Tell whether a reply gives no answer: it is empty, or says that the text does not tell."""
    return not text.strip() or bool(_NOT_TOLD.match(text))
