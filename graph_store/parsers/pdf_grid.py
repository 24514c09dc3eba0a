"""The columns of a PDF's table: cells run together part, empty ones stay, heads and labels over lines are joined."""

import statistics
from dataclasses import dataclass, field
from itertools import pairwise

from .blocks import table_row
from .pdf_lines import Line
from .pdf_tables import Cell, is_number, row_cells
from .pdf_words import Word

_WIDE = 1.5
"""A gap of so many usual word spaces parts two words that stand in different columns."""

_HEAD_PITCH = 1.3
_LABEL_PITCH = 1.7
_LABEL_WIDTH = 0.6
_LABEL_INDENT = 2.5


@dataclass(slots=True)
class _Column:
    left: float
    right: float
    rows: set[int] = field(default_factory=set)

    def shares(self, cell: Cell) -> float:
        return min(self.right, cell.right) - max(self.left, cell.left)


def table_rows(lines: list[Line]) -> list[str]:
    """Return the rows of a table as lines of text; each cell stands in its column where the columns are clear."""
    rows = [row_cells(line) for line in lines]
    columns = _columns(rows)
    seam = _seam(rows, columns)
    if seam:
        return table_rows(lines[:seam]) + table_rows(lines[seam:])
    space = _word_space(lines)
    cut = [Line(_cut(line, columns, space), line.page) for line in lines]
    rows = [row_cells(line) for line in cut]
    columns = _columns(rows)
    cut, rows = _with_whole_head(cut, rows, columns)
    columns = _columns(rows)
    whole = _with_whole_labels(cut, rows, columns)
    head = next((row for row in whole if len(row) > 1), [])
    clear = _are_placed(head, columns) and all(len(column.rows) > 1 for column in columns)
    return [table_row(_padded(row, columns) if clear else (cell.text for cell in row)) for row in whole]


def _columns(rows: list[list[Cell]]) -> list[_Column]:
    """Return the columns from left to right; a cell over several columns makes none of its own.

    Narrow cells come first. A cell that meets two columns joins them, unless some row has a cell in both.
    """
    cells = [(cell.right - cell.left, i, cell) for i, row in enumerate(rows) if len(row) > 1 for cell in row]
    columns: list[_Column] = []
    for _, i, cell in sorted(cells, key=lambda item: item[:2]):
        met = [column for column in columns if column.shares(cell) > 0]
        if any(one.rows & other.rows for one in met for other in met if one is not other):
            continue
        columns = [column for column in columns if column not in met]
        left = min([cell.left, *(column.left for column in met)])
        right = max([cell.right, *(column.right for column in met)])
        columns.append(_Column(left, right, {i}.union(*(column.rows for column in met))))
    return sorted(columns, key=lambda column: column.left)


def _seam(rows: list[list[Cell]], columns: list[_Column]) -> int:
    """Return the row of one cell where another table starts, 0 if there is none.

    There the columns change: some are used only above, others only below.
    """
    # A column of a single row is a head that stands beside its figures, not a table.
    shared = [column.rows for column in columns if len(column.rows) > 1]
    ends, starts = [max(rows) for rows in shared], [min(rows) for rows in shared]
    if not shared or min(ends) >= max(starts):
        return 0
    return next((i for i in range(min(ends) + 1, max(starts)) if len(rows[i]) == 1), 0)


def _word_space(lines: list[Line]) -> float:
    gaps = [after.left - before.right for line in lines for part in line.segments for before, after in pairwise(part)]
    return statistics.median([gap for gap in gaps if gap > 0] or [0])


def _cut(line: Line, columns: list[_Column], space: float) -> list[list[Word]]:
    segments: list[list[Word]] = []
    for segment in line.segments:
        segments.append(segment[:1])
        for before, word in pairwise(segment):
            wide = word.left - before.right > _WIDE * space > 0
            if (wide or (is_number(before.text) and is_number(word.text))) and _are_apart(before, word, columns):
                segments.append([word])
            else:
                segments[-1].append(word)
    return segments


def _are_apart(before: Word, word: Word, columns: list[_Column]) -> bool:
    """Tell whether two neighbouring words stand on both sides of a gap between columns."""
    return any(
        _middle(before) <= left.right < _middle(word) and _middle(before) < right.left <= _middle(word)
        for left, right in pairwise(columns)
    )


def _middle(word: Word) -> float:
    return (word.left + word.right) / 2


def _padded(row: list[Cell], columns: list[_Column]) -> list[str]:
    if len(row) < 2 or not _are_placed(row, columns):
        return [cell.text for cell in row]
    padded = [""] * len(columns)
    for cell in row:
        padded[_place(cell, columns)] = cell.text
    return padded


def _are_placed(row: list[Cell], columns: list[_Column]) -> bool:
    """Tell whether each cell of a row stands in a column of its own."""
    places = [_place(cell, columns) for cell in row]
    return -1 not in places and all(before < after for before, after in pairwise(places))


def _place(cell: Cell, columns: list[_Column]) -> int:
    """Return the place of the first column that a cell stands in, -1 if there is none."""
    return next((i for i, column in enumerate(columns) if column.shares(cell) > 0), -1)


def _with_whole_head(
    lines: list[Line], rows: list[list[Cell]], columns: list[_Column]
) -> tuple[list[Line], list[list[Cell]]]:
    """Join the first rows where they are the lines of one head, set tight above the columns of figures."""
    while len(rows) > 1 and 0 < lines[1].top - lines[0].top < _HEAD_PITCH * lines[0].height:
        upper, lower = ({_place(cell, columns): cell for cell in row} for row in rows[:2])
        cells = [*rows[0], *rows[1]]
        if len(upper) + len(lower) < len(cells) or min(upper | lower) < 1 or any(is_number(c.text) for c in cells):
            break
        head = upper | lower
        for place in upper.keys() & lower.keys():
            above, below = upper[place], lower[place]
            left, right = min(above.left, below.left), max(above.right, below.right)
            head[place] = Cell(f"{above.text} {below.text}", left, right)
        lines, rows = lines[1:], [[head[place] for place in sorted(head)], *rows[2:]]
    return lines, rows


def _with_whole_labels(lines: list[Line], rows: list[list[Cell]], columns: list[_Column]) -> list[list[Cell]]:
    """Join a row that is nothing but the first line of a label with the row below, where the label goes on."""
    joined = rows[:1]
    for (above, line), row in zip(pairwise(lines), rows[1:], strict=True):
        pitch = (line.top - above.top) / max(line.height, 1.0)
        if 0 < pitch < _LABEL_PITCH and columns and _goes_on(joined[-1], row, columns[0], line.height):
            label = joined.pop()[0]
            glue = "" if label.text.endswith("-") else " "
            row = [Cell(f"{label.text}{glue}{row[0].text}", label.left, max(label.right, row[0].right)), *row[1:]]
        joined.append(row)
    return joined


def _goes_on(above: list[Cell], row: list[Cell], column: _Column, height: float) -> bool:
    if len(above) != 1 or len(row) < 2 or not row[0].text[0].islower() or above[0].text.endswith((".", ":", ";")):
        return False
    label, rest = above[0], row[0]
    beside = -1 <= rest.left - label.left <= _LABEL_INDENT * height and column.shares(rest) > 0
    return beside and label.right - column.left > _LABEL_WIDTH * (column.right - column.left)
