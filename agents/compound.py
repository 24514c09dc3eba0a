"""Whether a question may join facts, by its words: only such a question needs a plan. English only.

A plan for a question that asks for one fact costs a call and often asks for something else, and what it finds on the
way keeps a question without an answer from being refused (docs/decisions/0025).
"""

import re

_NO_ROLE = (
    r"(?:f?or|n?ever|over|after|under|other|another|per|whether|n?either|rather|together|however|lower|higher"
    r"|number|paper|order|letter|water|power|matter|quarter|chapter|charter|register|tower|river|center|cover|error"
    r"|floor|door|color|factor|sector|list)\b"
)
ROLE = (
    rf"(?!{_NO_ROLE})(?:\w+(?:er|or|ist|ess)|wife|husband|spouse|parents?|son|child|sibling|uncle|aunt|cousin|nephew"
    r"|niece|star|head|king|queen|president|company)"
)
"""Who or what somebody is to another: a pattern."""

# What is longer tells a story, and its descriptions are not what is asked.
MOST_WORDS = 60

# "In which year…" asks, and "the year in which" tells more about it.
_ASKING = re.compile(r"^\W*(?:\w+\s){0,2}?(?:which|what|who|whom|whose|where)\b", re.IGNORECASE)
_IS_THE = r"^\W*(?:who|what|which) (?:is|was|are|were)"
_RELATIVE = r"\w\s+(?:that|who|whose|whom|where|which|named after|called(?! that\b))\s+\w"
_COMPARED = r"\b(?:both|same|than)\b|,[^,]*\bor\b"
_OWNED = r"(?<=[\w)])['’]s?\s"
_ROLE_OF_OWNER = rf"{_OWNED}+(?:[\w-]+\s+){{0,2}}?{ROLE}\b"
# "The end of", "the number of" and the like say nothing of a thing's relation to another.
_EMPTY = ("as", "end", "out", "amount", "number", "type", "kind", "name", "part", "percentage", "shares", "results")
_OF = rf"{''.join(rf'(?<!{word} )' for word in _EMPTY)}\bof\b"
_JOINED = re.compile(rf"{_RELATIVE}|{_COMPARED}|{_ROLE_OF_OWNER}|{_OF}.*{_OF}|{_OWNED}.*{_OWNED}", re.IGNORECASE)
_ROLE_OF = re.compile(rf"\bthe {ROLE} (?:of|from|in)\b", re.IGNORECASE)
# "According to the maker's drawing" says where to look, and joins nothing.
_SOURCE = re.compile(r"\baccording to (?:the |his |her |their )?[\w'’ -]{1,40}?(?=[,?.]|$)", re.IGNORECASE)
# "Who is the author of X?" asks for the author; "Where was the author of X born?" for more.
_WHO_IS = re.compile(rf"{_IS_THE} (?:the names? of )?the {ROLE} (?:of|from|in)\b[^,]*$", re.IGNORECASE)
# Likewise "Who was X's niece?", and "What was the name of the inn where they stayed?".
_WHOSE = re.compile(
    rf"{_IS_THE} (?:the names? of )?(?P<owner>(?:(?!\bof\b)[^,])*?){_OWNED}+(?:[\w-]+\s+){{0,2}}?{ROLE}\W*$",
    re.IGNORECASE,
)
_WHICH = re.compile(
    rf"{_IS_THE} (?:the names? of )?the (?:(?!of\b)[\w-]+ ){{1,4}}?(?:that|who|whom|whose|where|which)\b", re.IGNORECASE
)


def is_compound(question: str) -> bool:
    """Tell whether a question may join facts: it describes somebody or something that it asks more about ("the firm
    that…", "her father's firm"), compares, or asks for something of something of something."""
    question = _SOURCE.sub("", question)
    if len(question.split()) > MOST_WORDS:
        return False
    if whose := _WHOSE.search(question):
        question = whose["owner"]
    elif which := _WHICH.search(question):
        question = question[which.end() :]
    elif _WHO_IS.search(question):
        return bool(_JOINED.search(question))
    question = _ASKING.sub("", question)
    return bool(_JOINED.search(question) or _ROLE_OF.search(question))
