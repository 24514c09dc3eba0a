"""Plans by the form of a question, where its parse fails: a relation of somebody named, or what ends the question.

English only, as description.py, which parses: names with commas, titles in capitals and brackets, of which the parser
makes nothing, are taken as they stand (docs/decisions/0032).

Source: GraphReader's rational plan (arXiv 2406.14550, section 3.3); the forms are ours.
"""

import re

from .compound import ROLE
from .description import PEOPLE, RELATIVES, TIMES, asked_beside, names_person

_CASES = frozenset("case event situation circumstances extent".split())
_VERB = re.compile(r"\b(?:is|was|are|were|do|does|did|has|had)\b")
_POSSESSIVE = re.compile(r"['’]s?\s")
_OWNER = re.compile(
    r"(?P<head>\S+ .*?)(?:\bthe )?\b(?P<owner>[A-Z].*?)['’]s?\s"
    rf"(?P<role>{'|'.join(sorted(PEOPLE))}|director)\b(?!-)(?P<rest>.*)$"
)
# What stands at the end of a question ends with it: "the director of film The Ferry?", "in the town where it stands?".
_KINDS = "film|movie|song|album|book|novel|play|series|show|game|company"
_LAST = re.compile(
    rf"(?P<head>\S.* )the (?P<thing>{ROLE} of (?:(?:the )?(?:{_KINDS}) )?[A-Z]\S*(?: (?:[a-z]{{1,4}} )?[\d(A-Z&]\S*)*"
    rf"|(?:(?<= (?:in|at|to|of|by) the )|(?<= (?:from|with) the ))(?:[\w-]+ ){{1,5}}?(?:whose?|where) [^,]+)\?$"
)
# Texts tell somebody's parents and spouse, and further relations seldom but by way of those.
_KIN = re.compile(
    r"(?:the )?(?:(?P<line>paternal|maternal) grand(?P<elder>father|mother)|(?P<parent>father|mother)-in-law)\b"
)
_KIN_OF = re.compile(
    r"Who (?:is|was) (?:the (?P<kin>[\w -]+?) of (?P<name>[^,]+)|(?P<owner>[A-Z].*?)['’]s? (?P<own>[\w -]+))\?$"
)
# "Grey Harbour starred the actor who had what nickname?": what is asked stands in the clause that describes.
_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_ASKED_LAST = re.compile(r"\b(?:what|(?:at|by|for|from|in|of|on|to) which|how (?:many|much))\b")
_NO_STATEMENT = re.compile(r"^\W*(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would)\b|,$", re.IGNORECASE)
# "The chair said that the fee would rise to what amount?": no clause describes the chair.
_TELLS = re.compile(
    r"\b(?:sa(?:id|ys?)|state[sd]?|found|finds?|decide[sd]?|announce[sd]?|told|agree[sd]?|note[sd]?|show(?:s|ed)?)$"
)
_CLAUSE = re.compile(r" (?:who|that|which) ")
_ARTICLE = re.compile(r" (?:the|an?|this) (?=[a-z])")
_SENTENCE_END = re.compile(r"[.:;!?]\s")
_LINES = {"paternal": "father", "maternal": "mother"}


def owner_steps(question: str) -> tuple[str, ...]:
    """Return two look-ups for what is asked of a relation of somebody who is named: "Where did Ada's wife die?"."""
    found = _OWNER.match(" ".join(question.split()))
    if found is None or _POSSESSIVE.search(found["rest"]) or _VERB.search(found["owner"]):
        return ()
    if not asked_beside(f"{found['head']} {found['rest']}"):
        return ()
    return f"Who is {found['owner']}'s {found['role']}?", f"{found['head']}[1]{found['rest']}"


def last_steps(question: str) -> tuple[str, ...]:
    """Return two look-ups for a description that ends a question: "Who is the wife of the director of The Ferry?"."""
    found = _LAST.match(" ".join(question.split()))
    if found is None or not asked_beside(found["head"]):
        return ()
    thing = found["thing"]
    clause = re.search(r"(\S+) (?:whose?|where) ", thing)
    # A description within it is to be looked up first; times and cases have no name.
    if clause and (clause[1] in TIMES | _CASES or any(w in RELATIVES for w in thing[clause.end() :].split())):
        return ()
    is_person = " who " in thing or names_person(clause[1] if clause else thing.split()[0])
    if not (clause or is_person):
        return ()
    return f"{'Who' if is_person else 'What'} is the {thing}?", f"{found['head']}[1]?"


def stated_steps(question: str) -> tuple[str, ...]:
    """Return two look-ups for a statement that ends in what is asked of a thing that it describes.

    "Grey Harbour starred the actor who had what nickname?": "Grey Harbour starred which actor?" comes first.
    """
    said = " ".join(question.split())
    asked = _last(_ASKED_LAST, said)
    clause = asked and _last(_CLAUSE, said[: asked.start()])
    article = clause and _last(_ARTICLE, said[: clause.start()])
    if not (clause and article) or _SENTENCE_END.search(said) or not said.endswith("?"):
        return ()
    head, thing = said[: article.start()], said[article.end() : clause.start()]
    if _ASKING.search(f"{head} {thing}") or _NO_STATEMENT.search(head) or _TELLS.search(thing):
        return ()
    return (f"{head} which {thing}?", f"[1] {said[clause.end() :]}") if asked_beside(head) else ()


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def kin_steps(question: str) -> tuple[str, ...]:
    """Return two look-ups for a relation that goes by way of a parent or a spouse: "Who is Ada's mother-in-law?"."""
    found = _KIN_OF.match(" ".join(question.split()))
    kin = _KIN.fullmatch(found["kin"] or found["own"]) if found else None
    if found is None or kin is None:
        return ()
    by_way_of = _LINES[kin["line"]] if kin["line"] else "spouse"
    return (
        f"Who is the {by_way_of} of {found['name'] or found['owner']}?",
        f"Who is the {kin['elder'] or kin['parent']} of [1]?",
    )
