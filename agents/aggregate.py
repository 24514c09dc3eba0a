"""The result of a scan: rows counted, listed, summed, sorted and compared by code, and written as an answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph_store.key_element import normalise
from .aggregation import Aggregation
from .amount import measure_of, unit_of
from .rows import Row

# From here on "oldest" is told by years; below, by ages.
FIRST_YEAR = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """The answer's words, the rows that it rests on, and what is missing from it, for people ("" = nothing)."""

    text: str
    rows: tuple[Row, ...]
    missing: str = ""


def aggregate(rows: Sequence[Row], asked: Aggregation) -> Result:
    """Do with joined rows what is asked; rows are in the order of their first mention.

    Where an amount is needed, rows without one are left out, and that is said; so is what competes and was not found.
    """
    if asked.among:
        rows = [row for row in rows if any(_same(row, name) for name in asked.among)]
    unfound = [name for name in asked.among if not any(_same(row, name) for row in rows)]
    if asked.operation == "list":
        return Result(_listed([row.name for row in rows]), tuple(rows))
    if asked.operation == "count":
        names = _listed([row.name for row in rows])
        return Result(f"{len(rows)}: {names}" if rows else "0", tuple(rows))
    if asked.by_name:
        rows = sorted(rows, key=lambda row: row.name.casefold(), reverse=asked.descending)
        return Result(_listed([row.name for row in rows]), tuple(rows))
    amounts = [(amount, row) for row in rows if (amount := row.amount) is not None]
    without = [row for row in rows if row.amount is None]
    told = [f"Not found: {_listed(unfound)}."] if unfound else []
    told += [f"Left out, without a number or date: {_listed([row.name for row in without])}."] if without else []
    measures = sorted({measure for _, row in amounts if (measure := measure_of(row.values[0]))})
    if len(measures) > 1:
        told += [f"Not compared: the figures are in {_listed(measures)}."]
        found = tuple(row for _, row in amounts)
        return Result(_listed([_told(row) for row in found]), found, " ".join(told))
    missing = " ".join(told)
    if asked.operation == "sort":
        return _sorted(amounts, asked, missing)
    if not amounts:
        return Result("", (), missing)
    return _summed(amounts, missing) if asked.operation == "sum" else _extreme(amounts, asked, missing)


def _same(row: Row, name: str) -> bool:
    words = frozenset(normalise(name).split())
    return bool(words) and (words <= row.key or row.key <= words)


def _sorted(amounts: list[tuple[float, Row]], asked: Aggregation, missing: str) -> Result:
    """Sort by amount; equal ones keep the order of the text."""
    descending = asked.descending != _are_ages(amounts, asked)
    ordered = [row for _, row in sorted(amounts, key=lambda found: found[0], reverse=descending)]
    return Result(", ".join(map(_told, ordered)), tuple(ordered), missing)


def _summed(amounts: list[tuple[float, Row]], missing: str) -> Result:
    total = math.fsum(amount for amount, _ in amounts)
    units = {unit_of(row.values[0]) for _, row in amounts}
    unit = f" {units.pop()}" if len(units) == 1 else ""
    parts = " + ".join(map(_told, (row for _, row in amounts)))
    return Result(f"{total:,.15g}{unit}".strip() + f": {parts}", tuple(row for _, row in amounts), missing)


def _extreme(amounts: list[tuple[float, Row]], asked: Aggregation, missing: str) -> Result:
    """Choose the rows at the places that are asked for; with equal ones, where they share a place."""
    lowest = (asked.operation == "minimum") != _are_ages(amounts, asked)
    ordered = sorted(amounts, key=lambda found: found[0], reverse=not lowest)
    first, last = asked.places
    wanted = {amount for amount, _ in ordered[first - 1 : last]}
    best = [row for amount, row in ordered if amount in wanted]
    return Result(_listed([_told(row) for row in best]), tuple(best), missing)


def _are_ages(amounts: list[tuple[float, Row]], asked: Aggregation) -> bool:
    return asked.by_age and max(amount for amount, _ in amounts) < FIRST_YEAR


def _told(row: Row) -> str:
    return f"{row.name} ({row.values[0]})" if row.values and row.values[0] else row.name


def _listed(names: Sequence[str]) -> str:
    """Join names as English does; names that hold a comma are parted by semicolons."""
    if len(names) < 2:
        return "".join(names)
    comma = "; " if any("," in name for name in names) else ", "
    return f"{comma.join(names[:-1])} and {names[-1]}"
