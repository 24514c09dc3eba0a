"""`longreader ask`: the reading steps as they happen, then the answer with its citations."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...graph_store.errors import EmptyInput
from .opening import DEFAULT_COLLECTION, CollectionOption, JsonOption, open_reader
from .screen import counted, notices, plain, plain_lines, print_json, results

if TYPE_CHECKING:
    from rich.console import Console

    from ...agents.answer import Answer, Citation
    from ...agents.settings import BudgetSettings
    from ...agents.trace import ReadingStep
    from ..reader import Reader

# The modes of agents/settings.py, which is not imported for the help text alone.
ModeName = Literal["auto", "graph", "chain", "scan", "summary", "retrieve"]


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.", show_default=False)],
    mode: Annotated[
        ModeName | None, typer.Option(help="How to read; auto chooses, chain reads all, retrieve is the fastest.")
    ] = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    tokens: Annotated[int | None, typer.Option(min=1, help="Most model tokens to spend, read and written.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="Seconds after which no call is started.")] = None,
    json: JsonOption = False,
) -> None:
    """Ask a question about the documents of a collection."""
    if not question.strip():
        raise EmptyInput("The question is empty.", hint='Ask something: longreader ask "Who signed the contract?"')
    console = notices()
    with open_reader(needs_weights=True) as reader:
        try:
            answer = _read(reader, console, question, collection, mode, _budget(reader, tokens, seconds))
        except KeyboardInterrupt:
            console.print("Interrupted. Replies received so far are kept for when you ask again.", style="yellow")
            raise
    if console.is_terminal:
        console.print()
    if json:
        print_json(answer.model_dump_json(indent=2))
    else:
        print_answer(answer)


def _budget(reader: "Reader", tokens: int | None, seconds: float | None) -> "BudgetSettings":
    given = {"tokens": tokens, "seconds": seconds}
    changes = {name: value for name, value in given.items() if value is not None}
    return reader.settings.reading.budget.model_copy(update=changes)


def _read(
    reader: "Reader",
    console: "Console",
    question: str,
    collection: str,
    mode: ModeName | None,
    budget: "BudgetSettings",
) -> "Answer":
    from ...agents.trace import ReadingStep

    model = reader.settings.model
    first = "" if model.url else f"starting the model ({model.weights})…"
    if first:
        console.print(first, style="dim")
    with _waiting(console):
        for event in reader.stream(question, collection=collection, mode=mode, budget=budget):
            if not isinstance(event, ReadingStep):
                return event
            _print_step(console, event)
    raise AssertionError("a stream ends in an answer")


@contextmanager
def _waiting(console: "Console") -> Iterator[None]:
    """Show on a terminal that work goes on, and for how long."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("reading", style="dim"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task("")
        yield


def _print_step(console: "Console", step: "ReadingStep") -> None:
    if step.kind == "answer":  # the answer itself follows
        return
    walk = "" if step.walk is None else f" {step.walk}"
    line = f"{step.kind + walk:<12}{plain(step.summary)}"
    console.print(line, style="dim", no_wrap=True, overflow="ellipsis")


def print_answer(answer: "Answer") -> None:
    """Write an answer to standard output: text, status, citations, cost."""
    console = results()
    if answer.text:
        console.print(plain_lines(answer.text))
    status, style = status_words(answer)
    if status.rstrip(".").lower() != plain(answer.text).rstrip(".").lower():
        console.print(status, style=style)
    for citation in answer.citations:
        _print_citation(console, citation)
    console.print(_cost(answer), style="dim")


def status_words(answer: "Answer") -> tuple[str, str]:
    """Return the status in plain words, and a style for it."""
    from ...agents.answer import Status

    match answer.status:
        case Status.ANSWERED:
            return "answered", "green"
        case Status.PARTLY_ANSWERED if answer.citations:
            return "partly answered: something that was looked for was not found", "yellow"
        case Status.PARTLY_ANSWERED:
            return "partly answered: no quote in the documents bears it out", "yellow"
        case Status.NOT_IN_DOCUMENT:
            return "not in the document", "yellow"
        case Status.BUDGET_SPENT if answer.text:
            return "stopped at your limit; this is what was found", "yellow"
        case Status.BUDGET_SPENT:
            return "stopped at your limit; nothing was found until then", "yellow"


def place(citation: "Citation") -> str:
    """Return a citation's page or pages."""
    if citation.last_page > citation.page:
        return f"pages {citation.page}–{citation.last_page}"
    return f"page {citation.page}"


def _print_citation(console: "Console", citation: "Citation") -> None:
    line = f"[{citation.number}] {plain(citation.title)}, {place(citation)}: “{plain(citation.quote)}”"
    console.print(line)


def _cost(answer: "Answer") -> str:
    usage = answer.usage
    cached = f" ({usage.cached_call_count:,} cached)" if usage.cached_call_count else ""
    parts = [
        f"{usage.prompt_tokens:,} tokens read, {usage.completion_tokens:,} written",
        f"{counted(usage.call_count, 'call')}{cached}",
        f"{usage.seconds:.1f} s",
        f"trace {answer.trace_id}",
    ]
    return " · ".join(parts)
