"""The command line: joins the commands. What each does is in `cli`; exit codes are in `cli.failure`."""

import contextlib
import os
import sys
from typing import Annotated

import typer

from .cli import (
    add,
    ask,
    backup,
    chat,
    chats,
    collections,
    doctor,
    documents,
    evaluate,
    graph,
    keys,
    mcp,
    migrate,
    model,
    replace,
    serve,
    summarise,
    traces,
)
from .cli.failure import INTERRUPTED, Commands

EPILOG = "Exit codes: 0 done · 1 input or question · 2 configuration · 3 model · 4 store · 130 interrupted"

app = typer.Typer(
    name="longreader",
    cls=Commands,
    help="Read documents far longer than your local model's window; answers cite the very words.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"longreader {version('longreader')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command("add")(add.add)
app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.add_typer(chats.app, name="chats")
app.command("summarise")(summarise.summarise)
app.command("eval")(evaluate.evaluate)
app.command("list")(documents.list_documents)
app.command("show")(documents.show)
app.command("graph")(graph.graph)
app.command("replace")(replace.replace)
app.command("delete")(documents.delete)
app.add_typer(collections.app, name="collections")
app.command("trace")(traces.trace)
app.add_typer(model.app, name="model")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("migrate")(migrate.migrate)
app.command("serve")(serve.serve)
app.add_typer(keys.app, name="keys")
app.command("mcp")(mcp.mcp)
app.command("doctor")(doctor.doctor)


def run() -> None:
    """Run the command line. After Ctrl-C, when all is closed, leave without waiting for the batch in a thread.

    What such a batch would still write is one transaction of the store, so cutting it off loses only itself.
    """
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(INTERRUPTED)
        raise
