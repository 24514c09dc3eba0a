"""The figures of many rows: means of the scores, cost, and shares of what went wrong."""

from collections.abc import Iterable, Sequence
from statistics import fmean, median

from pydantic import BaseModel

from .row import Row


class Figures(BaseModel, frozen=True):
    """Figures of the questions of one kind, asked in one way. Shares are between 0 and 1; None where of nothing.

    Attributes:
        scores: mean of each metric; a question that ended in an error counts 0.
        verified_share: citations whose quote stands in the document, of all shown.
        cited_share: answers with a citation, of those that are no refusal.
        gold_share: answers that cite a gold span, of those with a citation whose question has one.
        abstained_share: unanswerable questions that were refused.
        wrongly_abstained_share: answerable questions that were refused.
        median_seconds, mean_seconds: of the questions whose seconds are known.
        malformed_share, cut_share: of all model calls.
        reused_share: prompt tokens that the server had still computed.
    """

    question_count: int
    error_count: int
    refused_count: int
    scores: dict[str, float]
    verified_share: float | None
    cited_share: float | None
    gold_share: float | None
    abstained_share: float | None
    wrongly_abstained_share: float | None
    median_tokens: float
    mean_tokens: float
    mean_calls: float
    median_seconds: float | None
    mean_seconds: float | None
    malformed_share: float | None
    cut_share: float | None
    reused_share: float | None
    over_window_count: int


def figures(rows: Sequence[Row]) -> Figures:
    """Return the figures of rows; there must be at least one."""
    calls = sum(row.call_count for row in rows)
    seconds = [row.seconds for row in rows if row.seconds is not None]
    answered = [row for row in rows if not row.refused and not row.error]
    gold = [row.on_gold for row in rows if row.on_gold is not None and row.answerable]
    return Figures(
        question_count=len(rows),
        error_count=sum(bool(row.error) for row in rows),
        refused_count=sum(row.refused for row in rows),
        scores=mean_scores(rows),
        verified_share=_share(sum(row.verified_count for row in rows), sum(row.citation_count for row in rows)),
        cited_share=_share(sum(row.citation_count > 0 for row in answered), len(answered)),
        gold_share=_share(sum(gold), len(gold)),
        abstained_share=_refused([row for row in rows if not row.answerable]),
        wrongly_abstained_share=_refused([row for row in rows if row.answerable]),
        median_tokens=median(row.tokens for row in rows),
        mean_tokens=round(fmean(row.tokens for row in rows), 1),
        mean_calls=round(fmean(row.call_count for row in rows), 2),
        median_seconds=round(median(seconds), 2) if seconds else None,
        mean_seconds=round(fmean(seconds), 2) if seconds else None,
        malformed_share=_share(sum(row.repair_count for row in rows), calls),
        cut_share=_share(sum(row.cut_count for row in rows), calls),
        reused_share=_share(sum(row.reused_prompt_tokens for row in rows), sum(row.prompt_tokens for row in rows)),
        over_window_count=sum(row.over_window_count for row in rows),
    )


def mean_scores(rows: Iterable[Row]) -> dict[str, float]:
    """Return the mean of each metric over the rows that have it."""
    values: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.scores.items():
            values.setdefault(name, []).append(value)
    return {name: round(fmean(all_), 4) for name, all_ in values.items()}


def _refused(rows: list[Row]) -> float | None:
    return _share(sum(row.refused for row in rows), len(rows))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
