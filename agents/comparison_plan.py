"""The look-ups of a question that compares two things, made by code: what to find out for each.

A small model plans comparisons badly ("Who is older?" as a look-up of its own), and their form is known. Where the
words do not tell what is compared, nothing is said and the planner asks the model.

Source: ours; GraphReader's rational plan (arXiv 2406.14550, section 3.3) is the model's.
"""

import re

from .comparison import Comparison, comparison_of, either_of
from .compound import is_compound

_WORKS = r"\b(?:film|movie|documentary|album|song|single|series|show|game|episode)s?\b"
_PRINTED = r"\b(?:magazine|newspaper|journal|book|novel|weekly|paper|report)s?\b"
_FOUNDED = r"\b(?:company|firm|band|club|school|university|college|team|town|city|bank|party|society)s?\b"
_DONE = (
    "published founded established opened built formed created started launched introduced completed constructed"
    " discovered invented signed held adopted elected appointed incorporated"
)
_ATTRIBUTES: tuple[tuple[str, str], ...] = (
    (r"\bborn\b", "When was {} born?"),
    (r"\b(?:died|death)\b", "When did {} die?"),
    (r"\b(?:released?|came out|come out|premiered)\b", "When was {} released?"),
    (rf"\b(?P<done>{'|'.join(_DONE.split())})\b", "When was {} DONE?"),
    (r"\b(?:populat\w+|inhabitants|more people|fewer people)\b", "What is the population of {}?"),
    (r"\b(?:tall|high)(?:er|est)\b", "How high is {}?"),
    (r"\b(?:larg|bigg)(?:er|est)\b", "How large is {}?"),
)
_AGE = re.compile(r"\b(?:old|young)(?:er|est)\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:came|was|is|come) (?:first|earlier|later|last)\b", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"['’]s?\s|\b(?:man|woman|actor|actress|captain|star|executive)s?\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:whose |the |a )?(?P<role>director|author|writer|performer|singer|composer|founder|producer|editor|architect"
    r"|designer|painter|creator|screenwriter|president|owner|father|mother|husband|wife)s?\b",
    re.IGNORECASE,
)

# What somebody is can be looked up by these; "What type of boat do Alma and Berta have in common?" by its own words.
_SHARED_KIND = re.compile(
    r"^\W*(?:what|which)\s+(?:(?P<kind>(?:type|kind|sort|form)s?\s+of\s+\w+)(?=.*\b(?:in common|share)\b)"
    r"|(?P<property>occupation|profession|career|job|nationality|citizenship|genre|religion|position|title|rank)\b)",
    re.IGNORECASE,
)


def comparison_steps(asked: Comparison, question: str) -> tuple[str, ...]:
    """Return the look-ups for both things; none where the words do not tell what to find out.

    Where it compares persons by what they made ("the film whose director…"), these are looked up first.
    """
    if asked.wanted == "common":
        return _shared_steps(asked, question)
    before, _, after = " ".join(question.split()).partition(asked.one)
    clause = before if after else question
    rest = after.rpartition(asked.other)[2]
    words = f"{clause} {rest}"
    person = _PERSON.search(words)
    attribute = _same_attribute(words) if asked.wanted == "same" else _attribute(words, is_person=bool(person))
    if not attribute:
        return ()
    if person is None:
        return attribute.format(asked.one), attribute.format(asked.other)
    role = person["role"].casefold()
    who = (f"Who is the {role} of {asked.one}?", f"Who is the {role} of {asked.other}?")
    return *who, attribute.format("[1]"), attribute.format("[2]")


def is_choice(question: str) -> bool:
    """Tell whether a question leaves the choice between two named things by what is told of each.

    No look-up comes first then: "Which is a weekly, A or B?", but not "Which film has the director from Oslo, A or B?".
    """
    named = either_of(question)
    if named is None or comparison_of(question) is not None:
        return False
    asked = question.partition(named[0])[0]
    return not (_PERSON.search(asked) or _OF_ANOTHER.search(asked) or is_compound(asked))


def _shared_steps(asked: Comparison, question: str) -> tuple[str, ...]:
    """Return the look-ups for what two things have in common; none where what it is of each cannot be asked for."""
    if not (found := _SHARED_KIND.match(question)):
        return ()
    template = f"What {found['kind']} is {{}}?" if found["kind"] else f"What is the {found['property']} of {{}}?"
    return template.format(asked.one), template.format(asked.other)


def _same_attribute(words: str) -> str:
    """Return what to find out for each of two things that may share it; "" where the words do not tell."""
    if re.search(r"\bnationalit(?:y|ies)\b", words, re.IGNORECASE):
        return "What is the nationality of {}?"
    place = re.search(r"\bsame (country|city|town|state|county|continent|region)\b", words, re.IGNORECASE)
    born = re.search(r"\bborn\b", words, re.IGNORECASE)
    if place:
        return f"In which {place[1].casefold()} {'was {} born' if born else 'is {}'}?"
    done = re.search(rf"\b(born|released|{'|'.join(_DONE.split())})\b.*\bsame year\b", words, re.IGNORECASE)
    return f"In which year was {{}} {done[1].casefold()}?" if done else ""


def _attribute(words: str, is_person: bool) -> str:
    for pattern, template in _ATTRIBUTES:
        if found := re.search(pattern, words, re.IGNORECASE):
            return template.replace("DONE", found.groupdict().get("done", "").casefold())
    if not (_AGE.search(words) or _FIRST.search(words)):
        return ""
    if is_person:
        return "When was {} born?"
    for kind, done in ((_WORKS, "released"), (_PRINTED, "published"), (_FOUNDED, "founded")):
        if re.search(kind, words, re.IGNORECASE):
            return f"When was {{}} {done}?"
    return "When was {} born?" if _AGE.search(words) else "In which year was {}?"
