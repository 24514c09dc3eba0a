"""What code makes of the findings of look-ups: compared, subtracted, put in order, or the last one of a chain.

Source: ours; as Oolong (arXiv 2511.02817) leaves counting to code.
"""

from . import planner
from .answer import Answer
from .comparison import compare, comparison_of
from .dates import year_or_date
from .difference import difference_of, subtract
from .look_ups import LookUps
from .manager import answer_by_code
from .notebook import Finding
from .reading import Reading
from .support import Sentence, bearing
from .timeline import in_order, timeline_of


def conclude(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    """Return the answer that follows from the findings by code; None where none does."""
    return (
        _by_comparing(reading, plan, found)
        or _by_subtracting(reading, plan, found)
        or _by_ordering(reading, plan, found)
        or _by_last(reading, plan, found)
    )


def _by_comparing(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    asked = comparison_of(reading.question)
    verdict = asked and compare(asked, plan, [step.answer for step in found.steps])
    if not verdict:
        return None
    reading.step("answer", f"Compared by code: {verdict.values[0]} and {verdict.values[1]}: {verdict.answer}")
    return answer_by_code(reading, verdict.answer, tuple(step for step in found.steps if step.answer))


def _by_subtracting(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    asked = difference_of(reading.question)
    if asked is None or asked.steps != plan:
        return None
    told = subtract(asked, [step.answer for step in found.steps])
    if told is None:
        return None
    reading.step("answer", f"Subtracted by code: {told}")
    return answer_by_code(reading, told, found.steps, rests_on=" ".join(step.answer for step in found.steps))


def _by_ordering(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    asked = timeline_of(reading.question)
    if asked is None or asked.steps != plan or not all(step.answer for step in found.steps):
        return None
    told = [_told(reading, step) for step in found.steps]
    dates = [
        year_or_date(step.answer) or year_or_date(place.text) for step, place in zip(found.steps, told, strict=True)
    ]
    is_one = len({place.passage.document_id for place in told}) == 1
    order = in_order(dates, [place.span.start if is_one else None for place in told])
    if order is None:
        return None
    text = ", ".join(map(str, order))
    whens = "; ".join(f"{number}: {found.steps[number - 1].answer}" for number in order)
    reading.step("answer", f"Put in order by code: {whens}")
    return answer_by_code(reading, text, found.steps)


def _told(reading: Reading, finding: Finding) -> Sentence:
    """Return the sentence that bears a finding out best; a finding always has one."""
    if finding.sentences:
        return finding.sentences[-1]
    collection = reading.collection
    read = [collection.passage(passage_id) for passage_id in finding.passage_ids]
    return bearing([(p, collection.text_of(p)) for p in read], finding.answer, finding.query, most=1)[0]


def _by_last(reading: Reading, plan: tuple[str, ...], found: LookUps) -> Answer | None:
    """Return the last finding, where each look-up only leads to a later one and all found something.

    A call that joins such findings names one of those on the way now and then (docs/decisions/0024).
    """
    if not planner.is_chain(plan) or not all(step.answer for step in found.steps):
        return None
    answer = found.steps[-1].answer
    reading.step("answer", answer)
    return answer_by_code(reading, answer, found.steps)
