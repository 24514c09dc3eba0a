"""What a question wants reckoned by code from look-ups: the order of events, or a difference. One reading for all."""

from typing import TypeAlias

from .difference import Difference, difference_of
from .timeline import Timeline, timeline_of

Reckoning: TypeAlias = Timeline | Difference


def reckoning_of(question: str) -> Reckoning | None:
    """Return what a question wants reckoned, or None where it wants something else."""
    return timeline_of(question) or difference_of(question)
