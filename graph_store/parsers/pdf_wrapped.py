"""Rows of a PDF's table that were written over several lines: heads, and labels. Each becomes one row again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .pdf_lines import Line
from .pdf_table_columns import Column, place
from .pdf_tables import Cell, is_number

_HEAD_PITCH = 1.3
_LABEL_PITCH = 1.7
_LABEL_WIDTH = 0.6
_LABEL_INDENT = 2.5
_TOPS_OF_HEADS = 2
"""Lines of a head over several columns ("2023", "Year ended …") that may stand above the lines that are joined."""

_EVEN = 1.15
"""The lines of one cell are as far apart as this, at most, times the least."""

_SET_OFF = 1.2
"""Rows stand apart by this, at least, times the distance of the lines within one."""

_BESIDE = 0.8
"""Lines that are less than this share of the font's height apart stand beside each other."""

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(slots=True)
class Row:
    """The cells of a row, and the line that they stand on; of several, the last one."""

    line: Line
    cells: list[Cell]


def with_whole_heads(rows: list[Row], columns: Sequence[Column]) -> list[Row]:
    """Join the lines of a head, set tight above the columns of figures, at the top of the table."""
    for top in range(_TOPS_OF_HEADS + 1):
        while top + 1 < len(rows) and (head := _joined_head(rows[top], rows[top + 1], columns)):
            rows = [*rows[:top], head, *rows[top + 2 :]]
    return rows


def _joined_head(above: Row, below: Row, columns: Sequence[Column]) -> Row | None:
    tight = 0 < below.line.top - above.line.top < _HEAD_PITCH * above.line.height
    if not tight or max(len(above.cells), len(below.cells)) < 2:
        return None
    upper, lower = ({place(cell, columns): cell for cell in row.cells} for row in (above, below))
    if len(upper) + len(lower) < len(above.cells) + len(below.cells) or -1 in (*upper, *lower) or 0 in upper:
        return None
    figures = [cell.text for cell in below.cells if is_number(cell.text)]
    dated = len(figures) == len(below.cells) and all(map(_YEAR.fullmatch, figures))
    if any(is_number(cell.text) for cell in above.cells) or (figures and not dated):
        return None
    head = upper | lower
    for column in upper.keys() & lower.keys():
        head[column] = _joined(upper[column], lower[column])
    return Row(below.line, [head[column] for column in sorted(head)])


def with_whole_labels(rows: list[Row], columns: Sequence[Column]) -> list[Row]:
    """Join lines that hold nothing but a part of a label with the row that it belongs to.

    They are told by their distance, where rows stand further apart than the lines within one, or by a label that is
    wide and goes on in lower case.
    """
    if not columns:
        return rows
    joined: list[Row] = []
    for run in _runs(rows):
        whole = _joined_run(run, columns[0]) if len(run) > 1 else None
        joined += [whole] if whole else run
    return _with_running_labels(joined, columns[0])


def _runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows in runs of lines that are set tight and off from what is above and below."""
    pitches = [after.line.top - before.line.top for before, after in pairwise(rows)]
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and pitches[start] / _EVEN <= pitches[end - 1] <= _EVEN * pitches[start]:
            end += 1
        around = [*pitches[max(start - 1, 0) : start], *pitches[end - 1 : end]]
        within = max(pitches[start : end - 1], default=0.0)
        if not around or min(around) < _SET_OFF * within or within >= _LABEL_PITCH * rows[start].line.height:
            end = start + 1
        yield list(rows[start:end])
        start = end


def _joined_run(run: Sequence[Row], labels: Column) -> Row | None:
    """Return the row of a run in which one line has figures and the others a part of its label; else None."""
    full = [row for row in run if len(row.cells) > 1 or labels.shares(row.cells[0]) <= 0]
    figured = len(full) == 1 and any(is_number(cell.text) for cell in full[0].cells)
    parts = [row.cells[0] for row in run if labels.shares(row.cells[0]) > 0]
    if not figured or not parts or len({row.line.words[0].bold for row in run}) > 1:
        return None
    if any(part.text.endswith((":", ".")) for part in parts[:-1]) or _are_indented(parts, run[0].line.height):
        return None
    label = parts[0]
    for part in parts[1:]:
        label = _joined(label, part)
    if labels.shares(full[0].cells[0]) > 0:
        return Row(run[-1].line, [label, *full[0].cells[1:]])
    # Below a head, or above one, a line of one cell is a section; only beside figures it is their label.
    beside = all(row.line.top - above.line.top < _BESIDE * above.line.height for above, row in pairwise(run))
    return Row(run[-1].line, [label, *full[0].cells]) if beside else None


def _are_indented(parts: Sequence[Cell], height: float) -> bool:
    """Tell whether the parts begin at different places: a head, and the rows below it."""
    return any(not -1 <= part.left - parts[0].left <= _LABEL_INDENT * height for part in parts)


def _with_running_labels(rows: list[Row], labels: Column) -> list[Row]:
    joined = rows[:1]
    for row in rows[1:]:
        above, height = joined[-1], max(row.line.height, 1.0)
        if 0 < row.line.top - above.line.top < _LABEL_PITCH * height and _goes_on(
            above.cells, row.cells, labels, height
        ):
            row = Row(row.line, [_joined(joined.pop().cells[0], row.cells[0]), *row.cells[1:]])
        joined.append(row)
    return joined


def _goes_on(above: list[Cell], row: list[Cell], labels: Column, height: float) -> bool:
    if len(above) != 1 or len(row) < 2 or not row[0].text[0].islower() or above[0].text.endswith((".", ":", ";")):
        return False
    label, rest = above[0], row[0]
    beside = -1 <= rest.left - label.left <= _LABEL_INDENT * height and labels.shares(rest) > 0
    return beside and label.right - labels.left > _LABEL_WIDTH * (labels.right - labels.left)


def _joined(above: Cell, below: Cell) -> Cell:
    glue = "" if above.text.endswith("-") else " "
    return Cell(f"{above.text}{glue}{below.text}", min(above.left, below.left), max(above.right, below.right))
