"""Where the command line writes: results to standard output, everything about getting them to standard error.

Text of documents is shown as it is but for control characters: a title cannot move the cursor or set the terminal.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

# Wider than any line: what goes into a file or a pipe is neither wrapped nor cut.
_UNLIMITED = 100_000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def results() -> "Console":
    """Return the console of standard output."""
    return _console(stderr=False)


def notices() -> "Console":
    """Return the console of standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = _UNLIMITED
    return console


def plain(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def plain_lines(text: str) -> str:
    """Return the text without control characters, its lines kept."""
    return "\n".join(_CONTROL.sub(" ", line).rstrip() for line in text.splitlines())


def table(*columns: str, numbers: Iterable[str] = (), cut: str = "") -> "Table":
    """Return an empty table without borders.

    Args:
        columns: the headings.
        numbers: those that are aligned right.
        cut: the one that gives way where the terminal is too narrow; its cells are made by ``cell``.
    """
    from rich.table import Table

    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in columns:
        made.add_column(name, justify="right" if name in set(numbers) else "left", no_wrap=name != cut)
    return made


def cell(text: str) -> "Text":
    """Return a cell of a table that is cut rather than broken into lines."""
    from rich.text import Text

    return Text(plain(text), no_wrap=True, overflow="ellipsis")


def print_json(text: str) -> None:
    """Write one JSON value and a line feed to standard output, whatever the terminal."""
    typer.echo(text.encode("utf-8", "replace").decode())


def size(byte_count: int) -> str:
    """Return a size in the unit that people use for files: 1.1 GB, 22 MB."""
    return f"{byte_count / 1e9:.1f} GB" if byte_count >= 1e9 else f"{byte_count / 1e6:.0f} MB"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: 1 page, 1,200 words."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
