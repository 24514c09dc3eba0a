"""The look-ups of a plan (mode auto): each reads the passages that code chose for it, and names earlier findings.

Owns their order and what is done where nothing is found. How a worker reads is worker.py's, what code makes of the
findings conclusion.py's, the last word over them manager.py's.

Source: GraphReader's rational plan (arXiv 2406.14550, section 3.3) read by Chain-of-Agents' workers (arXiv 2406.02818,
section 3.1). Ours: steps are resolved by code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..graph_store.chunk import Passage
from . import planner
from .chain import read_chain
from .dating import date_of_life, year_of
from .errors import BudgetSpent
from .notebook import CommunicationUnit, Finding
from .reading import Reading
from .selection import select_passages
from .sentence_coverage import is_to_the_point, leads_on
from .support import bearing


@dataclass(frozen=True, slots=True)
class LookUps:
    """What the look-ups brought.

    Attributes:
        unit: the findings, in the order in which they were made.
        steps: a finding for each step of the plan, empty where nothing was found.
        budget_spent: a limit ended them.
    """

    unit: CommunicationUnit
    steps: tuple[Finding, ...]
    budget_spent: bool = False

    @property
    def complete(self) -> bool:
        """Whether every step found something, and every passage was read."""
        return all(step.answer for step in self.steps) and not self.unit.unread_count and not self.budget_spent


async def look_up_all(
    reading: Reading, plan: tuple[str, ...], known: Mapping[str, Finding], budget_spent: bool = False
) -> LookUps:
    """Read for every step of a plan, in order; one that needs a finding that is missing is passed over.

    Args:
        known: look-ups that need not be read for, with their findings.

    Raises:
        ModelError: the server failed.
    """
    unit, findings = CommunicationUnit(), list[Finding]()
    ends_a_chain = planner.is_chain(plan)
    for number, step in enumerate(plan, 1):
        query = planner.resolve(step, [finding.answer for finding in findings])
        if query is None:
            findings.append(Finding(step))
            continue
        if query in known:
            unit = unit.with_finding(known[query])
            findings.append(known[query])
            continue
        try:
            unit = await _look_up(reading, query, unit, number, ends_a_chain and number == len(plan))
        except BudgetSpent as error:
            reading.step("fallback", f"The reading ends: {error.message}")
            budget_spent = True
            break
        findings.append(unit.finding(query))
    rest = (Finding(step) for step in plan[len(findings) :])
    return LookUps(unit, (*findings, *rest), budget_spent)


async def _look_up(
    reading: Reading, query: str, unit: CommunicationUnit, number: int, is_answer: bool
) -> CommunicationUnit:
    """Read for one look-up, and further passages while nothing is found that it can rest on (docs/decisions/0027)."""
    read: frozenset[str] = frozenset()
    count = reading.settings.passage_count
    for _ in range(1 + reading.settings.widen_count):
        passages = await select_passages(reading, query, count, read, walk=number, by_name=True)
        if not passages:
            break
        if dated := date_of_life(reading, query, passages):
            return unit.with_finding(dated)
        unit = await read_chain(reading, query, passages, unit)
        finding = unit.finding(query)
        if finding.answer and not _is_beside(reading, finding, passages, is_answer):
            break
        unit = unit.without(query)
        if dated := year_of(reading, query, passages):
            return unit.with_finding(dated)
        read |= {passage.passage_id for passage in passages}
    return unit


def _is_beside(reading: Reading, finding: Finding, passages: Sequence[Passage], is_answer: bool) -> bool:
    """Tell whether a finding rests on nothing that speaks of what its look-up asks; say so in the trace.

    The answer itself must be borne out by a sentence that does; what only leads to it may stand in several.
    """
    texts = {passage.passage_id: reading.text_of(passage) for passage in passages}
    found_in = [passage for passage in passages if passage.passage_id in finding.passage_ids]
    rests_on = [*(texts[passage.passage_id] for passage in found_in), finding.answer]
    if is_answer:
        told = bearing(reading.with_texts(found_in), finding.answer, finding.query, most=2)
        quotes = (sentence.text for sentence in told)
        is_sound = is_to_the_point(finding.query, quotes, list(texts.values()), rests_on)
    else:
        is_sound = leads_on(finding.query, list(texts.values()), rests_on)
    if not is_sound:
        reading.step(
            "fallback", f"“{finding.answer}” rests on nothing that speaks of what is asked.", query=finding.query
        )
    return not is_sound
