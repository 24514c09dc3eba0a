"""Questions for the order of numbered events: a look-up for each one's date, then the order by code.

Where not all dates are told, the places in the text decide: a document tells most things in their order.

Source: ours; as comparison.py.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .dates import Date

LEAST_EVENTS = 2
MOST_EVENTS = 8
_ORDERED = re.compile(
    r"\b(?:re-?order|order|arrange|sort|rank|sequence|put|place|list)\b.*\b(?:timeline|chronolog\w+|order|sequence|time"
    r"|events?)\b|\bchronological(?:ly)?\b|\btimeline of\b|\bin (?:what|which) order\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\s)\(?(?P<number>[1-9])[.)]\s+")


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events to order, numbered from 1 on without a gap."""

    events: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """What is looked up for each."""
        return tuple(f"When was this: {event}?" for event in self.events)


def timeline_of(question: str) -> Timeline | None:
    """Return the numbered events that a question wants ordered, or None where it wants something else."""
    starts = list(_NUMBERED.finditer(question))
    if not LEAST_EVENTS <= len(starts) <= MOST_EVENTS or not _ORDERED.search(question[: starts[0].start()]):
        return None
    if [int(found["number"]) for found in starts] != list(range(1, len(starts) + 1)):
        return None
    ends = [found.start() for found in starts[1:]] + [len(question)]
    told = (question[found.end() : end] for found, end in zip(starts, ends, strict=True))
    events = tuple(" ".join(event.split()).rstrip(" .;,?") for event in told)
    return Timeline(events) if all(events) else None


def in_order(dates: Sequence[Date | None], places: Sequence[int | None]) -> list[int] | None:
    """Return the numbers of events, from 1 on, the earliest first; None where neither dates nor places tell.

    Args:
        dates: of each event, None where none was found. One without a year is of the year that most others have.
        places: where in the document each is told, None where that is unknown; these decide between equal dates.
    """
    years = Counter(date.year for date in dates if date and date.year)
    usual = years.most_common(1)[0][0] if years else 0
    whens = [(date.year or usual, date.month, date.day) for date in dates if date]
    wheres = [place for place in places if place is not None]
    if len(wheres) < len(dates):
        wheres = [0] * len(dates)
        if len(set(whens)) < len(dates):
            return None
    if len(whens) < len(dates):
        whens = [(0, 0, 0)] * len(dates)
    return sorted(range(1, len(dates) + 1), key=lambda number: (whens[number - 1], wheres[number - 1]))
