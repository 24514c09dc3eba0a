"""Rows of a sheet as tables: parts them at blank rows, and repeats the names of columns in long ones. Reads no format.

A reader that sees a few rows of a long table needs the names of its columns, so a table of more than one passage comes
as several blocks that each begin with its head. The head is the only text that occurs more often than in the file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .blocks import Block, table_row

_BLOCK_WORDS = 110
_HEAD_SHARE = 4
_CHARACTERS_A_WORD = 12
_FIGURE = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*(?:[eE][+-]\d+)?")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: its 0-based number and the texts of its filled cells by 0-based column."""

    number: int
    cells: Mapping[int, str]


def sheet_blocks(rows: Iterable[SheetRow], page: int) -> Iterator[Block]:
    """Yield the blocks of a sheet's rows, in the order of the sheet.

    Args:
        rows: in order; rows without text may be missing.
        page: the page that all of them are on.
    """
    for group in _groups(rows):
        for table in _side_by_side(group):
            for text in _table_texts(table):
                yield Block(text, page=page)


def table_texts(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the texts of a table's blocks: one, or more that each begin with the head where the table is long."""
    lines = [line for row in rows if (line := table_row(row))]
    head = lines[0] if len(lines) > 2 and _is_head(rows[0], rows[1]) else ""
    room = max(_BLOCK_WORDS, _HEAD_SHARE * _word_count(head))
    held: list[str] = []
    word_count = 0
    for line in lines:
        line_words = _word_count(line)
        if held and word_count + line_words > room:
            yield "\n".join(held)
            held, word_count = ([head], _word_count(head)) if head else ([], 0)
        held.append(line)
        word_count += line_words
    if held:
        yield "\n".join(held)


def _groups(rows: Iterable[SheetRow]) -> Iterator[list[SheetRow]]:
    """Yield runs of rows without a blank row between them."""
    group: list[SheetRow] = []
    for row in rows:
        cells = {column: text for column, text in row.cells.items() if text.strip()}
        if not cells:
            continue
        if group and row.number > group[-1].number + 1:
            yield group
            group = []
        group.append(SheetRow(row.number, cells))
    if group:
        yield group


def _side_by_side(group: list[SheetRow]) -> Iterator[list[SheetRow]]:
    """Yield the tables of a run of rows, parted at a blank column where hardly a row goes on across it.

    A blank column that the rows do go across is only a gap in a table.
    """
    columns = sorted({column for row in group for column in row.cells})
    for before, column in pairwise(columns):
        if column == before + 1:
            continue
        sides = [_side(group, 0, column), _side(group, column, columns[-1] + 1)]
        if _are_two(*sides):
            yield sides[0]
            yield from _side_by_side(sides[1])
            return
    yield group


def _are_two(left: list[SheetRow], right: list[SheetRow]) -> bool:
    """Tell whether hardly a row goes from left to right, or the right side has a head where the left has figures."""
    shared = {row.number for row in left} & {row.number for row in right}
    if len(shared) * 2 < min(len(left), len(right)):
        return True
    beside = next((row for row in left[1:] if row.number == right[0].number), None)
    if beside is None or len(right) < 2 or not _figure_count(list(beside.cells.values())):
        return False
    head, below = (list(row.cells.values()) for row in right[:2])
    return len(head) > 1 and not _figure_count(head) and _figure_count(below) > 0


def _side(group: list[SheetRow], start: int, end: int) -> list[SheetRow]:
    parts = (SheetRow(row.number, {c: t for c, t in row.cells.items() if start <= c < end}) for row in group)
    return [part for part in parts if part.cells]


def _table_texts(table: list[SheetRow]) -> Iterator[str]:
    """Yield the blocks of a table: lines of a single cell above it first, each a block, then its rows."""
    columns = sorted({column for row in table for column in row.cells})
    rows = [[row.cells.get(column, "") for column in columns] for row in table]
    first = next((i for i, row in enumerate(rows) if sum(map(bool, row)) > 1), 0 if len(columns) > 1 else len(rows))
    for row in rows[:first]:
        yield table_row(filter(None, row))
    yield from table_texts(rows[first:])


def _is_head(row: Sequence[str], below: Sequence[str]) -> bool:
    return sum(map(bool, row)) > 1 and (not _figure_count(row) or _figure_count(row) < _figure_count(below))


def _figure_count(row: Sequence[str]) -> int:
    return sum(bool(_FIGURE.fullmatch(cell.strip())) for cell in row)


def _word_count(line: str) -> int:
    return max(len(line.split()), -(-len(line) // _CHARACTERS_A_WORD))
