"""The results of a run as published: a cell for each set, task and way, with figures and ids and no text."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePath

from longreader.agents.llm import ChatModel
from longreader.app.evaluation.figures import Figures, figures
from longreader.app.evaluation.row import Row
from pydantic import BaseModel, TypeAdapter

from .bootstrap import Difference, paired_difference
from .ways import WAYS

BAR = "retrieve"
ALL = "all"
_ORDER = (BAR, *WAYS)


class Cell(BaseModel, frozen=True):
    """The figures of one task of one set in one way.

    Attributes:
        model: the served name, without folders.
        metric: the one that counts; ``scores`` holds it for each question.
        over_bar: the difference to mode retrieve on the questions that both have; None for that mode itself.
    """

    set_name: str
    task: str
    way: str
    model: str
    window_tokens: int
    metric: str
    figures: Figures
    scores: dict[str, float]
    over_bar: Difference | None = None

    def key(self, way: str) -> tuple[str, str, str, str, int]:
        """Return what tells the cell of a way apart from all others, for the same questions, model and window."""
        return self.set_name, self.task, way, self.model, self.window_tokens

    @property
    def quality(self) -> float:
        """The mean of the metric that counts."""
        return self.figures.scores.get(self.metric, 0.0)


def cells(set_name: str, headline: str, rows: Iterable[Row], model: ChatModel) -> list[Cell]:
    """Return the cells of a set's rows, by task, the ways in the order of the rows.

    Args:
        headline: the metric that counts for questions answered in words; where it is "right", which every question
            has, there are cells of all tasks together too.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.task, row.way].append(row)
        if headline == "right":
            groups[ALL, row.way].append(row)
    made = []
    for (task, way), group in sorted(groups.items(), key=lambda item: item[0][0]):
        metric = _metric(group[0], headline)
        cell = Cell(
            set_name=set_name,
            task=task,
            way=way,
            model=PurePath(model.name).name,
            window_tokens=model.window_tokens,
            metric=metric,
            figures=figures(group),
            scores={row.question_id: round(row.scores.get(metric, 0.0), 4) for row in group},
        )
        made.append(cell)
    return made


def _metric(row: Row, headline: str) -> str:
    """Return the metric that counts: the headline where a question has it, else its first."""
    return headline if headline in row.scores else next(iter(row.scores), "right")


def merged(path: Path, new: list[Cell]) -> list[Cell]:
    """Return the cells of a results file with new ones in the place of old ones, all compared with mode retrieve.

    By set, task and way, mode retrieve first.
    """
    old = _CELLS.validate_json(path.read_bytes()) if path.exists() else []
    by_key = {cell.key(cell.way): cell for cell in (*old, *new)}
    made = []
    for cell in by_key.values():
        bar = by_key.get(cell.key(BAR)) if cell.way != BAR else None
        over_bar = paired_difference(cell.scores, bar.scores) if bar else None
        made.append(cell.model_copy(update={"over_bar": over_bar}))
    return sorted(made, key=lambda cell: (cell.set_name, cell.task, rank(cell.way)))


def rank(way: str) -> int:
    """Return the place of a way beside the others: mode retrieve first, one that is no more last."""
    return _ORDER.index(way) if way in _ORDER else len(_ORDER)


def write(path: Path, all_: list[Cell]) -> None:
    """Write cells as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_CELLS.dump_json(all_, indent=1) + b"\n")


_CELLS = TypeAdapter(list[Cell])
