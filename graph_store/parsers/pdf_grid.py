"""The grid of a PDF's table: cells run together part, empty ones stay, one table ends where another begins."""

import statistics
from collections.abc import Sequence
from itertools import pairwise

from .blocks import table_row
from .pdf_lines import Line
from .pdf_table_columns import Column, are_placed, columns_of, place
from .pdf_tables import Cell, is_number, row_cells
from .pdf_words import Word
from .pdf_wrapped import Row, with_whole_heads, with_whole_labels

_WIDE = 1.5
"""A gap of so many usual word spaces parts two words that stand in different columns."""


def table_rows(lines: list[Line]) -> list[str]:
    """Return the rows of a table as lines of text; each cell stands in its column where the columns are clear."""
    cells = [row_cells(line) for line in lines]
    columns = columns_of(cells)
    seam = _seam(cells, columns)
    if seam:
        return table_rows(lines[:seam]) + table_rows(lines[seam:])
    space = _word_space(lines)
    cut = [Line(_cut(line, columns, space), line.page) for line in lines]
    rows = [Row(line, row_cells(line)) for line in cut]
    rows = with_whole_heads(rows, columns_of([row.cells for row in rows]))
    columns = columns_of([row.cells for row in rows])
    whole = [row.cells for row in with_whole_labels(rows, columns)]
    head = next((row for row in whole if len(row) > 1), [])
    clear = are_placed(head, columns) and all(len(column.rows) > 1 for column in columns)
    return [table_row(_padded(row, columns) if clear else (cell.text for cell in row)) for row in whole]


def _seam(rows: list[list[Cell]], columns: Sequence[Column]) -> int:
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


def _cut(line: Line, columns: Sequence[Column], space: float) -> list[list[Word]]:
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


def _are_apart(before: Word, word: Word, columns: Sequence[Column]) -> bool:
    """Tell whether two neighbouring words stand on both sides of a gap between columns."""
    return any(
        _middle(before) <= left.right < _middle(word) and _middle(before) < right.left <= _middle(word)
        for left, right in pairwise(columns)
    )


def _middle(word: Word) -> float:
    return (word.left + word.right) / 2


def _padded(row: list[Cell], columns: Sequence[Column]) -> list[str]:
    if len(row) < 2 or not are_placed(row, columns):
        return [cell.text for cell in row]
    padded = [""] * len(columns)
    for cell in row:
        padded[place(cell, columns)] = cell.text
    return padded
