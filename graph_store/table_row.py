"""Rows of tables in text (cells separated by " | "): labels and column names. Finding tables is in parsers/."""

CELL_BREAK = " | "
_MAX_CELL_WORDS = 8
_NO_VALUE = ("n/a", "n.a.", "n/m", "n.m.")


def is_row(line: str) -> bool:
    """Tell whether a line is a table row."""
    return CELL_BREAK in line


def row_elements(row: str, header: str | None) -> list[str]:
    """Return the key elements of a row: its label and other cells of words, then the names of its columns.

    Args:
        row: The row.
        header: The first row of the same table, where it is known.
    """
    cells = _cells(row)
    if not any(map(_names_something, cells)):
        return []
    names = [] if header is None else [name for name in _cells(header)[1:] if _names_something(name)]
    return list(dict.fromkeys([cell for cell in cells if _names_something(cell) and not _is_figure(cell)] + names))


def _cells(row: str) -> list[str]:
    return [cell.strip(" |") for cell in row.split(CELL_BREAK)]


def _names_something(cell: str) -> bool:
    return any(c.isalnum() for c in cell) and len(cell.split()) <= _MAX_CELL_WORDS and cell.casefold() not in _NO_VALUE


def _is_figure(cell: str) -> bool:
    letters = sum(c.isalpha() for c in cell)
    return letters < 2 or letters < sum(c.isdigit() for c in cell)
