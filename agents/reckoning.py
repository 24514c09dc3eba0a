"""What a question wants reckoned by code from look-ups: an order, a time, or a difference. One reading for all."""

from typing import TypeAlias

from .difference import Difference, difference_of
from .duration import Duration, duration_of
from .timeline import Timeline, timeline_of

Dated: TypeAlias = Timeline | Duration
Reckoning: TypeAlias = Dated | Difference


def reckoning_of(question: str) -> Reckoning | None:
    """Return what a question wants reckoned, or None where it wants something else."""
    return timeline_of(question) or duration_of(question) or difference_of(question)
