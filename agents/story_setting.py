"""Questions for the setting of a story: where and when it takes place, which no sentence of it tells.

Source: ours. Search finds nothing by such words, so the story is read in passages spread from begin to end. Nothing
else may be asked: "How does the setting of the story affect her?" is another question.
"""

import re

SETTING = "the places, the time and the surroundings in which the story takes place"

_TALE = r"(?:the|this) (?:short )?(?:story|novel|novella|tale|play|narrative|book)"
_ASKED = r"(?:(?:please|can you|could you|describe|tell me about|what (?:is|are|was|were)|what['’]s) )*"
_ASKS = re.compile(
    rf"^\W*{_ASKED}(?:the )?(?:main )?"
    rf"(?:settings? (?:(?:of|for|in|that|which|where|in which) )?{_TALE}|{_TALE}['’]s settings?)"
    r"(?: (?:takes? place|is set)(?: in)?)?\W*$"
    r"|^\W*(?:where|when|(?:in )?(?:which|what) (?:city|town|country|place|year|century|era|time|time period))"
    rf"(?: and (?:where|when))? (?:does|do|is) (?:(?:most|much) of )?{_TALE} (?:\w+ly )?"
    r"(?:take place|set|happen|unfold)(?: in)?\W*$",
    re.IGNORECASE,
)


def asks_setting(question: str) -> bool:
    """Tell whether a question is for the setting of a story as a whole and for nothing else, by its words."""
    return bool(_ASKS.search(question))
