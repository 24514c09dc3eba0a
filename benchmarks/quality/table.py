"""The tables of a run in Markdown, by model: one over all tasks, and one for each task with cost and faults."""

from collections import defaultdict
from collections.abc import Sequence

from longreader.app.evaluation.figures import Figures

from .results import BAR, Cell, rank

JUDGED_FROM = 30
DETAILS = (
    "way | questions | {metric} | over retrieve (95 %) | right | tokens | calls | seconds | mean seconds | reused | "
    "malformed | cut | over window | verified | on gold | refused rightly | refused wrongly | errors"
)
LEGEND = """Tokens and seconds are medians, beside them the ratio to mode retrieve. Reused: prompt tokens that the
server had still computed. Malformed, cut: of the replies. Over window: prompts refused before they were sent. Verified:
citations whose quote stands in the document. On gold: of the answers with citations, those that cite a gold span."""


def report(all_: Sequence[Cell]) -> str:
    """Return all tables, those of each model and window under a heading of their own, and the hours."""
    models: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in all_:
        models[cell.model, cell.window_tokens].append(cell)
    parts = ["# Quality", LEGEND]
    for (model, window_tokens), found in models.items():
        parts += [f"## {model}, window of {window_tokens:,} tokens", overview(found), details(found)]
    return "\n\n".join([*parts, hours(all_)])


def overview(all_: Sequence[Cell]) -> str:
    """Return the quality of each way on each task, for one model.

    Tasks with few questions are marked, ways that were asked fewer than the task has told with their number.
    """
    ways = sorted({cell.way for cell in all_}, key=rank)
    tasks: dict[tuple[str, str], dict[str, Cell]] = defaultdict(dict)
    for cell in all_:
        tasks[cell.set_name, cell.task][cell.way] = cell
    lines = [_line(["set", "task", "metric", "questions", *ways]), _rule(4 + len(ways))]
    for (set_name, task), found in tasks.items():
        count = max(cell.figures.question_count for cell in found.values())
        few = "" if count >= JUDGED_FROM else " (few)"
        metric = next(iter(found.values())).metric
        qualities = (_quality(found[way], count) if way in found else "–" for way in ways)
        lines.append(_line([set_name, task, metric, f"{count}{few}", *qualities]))
    return "\n".join(lines)


def _quality(cell: Cell, count: int) -> str:
    asked = cell.figures.question_count
    return f"{100 * cell.quality:.1f}{'' if asked == count else f' (of {asked})'}"


def details(all_: Sequence[Cell]) -> str:
    """Return a table for each task of each set, for one model."""
    tasks: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in all_:
        tasks[cell.set_name, cell.task].append(cell)
    return "\n\n".join(_task(set_name, task, found) for (set_name, task), found in tasks.items())


def hours(all_: Sequence[Cell]) -> str:
    """Return a sentence on how long the model worked for these cells."""
    seconds = sum((cell.figures.mean_seconds or 0.0) * cell.figures.question_count for cell in all_)
    count = sum(cell.figures.question_count for cell in all_)
    return f"{count} answers, {seconds / 3_600:.1f} hours of model calls."


def _task(set_name: str, task: str, found: list[Cell]) -> str:
    heads = DETAILS.format(metric=found[0].metric).split(" | ")
    bar = next((cell.figures for cell in found if cell.way == BAR), None)
    lines = (_details(cell, bar) for cell in found)
    return "\n".join([f"### {set_name}: {task}", "", _line(heads), _rule(len(heads)), *lines])


def _details(cell: Cell, bar: Figures | None) -> str:
    told = cell.figures
    scores = told.scores
    others = ", ".join(f"{name} {100 * scores[name]:.1f}" for name in ("em", "recall", "coverage") if name in scores)
    return _line(
        [
            cell.way,
            str(told.question_count),
            f"{100 * cell.quality:.1f}" + (f" ({others})" if others else ""),
            _over_bar(cell),
            _percent(scores.get("right")),
            _times(told.median_tokens, bar and bar.median_tokens, "{:,.0f}"),
            f"{told.mean_calls:.1f}",
            _times(told.median_seconds, bar and bar.median_seconds, "{:.1f}"),
            "–" if told.mean_seconds is None else f"{told.mean_seconds:.1f}",
            _percent(told.reused_share),
            _percent(told.malformed_share),
            _percent(told.cut_share),
            str(told.over_window_count),
            _percent(told.verified_share),
            _percent(told.gold_share),
            _percent(told.abstained_share),
            _percent(told.wrongly_abstained_share),
            str(told.error_count),
        ]
    )


def _over_bar(cell: Cell) -> str:
    over = cell.over_bar
    if over is None:
        return "–"
    return f"{100 * over.mean:+.1f} ({100 * over.low:+.1f} to {100 * over.high:+.1f})"


def _times(value: float | None, bar: float | None, form: str) -> str:
    if value is None:
        return "–"
    return form.format(value) + (f" ({value / bar:.1f}×)" if bar else "")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _line(columns: Sequence[str]) -> str:
    return f"| {' | '.join(columns)} |"


def _rule(count: int) -> str:
    return "|" + "---|" * count
