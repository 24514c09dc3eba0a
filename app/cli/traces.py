"""`longreader trace`: how a question was read, step by step and call by call."""

import json as json_module
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .answers import print_answer
from .opening import JsonOption, open_reader
from .screen import cell, counted, notices, plain, print_json, results, table

if TYPE_CHECKING:
    from rich.console import Console

    from ...agents.trace import CallRecord, ReadingStep, Trace
    from ..reader import Reader

_LATEST_COUNT = 20


def trace(
    trace_id: Annotated[str | None, typer.Argument(metavar="ID", help="Without it: the latest traces.")] = None,
    json: JsonOption = False,
) -> None:
    """Show how a question was read: plan, steps, notebooks, calls, answer."""
    with open_reader() as reader:
        if trace_id is None:
            _list(reader, json)
            return
        found = reader.trace(trace_id)
    if json:
        print_json(found.model_dump_json(indent=2))
    else:
        _print(results(), found)


def _list(reader: "Reader", json: bool) -> None:
    traces = reader.traces(_LATEST_COUNT)
    if json:
        keys = ("trace_id", "collection", "created", "question", "status")
        rows = [{key: getattr(record, key) for key in keys} for record in traces]
        print_json(json_module.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not traces:
        notices().print('No question was asked yet: longreader ask "…"', style="dim")
        return
    rows = table("Id", "Asked", "Question", "State", cut="Question")
    for record in traces:
        asked = datetime.fromtimestamp(record.created).strftime("%Y-%m-%d %H:%M")
        rows.add_row(record.trace_id, asked, cell(record.question), str(record.status))
    results().print(rows)


def _print(console: "Console", trace: "Trace") -> None:
    console.print(plain(trace.question), style="bold")
    asked = trace.asked_at.astimezone().strftime("%Y-%m-%d %H:%M")
    console.print(
        f"{asked} · mode {trace.mode} · collection {plain(trace.collection)} · model {plain(trace.model)}", style="dim"
    )
    if trace.plan:
        _head(console, "Plan")
        for number, step in enumerate(trace.plan, 1):
            _field(console, f"{number}", step, indent=2)
    _head(console, "Steps")
    for step in trace.steps:
        _print_step(console, step)
    if trace.calls:
        _head(console, "Calls")
        _print_calls(console, trace.calls)
    if trace.answer:
        _head(console, "Answer")
        print_answer(trace.answer)


def _head(console: "Console", text: str) -> None:
    console.print(f"\n{text}", style="bold")


def _print_step(console: "Console", step: "ReadingStep") -> None:
    from rich.text import Text

    kind = step.kind if step.walk is None else f"{step.kind}, walk {step.walk}"
    fields = {
        "node": step.node,
        "action": step.action,
        "query": step.query,
        "why": step.rationale,
        "finding": step.finding,
        "notebook": step.notebook,
        "nodes": ", ".join(step.nodes),
        "chunks": ", ".join(step.chunk_ids),
        "passages": ", ".join(step.passage_ids),
    }
    told = {name: value for name, value in fields.items() if value}
    summary = "" if step.summary in told.values() else plain(step.summary)
    head = Text.assemble((f"{step.seconds:7.1f} s  ", "dim"), (f"{kind}  ", "cyan"), summary)
    console.print(head)
    for name, value in told.items():
        _field(console, name, value)


def _field(console: "Console", name: str, value: str, indent: int = 11) -> None:
    """Print a named value, its further lines indented as the first."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text.assemble((f"{name}: ", "dim"), plain(value)), (0, 0, 0, indent), expand=False))


def _print_calls(console: "Console", calls: "list[CallRecord]") -> None:
    numbers = ("Read", "Reused", "Written", "Seconds")
    rows = table("Call", *numbers, "End", numbers=numbers)
    for call in calls:
        end = "from the cache" if call.from_cache else call.finish_reason
        tokens = (call.prompt_tokens, call.reused_prompt_tokens, call.completion_tokens)
        rows.add_row(call.purpose, *(f"{count:,}" for count in tokens), f"{call.seconds:.1f}", end)
    console.print(rows)
    console.print(counted(len(calls), "call"), style="dim")
