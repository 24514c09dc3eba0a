"""An answer on the screen: text, status, citations, cost. Getting it is steps.py's."""

from typing import TYPE_CHECKING

from .screen import counted, plain, plain_lines, print_json, results

if TYPE_CHECKING:
    from rich.console import Console

    from ...agents.answer import Answer, Citation


def print_answer(answer: "Answer", json: bool = False) -> None:
    """Write an answer to standard output: text, status, citations, cost."""
    if json:
        print_json(answer.model_dump_json(indent=2))
        return
    console = results()
    if answer.text:
        console.print(plain_lines(answer.text))
    status, style = status_words(answer)
    if not plain(answer.text).lower().startswith(status):
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
            return "partly answered: something was not found, or not read", "yellow"
        case Status.PARTLY_ANSWERED:
            return "partly answered: no quote in the documents bears it out", "yellow"
        case Status.NOT_IN_DOCUMENT:
            return "not in the document", "yellow"
        case Status.BUDGET_SPENT if answer.text:
            return "stopped at the limit of its budget; this is what was found", "yellow"
        case Status.BUDGET_SPENT:
            return "stopped at the limit of its budget; nothing was found until then", "yellow"


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
