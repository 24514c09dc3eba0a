"""Tables as text (CSV, TSV) to blocks: each row is a line that reads on its own, its values named by the header."""

import csv
from collections.abc import Iterator
from itertools import chain, islice

from ..document import ParsedDocument
from ..errors import DamagedInput
from .blocks import Block, assemble, table_row

_SAMPLE_LINES = 50
_DELIMITERS = ",;\t|"
_ROWS_A_BLOCK = 20
_MAX_FIELD_CHARACTERS = 1_000_000
_MAX_NAME_CHARACTERS = 60


def parse_csv(text: str, title: str) -> ParsedDocument:
    """Read a table whose first row may be its header.

    The header is the first block. A row below it is a line "name: value | name: value …" without its empty cells; the
    name of the first column is left out, so that a row starts with its label. Twenty rows are a block.

    Args:
        text: of the file.
        title: of the file.

    Raises:
        DamagedInput: a cell comes to no end.
    """
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    try:
        rows = csv.reader(_lines(text), delimiter=_delimiter(text), skipinitialspace=True)
        return assemble(_blocks(rows), title, "text/csv")
    except csv.Error as error:
        raise DamagedInput(f"This table cannot be read: {error}.") from error


def _lines(text: str) -> Iterator[str]:
    """Yield lines with their ends: a quoted cell may hold some. Excel names the delimiter in a line of its own."""
    lines = text.splitlines(keepends=True)
    return iter(lines[1:] if lines and lines[0].lower().startswith("sep=") else lines)


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first rows into the same number of cells, two at least, most often."""
    sample = text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    if sample[0].lower().startswith("sep=") and len(sample[0].strip()) == 5:
        return sample[0][4]

    def fit(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(sample, delimiter=delimiter, skipinitialspace=True) if row]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) / len(counts) if usual > 1 else 0.0, usual)

    return max(_DELIMITERS, key=fit)


def _blocks(rows: Iterator[list[str]]) -> Iterator[Block]:
    filled = (row for row in rows if any(cell.strip() for cell in row))
    first = list(islice(filled, 2))
    header = _header(*first)
    if header:
        yield Block(table_row(header))
        first = first[1:]
    lines = (_line(row, header) for row in chain(first, filled))
    while block := list(islice(lines, _ROWS_A_BLOCK)):
        yield Block("\n".join(block))


def _header(first: list[str] | None = None, second: list[str] | None = None) -> list[str]:
    """Return the names of the columns: the first row, where all of it is words and no name stands twice."""
    names = [" ".join(cell.split()) for cell in first or []]
    filled = [name for name in names if name]
    is_words = all(len(name) <= _MAX_NAME_CHARACTERS and not _is_figure(name) for name in filled)
    differs = second is None or [cell.strip() for cell in second] != names
    return names if len(filled) > 1 and is_words and differs and len(set(filled)) == len(filled) else []


def _line(row: list[str], header: list[str]) -> str:
    cells: list[str] = []
    for i, cell in enumerate(row):
        value = " ".join(cell.split())
        name = header[i] if 0 < i < len(header) else ""
        if value:
            cells.append(f"{name}: {value}" if name else value)
    return table_row(cells) if header else table_row(row)


def _is_figure(cell: str) -> bool:
    return not any(map(str.isalpha, cell)) or sum(map(str.isdigit, cell)) > sum(map(str.isalpha, cell))
