"""Questions for the setting of a story: where and when it takes place, which no sentence of it tells.

Source: ours. Search finds nothing by such words, so the story is read in passages spread from begin to end.
"""

import re

SETTING = "the places, the time and the surroundings in which the story takes place"

_TALE = r"(?:story|novel|novella|tale|play|narrative|book)"
_ASKS = re.compile(
    rf"\bsettings? (?:(?:of|for|in|that|which|where|in which) )?(?:the|this) {_TALE}\b"
    rf"|\b(?:the|this) {_TALE}['’]s settings?\b"
    rf"|\b(?:where|when)\b[^,.?]* (?:does|do|did|is|are|was) (?:the|this|most of the|much of the) {_TALE}s? "
    r"(?:\w+ )?(?:take place|takes place|took place|set|happen|unfold)\b",
    re.IGNORECASE,
)


def asks_setting(question: str) -> bool:
    """Tell whether a question is for the setting of a story as a whole, by its words."""
    return bool(_ASKS.search(question))
