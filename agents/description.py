"""Plans by code: what a question only describes ("the yard that built the barge", "the founder's daughter") is looked
up first, the innermost description foremost, and its name then stands in the question.

A small model plans such questions badly and at the price of a call (docs/decisions/0024). English only: other questions
are parsed as nonsense, which the checks here and `planner.covered` refuse.

Source: GraphReader's rational plan (arXiv 2406.14550, section 3.3); finding it in the dependency parse is ours.
"""

import re
from dataclasses import dataclass
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
PEOPLE = frozenset(
    """person man woman wife husband spouse parent mother father son daughter child sibling brother sister uncle
    aunt grandfather grandmother grandson granddaughter cousin nephew niece king queen president star head chair
    skipper boy girl guy singer writer founder performer composer owner player footballer leader teacher officer
    keeper lawyer producer designer painter photographer screenwriter songwriter manager minister engineer ruler
    member author discoverer builder maker""".split()
)
# "The three months ended March 31" are no thing that has a name.
TIMES = frozenset("day week month quarter year period season decade century".split())
_PERSONAL = re.compile(r"\w+(?:(?<!mo)(?<!ac)tor|ist|(?<!n)(?<!dr)(?<!oc)(?<!cc)(?<!gr)ess|man|woman)$")
# What is left where a description took the verb along ("On what channel is [1]?").
_BARE = re.compile(r"\b(?:do|does|did|is|are|was|were|has|have|had)$")
_QUESTION_TAGS = ("WP", "WRB", "WDT", "WP$")
_VERB_TAGS = ("VB", "VBD", "VBG", "VBN")
RELATIVES = frozenset({"who", "whom", "whose", "which", "that"})
# "When was the decision made that the pier be closed?", "Who was told that it closed?": the clause describes nothing.
_TOLD = frozenset(
    """decision claim rule fact law promise agreement announcement news proposal motion condition view belief statement
    order idea theory argument suggestion finding conclusion tell inform advise notify say argue claim believe know
    think show prove decide state announce agree convince persuade assure warn remind promise find assume feel hope see
    note report hold determine require recommend propose order suggest""".split()
)
_FILLED = frozenset({"dobj", "attr", "acomp", "ccomp", "xcomp", "nsubjpass", "prep"})
_MAY_FOLLOW = ("PUNCT", "VERB", "AUX", "ADP", "PART", "CCONJ", "SCONJ", "ADV", "DET", "NUM")


@dataclass(frozen=True, slots=True)
class _Description:
    """A noun phrase that describes; ``clause`` where a verb parts it from its clause ("the person based | who…")."""

    phrase: "Span"
    clause: "Span | None" = None

    def __len__(self) -> int:
        return len(self.phrase) + (len(self.clause) if self.clause is not None else 0)

    @property
    def text(self) -> str:
        phrase, clause = self.phrase.text, "" if self.clause is None else f" {self.clause.text}"
        return (f"the{phrase[3:]}" if self.phrase[0].lower_ == "the" else phrase) + clause

    def left(self, question: str, name: str) -> str:
        """Return what is left to ask, with a name in the place of the description."""
        end, between = self.phrase.end_char, ""
        if self.clause is not None:
            end, between = self.clause.end_char, question[end : self.clause.start_char].rstrip()
        return f"{question[: self.phrase.start_char]}{name}{between}{question[end:]}"

    def takes_all(self, question: str) -> bool:
        """Tell whether nothing stays beside it ("On what channel is [1]?")."""
        before, after = question[: self.phrase.start_char], question[self.phrase.end_char :]
        return self.clause is None and bool(_BARE.search(before.rstrip())) and not telling_words(after)


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
        rest = found.left(left, _STANDINS[len(steps)])
        # "What is the name of the founder's daughter?" asks for the description itself.
        if not asked_beside(rest) or found.takes_all(left):
            break
        steps.append(f"{'Who' if _is_person(found) else 'What'} is {found.text}?")
        left = rest
    return tuple(_with_references(step) for step in (*steps, left)) if steps else ()


def asked_beside(rest: str) -> set[str]:
    """Return the words of what is left of a question that ask for more than a name."""
    return set(telling_words(rest)) - _NAMING


def _innermost(doc: "Doc") -> _Description | None:
    """Return the description that holds no other one, the first of those; None where one is not to be told."""
    found = [told for token in doc if (told := _parted(token) or _description(token))]
    return min(found, key=lambda told: (len(told), told.phrase.start), default=None)


def _parted(noun: "Token") -> _Description | None:
    """Return a noun with a clause after its verb: "Where is the person based who signed the lease?"."""
    doc = noun.doc
    begin = next((i for i in range(noun.i, 0, -1) if doc[i].lower_ == "the"), 0)
    verb, after = noun.i + 1, noun.i + 2
    if after < len(doc) and doc[after].tag_ == "RP":
        after += 1
    if not begin or after + 1 >= len(doc) or noun.pos_ != "NOUN" or doc[-1].text != "?":
        return None
    is_phrase = doc[begin - 1].pos_ == "AUX" and all(t.pos_ in ("NOUN", "ADJ", "NUM") for t in doc[begin + 1 : verb])
    is_parted = doc[verb].tag_ in _VERB_TAGS and doc[after].lower_ in RELATIVES
    if not (is_phrase and is_parted and noun.text.islower()) or _tells(noun, doc[verb], doc[after]):
        return None
    return _Description(doc[begin:verb], doc[after:-1])


def _tells(noun: "Token", verb: "Token", relative: "Token") -> bool:
    """Tell whether a clause with "that" is what is told or decided, not a description: it has no gap for the noun."""
    if relative.tag_ != "IN":
        return False
    clause = relative.head
    is_full = any(child.dep_ in _FILLED for child in clause.children)
    return is_full or bool({noun.lemma_, verb.lemma_} & _TOLD)


def _description(token: "Token") -> _Description | None:
    """Return the whole noun phrase of a noun that is described, where it can be taken out of its question."""
    if token.pos_ != "NOUN" or not token.text.islower() or token.lemma_ in TIMES or not _is_described(token):
        return None
    doc, last = token.doc, token.right_edge
    end = last.i if last.tag_ == "POS" else last.i + 1
    span = doc[token.left_edge.i : end]
    is_whole = {t.i for t in token.subtree} | {last.i} == set(range(token.left_edge.i, last.i + 1))
    is_definite = span[0].lower_ == "the" or any(_owns(child) for child in token.children)
    # "The label that has its seat in what town" is asked about, and described by nothing.
    asks = any(t.tag_ in _QUESTION_TAGS and (t.dep_ == "det" or not _in_clause_of(t, token)) for t in span)
    is_sound = is_whole and is_definite and not asks and not _cuts_a_name(span)
    return _Description(span) if is_sound else None


def _cuts_a_name(span: "Span") -> bool:
    """Tell whether a name goes on beyond the phrase: "Here | Comes the Boom", "Ada Lund | , 4th Baroness"."""
    doc = span.doc
    before, after = doc[max(span.start - 1, 0)], doc[min(span.end, len(doc) - 1)]
    if before.text == "," and span[0].lower_ != "the":
        before = doc[max(span.start - 2, 0)]
    goes_on = after.text == "," and after.i + 1 < len(doc) and doc[after.i + 1].text[0].isdigit()
    begins_late = span.start > 1 and (before.is_title or before.is_digit or before.pos_ in ("PROPN", "NUM"))
    return begins_late or goes_on or after.is_title or after.text == ":" or after.pos_ not in _MAY_FOLLOW


def _owns(child: "Token") -> bool:
    return child.dep_ == "poss" and child.tag_ not in ("PRP$", "WP$")


def _is_described(token: "Token") -> bool:
    for child in token.children:
        if child.dep_ == "relcl" or (child.dep_ == "acl" and child.tag_ in ("VBN", "VBG")):
            return True
        joins = _owns(child) or (child.lower_ == "of" and any(c.dep_ == "pobj" for c in child.children))
        if joins and (names_person(token.lemma_) or re.fullmatch(ROLE, token.lemma_)):
            return True
    return False


def _in_clause_of(token: "Token", noun: "Token") -> bool:
    clauses = (child for child in noun.subtree if child.dep_ in ("relcl", "acl"))
    return any(token == clause or clause.is_ancestor(token) for clause in clauses)


def _is_person(found: _Description) -> bool:
    root = found.phrase.root
    follows = found.clause[0] if found.clause is not None else root.doc[min(root.i + 1, len(root.doc) - 1)]
    return names_person(root.lemma_) or follows.lower_ in ("who", "whom")


def names_person(noun: str) -> bool:
    """Tell whether a noun, in its ground form, is for a person."""
    return noun in PEOPLE or bool(_PERSONAL.match(noun))


def _with_references(step: str) -> str:
    for number, standin in enumerate(_STANDINS, 1):
        step = step.replace(standin, f"[{number}]")
    return step
