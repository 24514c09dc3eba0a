"""The results of a run as published: a cell for each set, task and way, with figures and ids and no text."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from longreader.app.evaluation.figures import Figures, figures
from longreader.app.evaluation.row import Row
from pydantic import BaseModel

from .bootstrap import Difference, paired_difference

BAR = "retrieve"


class Cell(BaseModel, frozen=True):
    """The figures of one task of one set in one way.

    Attributes:
        metric: the one that counts; ``scores`` holds it for each question.
        over_bar: the difference to mode retrieve on the same questions; None for that mode itself.
    """

    set_name: str
    task: str
    way: str
    model: str
    window_tokens: int
    metric: str
    figures: Figures
    over_bar: Difference | None
    scores: dict[str, float]

    @property
    def quality(self) -> float:
        """The mean of the metric that counts."""
        return self.figures.scores.get(self.metric, 0.0)


def cells(set_name: str, headline: str, rows: Iterable[Row], model: str, window_tokens: int) -> list[Cell]:
    """Return the cells of a set's rows, by task, the ways in the order of the rows.

    Args:
        headline: the metric that counts for questions answered in words.
    """
    groups: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        groups[row.task][row.way].append(row)
    made = []
    for task, ways in sorted(groups.items()):
        metric = _metric([row for group in ways.values() for row in group], headline)
        scores = {way: {row.question_id: row.scores.get(metric, 0.0) for row in group} for way, group in ways.items()}
        for way, group in ways.items():
            over_bar = paired_difference(scores[way], scores.get(BAR, {})) if way != BAR else None
            made.append(
                Cell(
                    set_name=set_name,
                    task=task,
                    way=way,
                    model=model,
                    window_tokens=window_tokens,
                    metric=metric,
                    figures=figures(group),
                    over_bar=over_bar,
                    scores=scores[way],
                )
            )
    return made


def _metric(rows: list[Row], headline: str) -> str:
    """Return the metric that counts: the headline where questions have it, else their first."""
    known = next((row.scores for row in rows if row.scores), {})
    return headline if headline in known else next(iter(known), "right")


def merged(path: Path, new: list[Cell]) -> list[Cell]:
    """Return the cells of a results file with new ones in the place of those of the same set, task and way."""
    old = [Cell.model_validate(cell) for cell in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
    by_key = {(cell.set_name, cell.task, cell.way): cell for cell in (*old, *new)}
    return list(by_key.values())


def write(path: Path, all_: list[Cell]) -> None:
    """Write cells as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = [cell.model_dump(mode="json") for cell in all_]
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
