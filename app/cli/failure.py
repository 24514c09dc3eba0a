"""How a command fails: one line for the error, one for the hint, and the exit code.

0    done
1    the input or the question cannot be read; `add`: at least one file; `doctor`: at least one problem
2    the configuration, the installation or the command line must change
3    the model: not reachable, weights not to be had, no usable reply
4    the store: in use, damaged, no such document or trace
130  interrupted (Ctrl-C)
"""

from typing import Any

import typer
from typer.core import TyperGroup

from ...agents.errors import ModelError
from ...graph_store.errors import ConfigurationError, ReaderError, StoreError
from .screen import notices, plain, plain_lines

READING, CONFIGURATION, MODEL, STORE, INTERRUPTED = 1, 2, 3, 4, 130

_CODES = ((ConfigurationError, CONFIGURATION), (ModelError, MODEL), (StoreError, STORE), (ReaderError, READING))


def exit_code(error: ReaderError) -> int:
    """Return the exit code of an error."""
    return next(code for kind, code in _CODES if isinstance(error, kind))


def print_error(error: ReaderError, source: str = "") -> None:
    """Write an error and its hint to standard error; further lines of the message (a log's end) come last.

    Args:
        error: what happened.
        source: the file that it is about, if it is about one of several.
    """
    console = notices()
    message, _, details = plain_lines(error.message).partition("\n")
    console.print("error: ", style="bold red", end="")
    named = not source or source in message
    console.print(message if named else f"{plain(source)}: {message}", soft_wrap=True)
    if error.hint:
        console.print("hint:  ", style="bold", end="")
        console.print(plain(error.hint), soft_wrap=True)
    if details:
        console.print(details, style="dim", soft_wrap=True)


class Commands(TyperGroup):
    """A group of commands whose expected errors end in a line, a hint and an exit code. Others are not touched."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ReaderError as error:
            print_error(error)
            raise typer.Exit(exit_code(error)) from error
