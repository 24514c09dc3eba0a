"""How models say that something is not told: recognised in one place for workers and the manager."""

import re

_NOT_TOLD = re.compile(
    r"^\W*(?:(?:it |this |that |the answer )?(?:is |are )?not (?:in|stated|mentioned|given|specified|told|found|"
    r"provided|available|answered)\b|"
    r"(?:the )?(?:passages?|documents?|text)\b.{0,30}\b(?:do(?:es)? not|don't|doesn't)\b|"
    r"unknown\W*$|n/a\W*$|none of the passages\b)",
    re.IGNORECASE,
)


def is_refusal(text: str) -> bool:
    """Tell whether a reply gives no answer: it is empty, or says that the text does not tell."""
    return not text.strip() or bool(_NOT_TOLD.match(text))
