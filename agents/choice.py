"""Multiple choice: a question with lettered options, read with evidence for each option and answered with letters.

Source: ours. A small model guesses from the passages that the bare question finds; options name what to look for
(docs/decisions/0022). Only the letters that stand in the question can be answered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph_store.chunk import Passage
from .answer import Answer, Status
from .citation import cite
from .errors import BudgetSpent
from .fence import fence
from .reading import Reading
from .replies import choice_reply
from .selection import fuse
from .support import bearing, grounding

CHOICE_TOKENS = 200
LEAST_OPTIONS = 2
STEM_HITS = 6
OPTION_HITS = 4
_OPTION = re.compile(r"^\s*\(?([A-Z])[.):]\s+(\S.*)$")
_SEVERAL = re.compile(r"\ball (?:that|which|of the)\b|\bletters\b|\bseveral\b|\bone or more\b|\bselect all\b", re.I)
_DEMAND = re.compile(r"^\s*(?:please )?(?:answer|reply|respond|choose|give)\b.*\b(?:letters?|options?)\b.*$", re.I)


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with options.

    Attributes:
        stem: the question itself.
        options: letter to option, in the order of the letters, from A on.
        several: more than one option may be right.
    """

    stem: str
    options: dict[str, str]
    several: bool = False


def choice_of(question: str) -> Choice | None:
    """Return the options of a question, or None where it has none: lines "A. …", "B. …" from A on without a gap."""
    stem: list[str] = []
    options: dict[str, str] = {}
    rest: list[str] = []
    for line in question.splitlines():
        found = _OPTION.match(line)
        if found and found[1] == chr(ord("A") + len(options)):
            options[found[1]] = found[2].strip()
        else:
            (rest if options else stem).append(line)
    if len(options) < LEAST_OPTIONS or not "".join(stem).strip():
        return None
    told = [line for line in rest if line.strip() and not _DEMAND.match(line)]
    words = " ".join(" ".join((*stem, *told)).split())
    return Choice(words, options, bool(_SEVERAL.search(" ".join((*stem, *rest)))))


async def choose(
    reading: Reading,
    choice: Choice,
    known: Sequence[Passage] = (),
    *,
    complete: bool = True,
    budget_spent: bool = False,
) -> Answer:
    """Answer with the letters of the right options, from what search finds for the question and for each option.

    Args:
        known: what a walk, a chain or a scan found, the best first where that is known; read before what search finds.
        complete: False when text that was to be read stayed unread: the answer is then at most partly answered.
        budget_spent: a limit ended the reading: said in the status.

    Raises:
        ModelError: the server failed, or gave no usable reply.
    """
    queries = [choice.stem, *(f"{choice.stem} {option}" for option in choice.options.values())]
    rankings: list[list[Passage]] = []
    for query in queries:
        count = OPTION_HITS if rankings else STEM_HITS
        rankings.append([hit.passage for hit in await reading.collection.search(query, count)])
    searched = fuse(*rankings)
    found = tuple(passage.passage_id for passage in searched)
    told = f"{len(searched)} passages by {len(queries)} searches"
    reading.step("select", told, query=choice.stem, passage_ids=found)
    ranked = list({passage.passage_id: passage for passage in (*known, *searched)}.values())
    result = await choose_from(reading, choice, ranked)
    if budget_spent:
        return result.model_copy(update={"status": Status.BUDGET_SPENT})
    if result.status == Status.ANSWERED and not complete:
        return result.model_copy(update={"status": Status.PARTLY_ANSWERED})
    return result


async def choose_from(reading: Reading, choice: Choice, ranked: list[Passage]) -> Answer:
    """Answer with the letters of the right options, from passages given best first.

    Raises:
        ModelError: the server failed, or gave no usable reply.
    """
    reading.model.release_reserve()
    form = choice_reply(tuple(choice.options), choice.several)
    try:
        reply, passages = await reading.ask_best("choose", form, CHOICE_TOKENS, ranked, **_values(choice))
    except BudgetSpent as error:
        reading.step("fallback", f"The reading ends: {error.message}")
        return Answer(status=Status.BUDGET_SPENT, text="")
    reading.step("answer", reply.thought, passage_ids=tuple(passage.passage_id for passage in passages))
    letters = sorted(set(reply.letters))
    chosen = [f"{letter}. {choice.options[letter]}" for letter in letters]
    text = chosen[0] if len(chosen) == 1 else f"{', '.join(letters)}\n" + "\n".join(chosen)
    read = reading.with_texts(passages)
    words = " ".join(choice.options[letter] for letter in letters)
    citations = cite(reading.collection, bearing(read, words, choice.stem, most=2))
    confidence = round(grounding(words, (citation.quote for citation in citations)), 2)
    status = Status.ANSWERED if citations else Status.PARTLY_ANSWERED
    return Answer(status=status, text=text, citations=citations, confidence=confidence)


def _values(choice: Choice) -> dict[str, object]:
    options = {letter: fence(option) for letter, option in choice.options.items()}
    return {"question": fence(choice.stem), "options": options, "several": choice.several}
