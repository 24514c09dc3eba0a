"""The columns of a PDF's table, found from where its cells stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .pdf_tables import Cell, is_number


@dataclass(slots=True)
class Column:
    """A column: its edges, and the rows that have a cell in it."""

    left: float
    right: float
    rows: set[int] = field(default_factory=set)

    def shares(self, cell: Cell) -> float:
        """Return the width that a cell has in common with the column; negative where they stand apart."""
        return min(self.right, cell.right) - max(self.left, cell.left)


def columns_of(rows: Sequence[Sequence[Cell]]) -> list[Column]:
    """Return the columns from left to right; a cell over several columns makes none of its own.

    Narrow cells come first. A cell that meets two columns joins them, unless some row has a cell in both. Labels that
    are indented so far that they do not meet the others are one column with them.
    """
    cells = [(cell.right - cell.left, i, cell) for i, row in enumerate(rows) if len(row) > 1 for cell in row]
    columns: list[Column] = []
    for _, i, cell in sorted(cells, key=lambda item: item[:2]):
        met = [column for column in columns if column.shares(cell) > 0]
        if any(one.rows & other.rows for one in met for other in met if one is not other):
            continue
        columns = [column for column in columns if column not in met]
        left = min([cell.left, *(column.left for column in met)])
        right = max([cell.right, *(column.right for column in met)])
        columns.append(Column(left, right, {i}.union(*(column.rows for column in met))))
    return _with_one_of_labels(sorted(columns, key=lambda column: column.left), rows)


def place(cell: Cell, columns: Sequence[Column]) -> int:
    """Return the place of the first column that a cell stands in, -1 if there is none."""
    return next((i for i, column in enumerate(columns) if column.shares(cell) > 0), -1)


def are_placed(row: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """Tell whether each cell of a row stands in a column of its own."""
    places = [place(cell, columns) for cell in row]
    return -1 not in places and all(before < after for before, after in pairwise(places))


def _with_one_of_labels(columns: list[Column], rows: Sequence[Sequence[Cell]]) -> list[Column]:
    while len(columns) > 2 and not columns[0].rows & columns[1].rows:
        labels, more = columns[:2]
        # Such a row has nothing further left, so its cell in that column is its first.
        if not all(_is_labelled(rows[i]) for i in (*labels.rows, *more.rows)):
            break
        joined = Column(labels.left, max(labels.right, more.right), labels.rows | more.rows)
        columns = [joined, *columns[2:]]
    return columns


def _is_labelled(row: Sequence[Cell]) -> bool:
    """Tell whether a row is words and then figures."""
    return not is_number(row[0].text) and any(is_number(cell.text) for cell in row[1:])
