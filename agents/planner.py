"""The planner: the rational plan of a question and the nodes where its walks start.

Source: GraphReader, arXiv 2406.14550, section 3.3. Ours: the plan is a list of look-ups that name earlier answers as
[1], by code where values are compared, subtracted or put in order and where a thing is only described, else from worked
examples (a small model plans badly from a bare instruction), and candidates for initial nodes are narrowed by search
before the model scores them, since a document's nodes do not fit a short window.
"""

import asyncio
import re
from functools import partial

from .choice import choice_of
from .comparison import comparison_of
from .comparison_plan import comparison_steps, is_choice
from .compound import is_compound
from .dating import tells_period
from .description import description_steps
from .duration import Duration
from .errors import ReplyMalformed, ReplyTooLong
from .names import names_in
from .reading import Reading
from .reckoning import reckoning_of
from .relation import kin_steps, last_steps, owner_steps, stated_steps
from .replies import node_choice, plan_reply
from .support import content_words

PLAN_TOKENS = 200
CHOICE_TOKENS = 260
COVERED_SHARE = 0.7
_REFERENCE = re.compile(r"\[+(\d+)\]+")
_WHO_IS = re.compile(r"Who (?:is|was) (?P<name>[^?]+)\?")
_PRONOUN = re.compile(r"\b(?:he|she|they)\b")


async def plan(reading: Reading) -> tuple[str, ...]:
    """Return the rational plan: at least one look-up; the question itself where there is nothing to split."""
    choice = choice_of(reading.question)
    question = choice.stem if choice else reading.question
    steps = await _steps_by_code(reading, question)
    if not steps and is_compound(question) and not is_choice(question):
        described = await asyncio.to_thread(description_steps, question, reading.settings.step_count)
        by_code = (described, stated_steps(question), owner_steps(question), last_steps(question))
        steps = next((made for made in by_code if _is_usable(question, made)), ()) or await _ask_plan(reading, question)
        steps = steps if _is_usable(question, steps) else ()
    steps = steps or (question,)
    reading.step("plan", " → ".join(steps))
    return steps


async def _steps_by_code(reading: Reading, question: str) -> tuple[str, ...]:
    """Return the look-ups of a question whose findings code compares, subtracts or orders."""
    if asked := reckoning_of(question):
        is_told = isinstance(asked, Duration) and await tells_period(reading, asked)
        return () if is_told else asked.steps
    compared = comparison_of(question)
    return comparison_steps(compared, question) if compared else kin_steps(question)


def _is_usable(question: str, steps: tuple[str, ...]) -> bool:
    return len(steps) > 1 and covered(question, steps) >= COVERED_SHARE


async def _ask_plan(reading: Reading, question: str) -> tuple[str, ...]:
    most = reading.settings.step_count
    try:
        reply = await reading.ask("plan", plan_reply(most), PLAN_TOKENS, question=question, step_count=most)
    except (ReplyMalformed, ReplyTooLong) as error:
        reading.step("fallback", f"No usable plan ({error.code}): the question is looked up as it is.")
        return ()
    return tidy(reply.steps, question)


def covered(question: str, steps: tuple[str, ...]) -> float:
    """Return the share of the question's content words that a plan keeps: a plan that loses them asks less."""
    asked = content_words(question)
    return len(asked & content_words(" ".join(steps))) / len(asked) if asked else 1.0


def is_chain(plan: tuple[str, ...]) -> bool:
    """Tell whether each look-up of a plan, but for the last, is needed by a later one."""
    needed = {int(number) for step in plan for number in _REFERENCE.findall(step)}
    return len(plan) > 1 and needed >= set(range(1, len(plan)))


def tidy(steps: list[str], question: str = "") -> tuple[str, ...]:
    """Drop look-ups that bring nothing new and renumber references to the others.

    What goes: a repeated look-up, the whole question beside others, a look-up that asks the same of its own answer.
    References to no earlier look-up lose their brackets.
    """
    asked = _bare(question)
    whole = {i for i, step in enumerate(steps) if _bare(step) == asked}
    kept: list[str] = []
    place: dict[int, int] = {}
    for number, step in enumerate(steps, 1):
        text = _named(_REFERENCE.sub(partial(_renumbered, place), " ".join(step.split())), kept)
        same = [i for i, other in enumerate(kept, 1) if _bare(other) == _bare(text) or _asks_again(text, i, other)]
        if same:
            place[number] = same[0]
        elif text and (number - 1 not in whole or len(whole) == len(steps)):
            kept.append(text)
            place[number] = len(kept)
    return tuple(kept)


def _named(step: str, earlier: list[str]) -> str:
    """Put what the look-up before asks for into one that says "he", "she" or "they": of "Who is Ada?", the name."""
    if not earlier or names_in(step) or _REFERENCE.search(step) or not earlier[-1].startswith("Who "):
        return step
    about = _WHO_IS.fullmatch(earlier[-1])
    asked = about["name"] if about and names_in(earlier[-1]) == (about["name"],) else f"[{len(earlier)}]"
    return _PRONOUN.sub(lambda found: asked, step, count=1)


def _bare(step: str) -> str:
    return step.casefold().rstrip("?. ")


def _asks_again(step: str, number: int, earlier: str) -> bool:
    """Tell whether ``step`` asks of look-up ``number``'s answer what that look-up asked ("Who built [1]?")."""
    return f"[{number}]" in step and content_words(_REFERENCE.sub("", step)) <= content_words(earlier)


def _renumbered(place: dict[int, int], found: re.Match[str]) -> str:
    number = place.get(int(found.group(1)))
    return f"[{number}]" if number else found.group(1)


def resolve(step: str, findings: list[str]) -> str | None:
    """Put earlier findings in the place of [1], [2]…; None where one that is needed is missing."""
    needed = [int(number) for number in _REFERENCE.findall(step)]
    if any(number > len(findings) or not findings[number - 1] for number in needed):
        return None
    return _REFERENCE.sub(lambda found: findings[int(found.group(1)) - 1], step)


async def choose_nodes(reading: Reading, steps: tuple[str, ...]) -> list[str]:
    """Return the keys of the initial nodes of mode graph, best first, at most ``walk_count``.

    Source: GraphReader, section 3.3. Ours: nodes that the question or its plan names come first, the rarest of them
    foremost, and leave one place at least to the model's choice; a small model passes over the obvious ones.
    """
    query = " ".join(dict.fromkeys((reading.question, *steps)))
    hits = await reading.collection.rank_nodes(query, reading.settings.candidate_count)
    wanted = reading.settings.walk_count
    fixed = {"question": reading.question, "plan": " ".join(steps), "wanted_count": min(len(hits), 10)}
    room = await reading.room("choose_nodes", CHOICE_TOKENS, candidates=[], **fixed)
    names = await reading.fitting((reading.name_of(hit.key) for hit in hits), room)
    hits = hits[: len(names)]
    chosen = [hit.key for hit in hits[:wanted]]
    if len(hits) > wanted:
        try:
            form = node_choice(len(hits))
            reply = await reading.ask("choose_nodes", form, CHOICE_TOKENS, candidates=names, **fixed)
            best = sorted(reply.nodes, key=lambda scored: -scored.score)
            asked = content_words(query)
            named = [hit.key for hit in hits if _is_named(reading.collection.graph.node(hit.key).name, asked)]
            picked = (hits[scored.node - 1].key for scored in best)
            chosen = list(dict.fromkeys((*named[: wanted - 1], *picked)))[:wanted]
        except (ReplyMalformed, ReplyTooLong) as error:
            reading.step("fallback", f"No usable choice of nodes ({error.code}): the best ranked are taken.")
    initial = tuple(reading.collection.graph.node(key).name for key in chosen)
    reading.step("nodes", f"{len(chosen)} initial nodes: {', '.join(initial)}", nodes=initial)
    return chosen


def _is_named(name: str, asked: set[str]) -> bool:
    words = content_words(name)
    return bool(words) and words <= asked
