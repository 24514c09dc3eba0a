"""`longreader chats`: which are stored; exporting, renaming and deleting one."""

import json as json_module
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from .failure import Commands
from .opening import JsonOption, open_reader
from .screen import cell, notices, plain, print_json, results, table

app = typer.Typer(cls=Commands, help="List chats; export, rename or delete one.", invoke_without_command=True)

ChatArgument = Annotated[str, typer.Argument(metavar="ID", help="Which chat.", show_default=False)]


@app.callback()
def list_chats(context: typer.Context, json: JsonOption = False) -> None:
    """List chats; export, rename or delete one."""
    if context.invoked_subcommand is not None:
        return
    with open_reader() as reader:
        chats = reader.chats()
    if json:
        print_json(json_module.dumps([asdict(chat) for chat in chats], ensure_ascii=False, indent=2))
        return
    if not chats:
        notices().print("No chat yet: longreader chat", style="dim")
        return
    rows = table("Id", "Last question", "Title", "Questions", numbers=("Questions",), cut="Title")
    for chat in chats:
        changed = datetime.fromtimestamp(chat.changed).strftime("%Y-%m-%d %H:%M")
        rows.add_row(chat.chat_id, changed, cell(chat.title), f"{chat.turn_count:,}")
    results().print(rows)


@app.command("export")
def export(chat: ChatArgument) -> None:
    """Write a chat to standard output as Markdown, with its citations."""
    with open_reader() as reader:
        print_json(reader.export_chat(chat).rstrip("\n"))


@app.command("rename")
def rename(
    chat: ChatArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Its new title.", show_default=False)],
) -> None:
    """Give a chat another title."""
    with open_reader() as reader:
        reader.rename_chat(chat, title)
        results().print(f"renamed  {plain(title)}")


@app.command("delete")
def delete(chat: ChatArgument) -> None:
    """Delete a chat. The traces of its questions stay."""
    with open_reader() as reader:
        reader.delete_chat(chat)
        results().print(f"deleted  {plain(chat)}")
