"""What is shown on standard error while a question is read: that work goes on, and each step as it happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph_store.errors import NotFound
from .screen import notices, plain

if TYPE_CHECKING:
    from rich.console import Console

    from ...agents.answer import Answer
    from ...agents.delta import AnswerDelta
    from ...agents.settings import BudgetSettings
    from ...agents.trace import ReadingStep
    from ...graph_store.documents import DocumentInfo
    from ..reader import Reader

TokensOption = Annotated[int | None, typer.Option(min=1, help="Most model tokens to spend, read and written.")]
SecondsOption = Annotated[float | None, typer.Option(min=1, help="Seconds after which no call is started.")]


def budget_of(reader: "Reader", tokens: int | None, seconds: float | None) -> "BudgetSettings":
    """Return the budget of the settings with what the command line says in its place."""
    given = {"tokens": tokens, "seconds": seconds}
    changes = {name: value for name, value in given.items() if value is not None}
    return reader.settings.reading.budget.model_copy(update=changes)


def tell_start(reader: "Reader", collection: str) -> None:
    """Tell that the embedded model is started: nothing else happens for some seconds.

    Where the data folder cannot be opened, or holds nothing to read, no model is started.

    Raises:
        ReaderError: the data folder cannot be opened.
    """
    model = reader.settings.model
    documents: list[DocumentInfo] = []
    with suppress(NotFound):
        documents = reader.documents(collection)
    if not model.url and any(document.status == "ready" for document in documents):
        notices().print(f"starting the model ({model.weights})…", style="dim")


def follow(events: "Iterator[ReadingStep | AnswerDelta | Answer]") -> "Answer":
    """Print each step as it happens; return the answer."""
    from ...agents.answer import Answer
    from ...agents.trace import ReadingStep

    with reading() as told:
        for event in events:
            if isinstance(event, Answer):
                return event
            if isinstance(event, ReadingStep):
                told(event)
    raise AssertionError("a stream ends in an answer")


@contextmanager
def reading() -> "Iterator[Callable[[ReadingStep], None]]":
    """Show on a terminal that work goes on, and for how long. Yields what prints a step."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = notices()
    columns = (SpinnerColumn(), TextColumn("reading", style="dim"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task("")
        yield lambda step: _print_step(progress.console, step)
    if console.is_terminal:
        console.print()


def _print_step(console: "Console", step: "ReadingStep") -> None:
    if step.kind == "answer":  # the answer itself follows
        return
    walk = "" if step.walk is None else f" {step.walk}"
    line = f"{step.kind + walk:<12}{plain(step.summary)}"
    console.print(line, style="dim", no_wrap=True, overflow="ellipsis")
