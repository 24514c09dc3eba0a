"""Dates as written, and the time between two. Owns no search for them in a text; numbers are amount.py's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ..graph_store.document import Span

MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>{'|'.join(MONTHS)}|sept|{'|'.join(month[:3] for month in MONTHS)})\.?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?(?:\s(?P<year>\d{{4}}))?\b",
        rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<year>\d{{4}}))?",
        rf"\b{_MONTH}(?P<day>)\s(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
    )
)
# "Section 12 may be waived": in lower case these are no months, unless all of the text is.
_WORDS_TOO = ("may", "march", "mar")
# Day and month, or month and day.
_BARE_DATE = re.compile(r"\b(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d\d)\b")
YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
# A year in running text: "1200 feet" and "Form 1040" are none, and a range tells two.
_TOLD_YEAR = re.compile(
    r"(?:\b(?:in|since|until|during|from|spring|summer|autumn|winter|early|late|year)\s|\()(?P<year>(?:1\d|20)\d\d)\b"
    r"(?!\s?[-–—]\s?\d|[.,]\d|\s+(?:feet|met(?:er|re)s|miles|tons|crowns|dollars|euros|pounds|people|members|words|days"
    r"|hours|shares)\b)",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s*$", re.IGNORECASE)
_REFERENCE = re.compile(r"\W*(?:retrieved|archived|accessed|p\.|pp\.|isbn|issn)", re.IGNORECASE)
# How far beside a date is looked to tell whether it stands by itself.
_BESIDE_CHARS = 200
# From here on a time is told in years, months and days.
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
    if found := next(_found(words), None):
        return _date(found)
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
    """Return the first date in a short text, or else the first year from 1000 to 2099; None where it is ambiguous."""
    if (found := date_of(text)) or is_ambiguous(text):
        return found
    year = YEAR.search(text)
    return Date(int(year[0]), written=year[0]) if year else None


def dates_told(text: str) -> list[Date]:
    """Return the dates of a sentence, each once, and the years that are told as such ("in 1874", "(1874)")."""
    words = " ".join(text.split())
    dates = [_date(found) for found in _found(words)]
    known = {told.year for told in dates}
    years = (int(found["year"]) for found in _TOLD_YEAR.finditer(words))
    dates += [Date(year, written=str(year)) for year in dict.fromkeys(years) if year not in known]
    return list(dict.fromkeys(dates))


def lone_dates(text: str) -> list[tuple[Date, Span]]:
    """Return the dates that stand by themselves, as above the entries of a diary, with their places, in order."""
    return [(_date(found), Span(*found.span())) for found in _found(text) if _is_alone(text, found)]


def time_between(one: Date, other: Date, unit: str = "", *, in_order: bool = True) -> str:
    """Return the time from one date to another; "" where they do not tell it.

    Args:
        unit: "day", "week", "month" or "year"; by default what fits: days up to a hundred, else years, months and days.
        in_order: where a year is missing, the second date comes within a year of the first; else the nearer way.
    """
    if bool(one.year) != bool(other.year) and not (one.month and other.month):
        return ""
    first, second = _with_years(one, other, in_order)
    dated = _as_dates(first, second)
    if dated is None:
        return ""
    days = abs((dated[1] - dated[0]).days) if first.day and second.day else None
    if unit in ("day", "week"):
        return "" if days is None else _told(days, "day") if unit == "day" or days < 7 else _weeks(days)
    if not unit and days is not None and days <= _MOST_DAYS:
        return _told(days, "day")
    if not (first.month and second.month):
        return _told(abs(second.year - first.year), "year") if unit != "month" else ""
    months, rest = _months(*dated)
    if unit:
        return _told(months if unit == "month" else months // 12, unit)
    parts = [_told(months // 12, "year"), _told(months % 12, "month"), _told(rest if days is not None else 0, "day")]
    kept = [part for part in parts if not part.startswith("0 ")] or ["0 months"]
    return f"{', '.join(kept[:-1])} and {kept[-1]}" if kept[1:] else kept[0]


def _found(text: str) -> Iterator[re.Match[str]]:
    """Yield the places of dates with a month in their order; of those that overlap, the longest."""
    is_lower = text == text.casefold()
    found = sorted(
        (m for pattern in _DATES for m in pattern.finditer(text) if _is_month(m, is_lower)),
        key=lambda match: (match.start(), -match.end()),
    )
    end = 0
    for match in found:
        if match.start() >= end:
            yield match
            end = match.end()


def _is_month(found: re.Match[str], is_lower: bool) -> bool:
    month = found["month"]
    return 1 <= int(month) <= 12 if month.isdigit() else is_lower or month not in _WORDS_TOO


def _date(found: re.Match[str]) -> Date:
    month = found["month"].casefold()
    number = int(month) if month.isdigit() else [name[:3] for name in MONTHS].index(month[:3]) + 1
    return Date(int(found["year"] or 0), number, int(found["day"] or 0), " ".join(found[0].split()))


def _is_alone(text: str, found: re.Match[str]) -> bool:
    before = _WEEKDAY.sub("", text[max(found.start() - _BESIDE_CHARS, 0) : found.start()]).rstrip(" \t#*")
    # A line that begins with it may go on from the line before.
    begins = not before or before.endswith("\n\n") or before.rstrip()[-1:] in tuple('.!?”"')
    after = text[found.end() : found.end() + _BESIDE_CHARS]
    return begins and after[:1] in (".", ":", "\n") and not _REFERENCE.match(after)


def _with_years(one: Date, other: Date, in_order: bool) -> tuple[Date, Date]:
    if one.year and other.year:
        return one, other
    if other.year:
        return _nearest(one, other, -1 if in_order else 0), other
    known = replace(one, year=one.year or _ORDINARY_YEAR)
    return known, _nearest(other, known, 1 if in_order else 0)


def _nearest(undated: Date, known: Date, side: int) -> Date:
    """Return a date in the year that brings it nearest to a known one: after it (1), before it (-1), either (0)."""
    tried = (replace(undated, year=known.year + shift) for shift in (0, 1, -1))

    def distance(found: Date) -> tuple[bool, float]:
        apart = found.as_years - known.as_years
        return apart * side < 0, abs(apart)

    return min(tried, key=distance)


def _as_dates(one: Date, other: Date) -> tuple[date, date] | None:
    """Return two dates, the earlier one first; what is not told of them is their first month and day."""
    try:
        first, second = sorted(date(told.year, told.month or 1, told.day or 1) for told in (one, other))
    except ValueError:
        return None
    return first, second


def _months(earlier: date, later: date) -> tuple[int, int]:
    """Return whole months from one date to another, and the days that are left."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    if later.day >= earlier.day:
        return months, later.day - earlier.day
    year, month = divmod(earlier.year * 12 + earlier.month - 1 + months - 1, 12)
    start = date(year, month + 1, 1)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    month_days = (following - start).days
    return months - 1, later.day + max(month_days - earlier.day, 0)


def _weeks(days: int) -> str:
    return " and ".join(filter(None, (_told(days // 7, "week"), _told(days % 7, "day") if days % 7 else "")))


def _told(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
