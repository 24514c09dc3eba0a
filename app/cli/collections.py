"""`longreader collections`: which there are, and deleting one as a whole."""

import json as json_module
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from .failure import Commands
from .opening import JsonOption, open_reader
from .screen import cell, counted, notices, plain, print_json, results, table

app = typer.Typer(cls=Commands, help="List collections, or delete one.", invoke_without_command=True)


@app.callback()
def list_collections(context: typer.Context, json: JsonOption = False) -> None:
    """List collections, or delete one."""
    if context.invoked_subcommand is not None:
        return
    with open_reader() as reader:
        collections = reader.collections()
    if json:
        print_json(json_module.dumps([asdict(collection) for collection in collections], ensure_ascii=False, indent=2))
        return
    if not collections:
        notices().print("No collection yet: longreader add FILE --collection NAME", style="dim")
        return
    rows = table("Collection", "Documents", numbers=("Documents",), cut="Collection")
    for collection in collections:
        rows.add_row(cell(collection.name), f"{collection.document_count:,}")
    results().print(rows)


@app.command("delete")
def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which collection.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a collection with its documents, traces and chats, and all that was made from them."""
    with open_reader() as reader:
        count = counted(len(reader.documents(name)), "document")
        # Elsewhere than on a terminal nobody could answer, and the command line is the decision.
        if yes or not sys.stdin.isatty() or typer.confirm(f"Delete “{plain(name)}” with {count}?", err=True):
            reader.delete_collection(name)
            results().print(f"deleted  {plain(name)}  {count}")
