"""The result of a scan: rows counted, listed, summed, sorted and compared by code, and written as an answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph_store.key_element import normalise
from .aggregation import Aggregation
from .rows import Row

_FIGURE = re.compile(r"[\d,.]*\d|^\W+|\W+$")
# From here on "oldest" is told by years; below, by ages.
FIRST_YEAR = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """The answer's words, the rows that it rests on, and what was left out of it, for people ("" = nothing)."""

    text: str
    rows: tuple[Row, ...]
    left_out: str = ""


def aggregate(rows: Sequence[Row], asked: Aggregation) -> Result:
    """Do with joined rows what is asked; rows are in the order of their first mention.

    Where an amount is needed, rows without one are left out, and that is said.
    """
    if asked.among:
        rows = [row for row in rows if any(_same(row, name) for name in asked.among)]
    if asked.operation == "list":
        return Result(_listed([row.name for row in rows]), tuple(rows))
    if asked.operation == "count":
        names = _listed([row.name for row in rows])
        return Result(f"{len(rows)}: {names}" if rows else "0", tuple(rows))
    amounts = [(amount, row) for row in rows if (amount := row.amount) is not None]
    without = [row for row in rows if row.amount is None]
    left_out = f"without a number or date: {_listed([row.name for row in without])}" if without else ""
    if asked.operation == "sort":
        return _sorted(amounts, asked, left_out)
    if not amounts:
        return Result("", (), left_out)
    return _summed(amounts, left_out) if asked.operation == "sum" else _extreme(amounts, asked, left_out)


def _same(row: Row, name: str) -> bool:
    words = frozenset(normalise(name).split())
    return bool(words) and (words <= row.key or row.key <= words)


def _sorted(amounts: list[tuple[float, Row]], asked: Aggregation, left_out: str) -> Result:
    """Sort by amount; equal ones keep the order of the text."""
    ordered = [row for _, row in sorted(amounts, key=lambda found: found[0], reverse=asked.descending)]
    return Result(", ".join(map(_told, ordered)), tuple(ordered), left_out)


def _summed(amounts: list[tuple[float, Row]], left_out: str) -> Result:
    total = sum(amount for amount, _ in amounts)
    units = {_unit(row.values[0]) for _, row in amounts}
    unit = f" {units.pop()}" if len(units) == 1 else ""
    parts = " + ".join(map(_told, (row for _, row in amounts)))
    return Result(f"{total:,.10g}{unit}".strip() + f": {parts}", tuple(row for _, row in amounts), left_out)


def _unit(value: str) -> str:
    return _FIGURE.sub("", value).strip()


def _extreme(amounts: list[tuple[float, Row]], asked: Aggregation, left_out: str) -> Result:
    """Choose the rows at the end that is asked for; several where they are equal."""
    ages = asked.by_age and max(amount for amount, _ in amounts) < FIRST_YEAR
    lowest = (asked.operation == "minimum") != ages
    edge = (min if lowest else max)(amount for amount, _ in amounts)
    best = [row for amount, row in amounts if amount == edge]
    return Result(_listed([_told(row) for row in best]), tuple(best), left_out)


def _told(row: Row) -> str:
    return f"{row.name} ({row.values[0]})" if row.values and row.values[0] else row.name


def _listed(names: Sequence[str]) -> str:
    """Join names as English does; names that hold a comma are parted by semicolons."""
    if len(names) < 2:
        return "".join(names)
    comma = "; " if any("," in name for name in names) else ", "
    return f"{comma.join(names[:-1])} and {names[-1]}"
