"""How far the adding of a document is, and how long the rest takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Stage: TypeAlias = Literal["parse", "chunk", "note", "embed", "index"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. ``seconds_left`` is for the stage, None while nothing can be said."""

    stage: Stage
    done_count: int
    total_count: int
    seconds_left: float | None


Report: TypeAlias = Callable[[Progress], None]


def ignore(_progress: Progress) -> None:
    """Tell nobody."""


class Clock:
    """Reports a stage's progress and estimates the rest from its pace so far."""

    def __init__(self, stage: Stage, total_count: int, report: Report) -> None:
        self._stage: Stage = stage
        self._total_count = total_count
        self._report = report
        self._done_count = 0
        self._started = time.monotonic()
        if total_count:
            report(Progress(stage, 0, total_count, None))

    def advance(self, count: int) -> None:
        """Count this many more as done."""
        self._done_count += count
        pace = (time.monotonic() - self._started) / self._done_count
        left = pace * (self._total_count - self._done_count)
        self._report(Progress(self._stage, self._done_count, self._total_count, left))
