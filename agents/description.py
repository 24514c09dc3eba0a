"""Plans by code: what a question only describes ("the yard that built the barge", "the founder's daughter") is looked
up first, the innermost description foremost, and its name then stands in the question.

A small model plans such questions badly and at the price of a call (docs/decisions/0024). English only: other questions
are parsed as nonsense, which the checks here and `planner.covered` refuse.

Source: GraphReader's rational plan (arXiv 2406.14550, section 3.3); finding it in the dependency parse is ours.
"""

import re
from typing import TYPE_CHECKING

from ..graph_store.lexical import telling_words
from ..graph_store.spacy_pipeline import SpacyPipeline
from .compound import ROLE

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

_PARSER = SpacyPipeline("ner")
# Names that no text has, so that the parser takes what was found for a name.
_STANDINS = ("Kelvar", "Mornat", "Sulten")
_NAMING = frozenset({"name", "names", "called", *(name.lower() for name in _STANDINS)})
_PEOPLE = frozenset(
    """person man woman wife husband spouse parent mother father son daughter child sibling brother sister uncle
    aunt grandfather grandmother grandson granddaughter cousin nephew niece king queen president star head chair
    skipper boy girl guy singer writer founder performer composer owner player footballer leader teacher officer
    keeper lawyer producer designer painter photographer screenwriter songwriter manager minister engineer ruler
    member author discoverer builder maker""".split()
)
_PERSONAL = re.compile(r"\w+(?:tor|ist|ess|man|woman)$")
# What is left where a description took the verb along ("On what channel is [1]?").
_BARE = re.compile(r"\b(?:do|does|did|is|are|was|were|has|have|had)$")
_QUESTION_TAGS = ("WP", "WRB", "WDT", "WP$")
_MAY_FOLLOW = ("PUNCT", "VERB", "AUX", "ADP", "PART", "CCONJ", "SCONJ", "ADV", "DET", "NUM")


def description_steps(question: str, most: int) -> tuple[str, ...]:
    """Return look-ups with references to earlier ones ("[1]"), or none where nothing is described or all is unclear.

    Args:
        question: as asked.
        most: the most look-ups.
    """
    with _PARSER.open() as pipeline:
        plan = _take_out(pipeline, " ".join(question.split()), min(most, len(_STANDINS) + 1) - 1)
    return plan if all(step.count("(") == step.count(")") for step in plan) else ()


def _take_out(pipeline: "Language", question: str, most: int) -> tuple[str, ...]:
    left, steps = question, list[str]()
    while len(steps) < most and (found := _innermost(pipeline(left))):
        rest = f"{left[: found.start_char]}{_STANDINS[len(steps)]}{left[found.end_char :]}"
        # "What is the name of the founder's daughter?" asks for the description itself.
        if not _asked_beside(rest) or (_BARE.search(left[: found.start_char].rstrip()) and _ends(left, found)):
            break
        described = f"the{found.text[3:]}" if found[0].lower_ == "the" else found.text
        steps.append(f"{'Who' if _is_person(found.root.lemma_) else 'What'} is {described}?")
        left = rest
    return tuple(_with_references(step) for step in (*steps, left)) if steps else ()


def _asked_beside(rest: str) -> set[str]:
    return set(telling_words(rest)) - _NAMING


def _ends(question: str, found: "Span") -> bool:
    return not telling_words(question[found.end_char :])


def _innermost(doc: "Doc") -> "Span | None":
    """Return the description that holds no other one, the first of those; None where one is not to be told."""
    found = [span for token in doc if (span := _description(token))]
    return min(found, key=lambda span: (len(span), span.start), default=None)


def _description(token: "Token") -> "Span | None":
    """Return the whole noun phrase of a noun that is described, where it can be taken out of its question."""
    if token.pos_ != "NOUN" or not token.text.islower() or not _is_described(token):
        return None
    doc, last = token.doc, token.right_edge
    end = last.i if last.tag_ == "POS" else last.i + 1
    span = doc[token.left_edge.i : end]
    is_whole = {t.i for t in token.subtree} | {last.i} == set(range(token.left_edge.i, last.i + 1))
    is_definite = span[0].lower_ == "the" or any(_owns(child) for child in token.children)
    asks = any(t.tag_ in _QUESTION_TAGS and not _in_clause_of(t, token) for t in span)
    return span if is_whole and is_definite and not asks and not _cuts_a_name(span) else None


def _cuts_a_name(span: "Span") -> bool:
    """Tell whether a name goes on beyond the phrase: "Here | Comes the Boom", "Paul Blart | : Mall Cop"."""
    doc = span.doc
    before, after = doc[max(span.start - 1, 0)], doc[min(span.end, len(doc) - 1)]
    begins_late = span.start > 1 and (before.is_title or before.is_digit or before.pos_ in ("PROPN", "NUM"))
    return begins_late or after.is_title or after.text == ":" or after.pos_ not in _MAY_FOLLOW


def _owns(child: "Token") -> bool:
    return child.dep_ == "poss" and child.tag_ not in ("PRP$", "WP$")


def _is_described(token: "Token") -> bool:
    for child in token.children:
        if child.dep_ == "relcl" or (child.dep_ == "acl" and child.tag_ in ("VBN", "VBG")):
            return True
        joins = _owns(child) or (child.lower_ == "of" and any(c.dep_ == "pobj" for c in child.children))
        if joins and (_is_person(token.lemma_) or re.fullmatch(ROLE, token.lemma_)):
            return True
    return False


def _in_clause_of(token: "Token", noun: "Token") -> bool:
    clauses = (child for child in noun.subtree if child.dep_ in ("relcl", "acl"))
    return any(token == clause or clause.is_ancestor(token) for clause in clauses)


def _is_person(noun: str) -> bool:
    return noun in _PEOPLE or bool(_PERSONAL.match(noun))


def _with_references(step: str) -> str:
    for number, standin in enumerate(_STANDINS, 1):
        step = step.replace(standin, f"[{number}]")
    return step
