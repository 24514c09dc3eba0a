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
MOST_CHARS = 1_500
_ORDERED = re.compile(
    r"\btimeline\b|\bchronological(?:ly)?\b|\b(?:in|by) (?:what|which) order (?:did|were|was|do)\b|\btime order\b"
    r"|\border (?:in which|that) (?:they|these|the)\b.*\b(?:happened|occurred|took place)\b"
    r"|\b(?:order|sequence|arrange|sort|re-?order)\b(?: of| the| these| following| below| by)* events\b"
    r"|\bevents (?:in|by) (?:their |the )?(?:right |correct )?order\b",
    re.IGNORECASE,
)
# Months of dates without a year that lie further apart may be of two years.
_HALF_A_YEAR = 6
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
    if len(question) > MOST_CHARS:
        return None
    starts = list(_NUMBERED.finditer(question))
    if not LEAST_EVENTS <= len(starts) <= MOST_EVENTS or not _ORDERED.search(question[: starts[0].start()]):
        return None
    if [int(found["number"]) for found in starts] != list(range(1, len(starts) + 1)):
        return None
    ends = [found.start() for found in starts[1:]] + [len(question)]
    told = (question[found.end() : end] for found, end in zip(starts, ends, strict=True))
    events = tuple(" ".join(event.split()).rstrip(" .;,") for event in told)
    return Timeline(events) if all(event and not event.endswith("?") for event in events) else None


def in_order(dates: Sequence[Date | None], places: Sequence[int | None]) -> list[int] | None:
    """Return the numbers of events, from 1 on, the earliest first; None where neither dates nor places tell.

    Dates are compared as far as all of them are told: years, or months, or days.

    Args:
        dates: of each event, None where none was found. One without a year is of the year that most others have.
        places: where in the document each is told, None where that is unknown; these decide between equal dates.
    """
    whens = _whens([date for date in dates if date])
    if len(whens) < len(dates):
        whens = [()] * len(dates)
    wheres = [place for place in places if place is not None]
    if len(wheres) < len(dates):
        wheres = [0] * len(dates)
        if len(set(whens)) < len(dates):
            return None
    return sorted(range(1, len(dates) + 1), key=lambda number: (whens[number - 1], wheres[number - 1]))


def _whens(dates: list[Date]) -> list[tuple[int, ...]]:
    """Return dates as far as all of them are told; none where they may be of two years without saying so."""
    years = Counter(date.year for date in dates if date.year)
    months = [date.month for date in dates]
    lacks_year = any(not date.year for date in dates)
    if not dates or (lacks_year and max(months) - min(months) > _HALF_A_YEAR):
        return []
    usual = years.most_common(1)[0][0] if years else 0
    told = 3 if all(date.day for date in dates) else 2 if all(months) else 1
    return [(date.year or usual, date.month, date.day)[:told] for date in dates]
