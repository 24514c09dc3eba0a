"""What code makes of the findings of look-ups: compared, subtracted, put in order, or the last one of a chain.

Source: ours; as Oolong (arXiv 2511.02817) leaves counting to code.
"""

from . import planner
from .answer import Answer
from .comparison import compare, comparison_of
from .dates import year_or_date
from .difference import Difference, subtract
from .duration import between
from .look_ups import LookUps
from .manager import answer_by_code
from .notebook import Finding
from .reading import Reading
from .reckoning import Dated, reckoning_of
from .support import Sentence, bearing
from .timeline import Timeline, in_order


def conclude(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    """Return the answer that follows from the findings by code; None where none does."""
    return _by_comparing(reading, plan, found) or _by_reckoning(reading, plan, found) or _by_last(reading, plan, found)


def _by_comparing(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    asked = comparison_of(reading.question)
    verdict = asked and compare(asked, plan, [step.answer for step in found.steps])
    if not verdict:
        return None
    reading.step("answer", f"Compared by code: {verdict.values[0]} and {verdict.values[1]}: {verdict.answer}")
    return answer_by_code(reading, verdict.answer, tuple(step for step in found.steps if step.answer))


def _by_reckoning(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    asked = reckoning_of(reading.question)
    # Where a time is told, the question is looked up as it is.
    if asked is None or asked.steps != plan or not all(step.answer for step in found.steps):
        return None
    values = " ".join(step.answer for step in found.steps)
    if isinstance(asked, Difference):
        text = _difference(reading, asked, found.steps)
    else:
        text = _dated(reading, asked, found.steps)
        values = " ".join((values, *asked.events))
    if text is None:
        return None
    reading.step("answer", f"Reckoned by code from {'; '.join(step.answer for step in found.steps)}: {text}")
    return answer_by_code(reading, text, found.steps, rests_on=values)


def _difference(reading: Reading, asked: Difference, findings: tuple[Finding, ...]) -> str | None:
    one, other = findings
    is_same = one.answer == other.answer and _told(reading, one) == _told(reading, other)
    # The one figure that was found stands for one of the two things at most.
    return None if is_same else subtract(asked, (one.answer, other.answer))


def _dated(reading: Reading, asked: Dated, findings: tuple[Finding, ...]) -> str | None:
    told = [place for finding in findings if (place := _told(reading, finding))]
    if len(told) < len(findings):
        return None
    is_one = len({place.passage.document_id for place in told}) == 1
    dates = [year_or_date(finding.answer) for finding in findings]
    known = [date for date in dates if date]
    # Dates without a year are of one year in one document only.
    if not is_one and not all(date.year for date in known):
        return None
    if isinstance(asked, Timeline):
        order = in_order(dates, [place.span.start if is_one else None for place in told])
        return ", ".join(map(str, order)) if order else None
    # One sentence does not date two events.
    return between(asked, known) if len(known) == len(dates) and told[0] != told[1] else None


def _told(reading: Reading, finding: Finding) -> Sentence | None:
    """Return the sentence that bears a finding out best; None where no sentence of its passages has its words."""
    if finding.sentences:
        return finding.sentences[-1]
    collection = reading.collection
    read = [collection.passage(passage_id) for passage_id in finding.passage_ids]
    return next(iter(bearing(reading.with_texts(read), finding.answer, finding.query, most=1)), None)


def _by_last(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    """Return the last finding, where each look-up only leads to a later one and all found something.

    A call that joins such findings names one of those on the way now and then (docs/decisions/0024).
    """
    if not planner.is_chain(plan) or not all(step.answer for step in found.steps):
        return None
    answer = found.steps[-1].answer
    reading.step("answer", answer)
    return answer_by_code(reading, answer, found.steps)
