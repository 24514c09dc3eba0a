"""What an evaluation comes to: rows, figures by kind and mode, the calibration, and the settings that it speaks for."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from pydantic import BaseModel

from ...agents.mode import Mode
from .calibration import SIZES, Calibration, Limit, Place, Trial
from .evaluate import Evaluation
from .figures import Figures, figures
from .proposal import Line, propose
from .question import Question
from .row import Row

ALL = "all"


class Group(BaseModel, frozen=True):
    """The questions of one kind, asked in one mode; the kind "all" has those of every kind."""

    kind: str
    mode: str
    figures: Figures


class Report(BaseModel, frozen=True):
    """An evaluation's results. ``remarks`` tell in words what the calibration found beside the settings."""

    rows: list[Row]
    groups: list[Group]
    calibration: Calibration | None = None
    remarks: list[str] = []
    proposal: list[Line] = []


async def make_report(
    evaluation: Evaluation,
    questions: Sequence[Question],
    modes: Sequence[Mode],
    calibrated: bool,
    tell: Callable[[str], object],
) -> Report:
    """Ask the questions, calibrate, and return what it comes to.

    Args:
        calibrated: False leaves the calibration out.
        tell: is told in a line what was done, after every question and every size of evidence.

    Raises:
        ModelUnavailable: the server is gone; asking again goes on from the cached replies.
    """
    rows: list[Row] = []
    async for row in evaluation.rows(questions, modes):
        rows.append(row)
        tell(f"{len(rows)}/{len(questions) * len(modes)}  {row.question_id}  {row.way}  {_told(row)}")
    calibration = await _calibration(evaluation, questions, tell) if calibrated else None
    groups = _groups(rows)
    overall = {group.mode: group.figures for group in groups if group.kind == ALL}
    return Report(
        rows=rows,
        groups=groups,
        calibration=calibration,
        remarks=_remarks(calibration) if calibration else [],
        proposal=propose(evaluation.settings, overall, calibration),
    )


async def _calibration(
    evaluation: Evaluation, questions: Sequence[Question], tell: Callable[[str], object]
) -> Calibration | None:
    tell("Calibrating: passages are looked for among more and more others, as many as fit the window…")
    async for event in evaluation.calibration(questions):
        if isinstance(event, Trial):
            tell(f"{event.evidence_tokens:,} tokens of evidence: {100 * event.share:.0f} % found")
        else:
            return event
    return None


def _groups(rows: Sequence[Row]) -> list[Group]:
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.task, row.way].append(row)
    kinds = [Group(kind=kind or "–", mode=mode, figures=figures(found)) for (kind, mode), found in grouped.items()]
    modes = dict.fromkeys(row.way for row in rows)
    whole = [Group(kind=ALL, mode=mode, figures=figures([row for row in rows if row.way == mode])) for mode in modes]
    return [*sorted(kinds, key=lambda group: group.kind), *whole] if len({row.task for row in rows}) > 1 else whole


def _told(row: Row) -> str:
    if row.error:
        return f"failed: {row.error}"
    right = {1.0: "right", 0.0: "wrong"}.get(row.scores.get("right", -1.0), "")
    return f"{right or row.status}  {row.tokens:,} tokens"


def _remarks(calibration: Calibration) -> list[str]:
    """Return what is worth knowing and cannot be set."""
    if not calibration.needle_count:
        return ["The model found no passage even alone: nothing can be said about its use of evidence."]
    if not calibration.trials:
        return [f"The documents are too short to try how much evidence the model uses: less than {SIZES[0]} tokens."]
    count = calibration.needle_count
    looked_for = "1 passage was" if count == 1 else f"{count} passages were"
    made_up = " What they tell was made up, for want of questions with a gold span." if calibration.planted else ""
    remarks = [f"{looked_for} looked for among others, in three places each.{made_up}"]
    if calibration.limit is Limit.WINDOW:
        remarks.append("No size that fits the window lost answers: a longer window may be worth trying.")
    return [*remarks, _order(calibration)]


def _order(calibration: Calibration) -> str:
    places = calibration.places
    told = ", ".join(f"{place} {100 * share:.0f} %" for place, share in places.items())
    best = max(places.values())
    if places[Place.END] >= best:
        return f"Found by place: {told}. The best evidence is shown last, where it is found as well as anywhere."
    return f"Found by place: {told}. The best evidence is shown last, which is not this model's best place."
