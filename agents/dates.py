"""Dates as written, and the time between two. Owns no search for them in a text; numbers are amount.py's."""

import re
from dataclasses import dataclass, replace
from datetime import date

from ..graph_store.document import Span

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|sept|{'|'.join(month[:3] for month in _MONTHS)})\.?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?(?:\s(?P<year>\d{{4}}))?\b",
        rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<year>\d{{4}}))?",
        rf"\b{_MONTH}(?P<day>)\s(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
    )
)
# Day and month, or month and day.
_BARE_DATE = re.compile(r"\b(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d\d)\b")
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s*$", re.IGNORECASE)
# From here on a time is told in months and years.
_MOST_DAYS = 100
_ORDINARY_YEAR = 2001


@dataclass(frozen=True, slots=True)
class Date:
    """A date with what is told of it; 0 stands for a year, month or day that is not.

    Attributes:
        written: as it stands in the text.
    """

    year: int
    month: int = 0
    day: int = 0
    written: str = ""

    @property
    def as_years(self) -> float:
        """The date as a year with a fraction, in which all months are of 31 days."""
        return self.year + (max(self.month, 1) - 1) / 12 + (max(self.day, 1) - 1) / 372


def date_of(text: str) -> Date | None:
    """Return the first date with a month in a text; None without one. "05/04/2001" may be read in two ways: None."""
    words = " ".join(text.split())
    for pattern in _DATES:
        if found := pattern.search(words):
            month = found["month"].casefold()
            number = int(month) if month.isdigit() else [name[:3] for name in _MONTHS].index(month[:3]) + 1
            return Date(int(found["year"] or 0), number, int(found["day"] or 0), found[0])
    bare = _BARE_DATE.search(words)
    if bare is None or is_ambiguous(bare[0]):
        return None
    one, other = int(bare[1]), int(bare[3])
    return Date(int(bare[4]), *((other, one) if one > 12 else (one, other)), bare[0])


def is_ambiguous(text: str) -> bool:
    """Tell whether the first date in figures may be read in two ways, or lacks its century."""
    if not (bare := _BARE_DATE.search(" ".join(text.split()))):
        return False
    one, other = int(bare[1]), int(bare[3])
    return len(bare[4]) < 4 or (one <= 12 and other <= 12 and one != other)


def year_or_date(text: str) -> Date | None:
    """Return the first date in a text, or else the first year from 1000 to 2099."""
    year = _YEAR.search(text)
    return date_of(text) or (Date(int(year[0]), written=year[0]) if year else None)


def last_date(text: str, near: int) -> tuple[Date, Span] | None:
    """Return the last date with a month in a text, and its place; None without one.

    A date that stands by itself, as above an entry of a diary, goes for all that follows; others for what is near.

    Args:
        near: how many characters before the text's end another date may begin.
    """
    found = sorted((m for pattern in _DATES for m in pattern.finditer(text)), key=lambda match: match.start())
    last = next((m for m in reversed(found) if _is_alone(text, m) or len(text) - m.start() <= near), None)
    date = date_of(last[0]) if last else None
    return (date, Span(*last.span())) if last and date else None


def _is_alone(text: str, found: re.Match[str]) -> bool:
    before = _WEEKDAY.sub("", text[max(0, found.start() - 12) : found.start()]).rstrip(" \t#*")
    return (not before or before[-1] in '\n.!?”"') and text[found.end() : found.end() + 1] in (".", ":", "\n")


def time_between(one: Date, other: Date, unit: str = "") -> str:
    """Return the time from one date to another; "" where they do not tell it.

    Where a year is missing, the second date comes within a year of the first.

    Args:
        unit: "day", "week", "month" or "year"; by default what fits: days up to a hundred, else years and months.
    """
    first, second = _with_years(one, other)
    days = _days(first, second)
    months = abs(_months(first, second)) if first.month and second.month else 0
    if unit == "day" or (not unit and days is not None and days <= _MOST_DAYS):
        return "" if days is None else _told(days, "day")
    if unit == "week":
        return "" if days is None else " and ".join(filter(None, (_told(days // 7, "week"), _rest(days % 7, "day"))))
    if not (first.month and second.month):
        return _told(abs(second.year - first.year), "year") if unit != "month" and first.year and second.year else ""
    if unit == "month":
        return _told(months, "month")
    if unit == "year":
        return _told(months // 12, "year")
    years = _rest(months // 12, "year")
    return " and ".join(filter(None, (years, _rest(months % 12, "month")))) or _told(0, "month")


def _with_years(one: Date, other: Date) -> tuple[Date, Date]:
    late = (other.month, other.day) < (one.month, one.day)
    if one.year and other.year:
        return one, other
    first = one.year or (other.year or _ORDINARY_YEAR) - (late and other.year > 0)
    return replace(one, year=first), replace(other, year=other.year or first + late)


def _days(one: Date, other: Date) -> int | None:
    if not (one.day and other.day):
        return None
    try:
        return abs((date(other.year, other.month, other.day) - date(one.year, one.month, one.day)).days)
    except ValueError:
        return None


def _months(one: Date, other: Date) -> int:
    """Return whole months; a month whose days are not told counts from its first to its first."""
    earlier, later = sorted((one, other), key=lambda told: (told.year, told.month, told.day))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (bool(earlier.day and later.day) and later.day < earlier.day)


def _told(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _rest(count: int, unit: str) -> str:
    return _told(count, unit) if count else ""
