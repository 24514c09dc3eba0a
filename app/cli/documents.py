"""`longreader list`, `show` and `delete`: what is in a collection."""

import json as json_module
import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ..naming import DEFAULT_COLLECTION
from .opening import DOCUMENT_HELP, CollectionOption, JsonOption, find_document, open_reader
from .screen import cell, counted, notices, plain, print_json, results, table

if TYPE_CHECKING:
    from rich.console import Console

    from ...graph_store.document import Document
    from ...graph_store.documents import DocumentInfo


def list_documents(collection: CollectionOption = DEFAULT_COLLECTION, json: JsonOption = False) -> None:
    """List the documents of a collection."""
    with open_reader() as reader:
        documents = reader.documents(collection)
    if json:
        print_json(json_module.dumps([asdict(document) for document in documents], ensure_ascii=False, indent=2))
        return
    if not documents:
        notices().print(f"Nothing in collection “{plain(collection)}” yet: longreader add FILE", style="dim")
        return
    numbers = ("Pages", "Words", "Chunks", "Facts")
    rows = table("Id", "Title", *numbers, "Status", numbers=numbers, cut="Title")
    for document in documents:
        counts = (document.page_count, document.word_count, document.chunk_count, document.fact_count)
        rows.add_row(
            document.document_id, cell(document.title), *(f"{count:,}" for count in counts), str(document.status)
        )
    results().print(rows)


def show(
    document: Annotated[str, typer.Argument(help=DOCUMENT_HELP, show_default=False)],
    collection: CollectionOption = DEFAULT_COLLECTION,
    json: JsonOption = False,
) -> None:
    """Show a document: its figures, its state and its table of contents."""
    with open_reader() as reader:
        info = find_document(reader, document, collection)
        stored = reader.document(info.document_id, collection)
    if json:
        print_json(json_module.dumps({**asdict(info), "headings": _headings(stored)}, ensure_ascii=False, indent=2))
        return
    console = results()
    console.print(plain(info.title), style="bold")
    for name, value in _facts_about(info):
        console.print(f"  {name:<8}{value}")
    if stored.headings:
        console.print("\nContents", style="bold")
    for heading in _headings(stored):
        _print_heading(console, str(heading["text"]), int(heading["level"]), int(heading["page"]))


def _facts_about(info: "DocumentInfo") -> list[tuple[str, str]]:
    added = datetime.fromtimestamp(info.created).strftime("%Y-%m-%d %H:%M")
    sizes = (counted(info.page_count, "page"), counted(info.word_count, "word"), counted(info.chunk_count, "chunk"))
    facts = counted(info.fact_count, "fact")
    rows = [
        ("id", info.document_id),
        ("file", f"{plain(info.file_name)} ({info.media_type})"),
        ("added", added),
        ("size", ", ".join(sizes)),
        ("notes", f"{facts}, {_notes(info)}"),
        ("status", str(info.status)),
    ]
    return [*rows, ("error", plain(info.error))] if info.error else rows


def _notes(info: "DocumentInfo") -> str:
    refused = f", {info.dropped_count:,} refused" if info.dropped_count else ""
    fallback = f", {counted(info.fallback_count, 'chunk')} noted without the model" if info.fallback_count else ""
    return f"{info.notes_kind}{refused}{fallback}"


def _headings(document: "Document") -> list[dict[str, str | int]]:
    return [
        {"level": heading.level, "page": document.page_at(heading.span.start), "text": heading.span.of(document.text)}
        for heading in document.headings
    ]


def _print_heading(console: "Console", text: str, level: int, page: int) -> None:
    """Print one line of the table of contents; the page number stands at the right on a terminal."""
    indent = "  " * level
    width = min(console.width, 100) - len(indent) - 6
    shown = plain(text)
    if console.is_terminal:
        shown = f"{shown[: width - 1]}…" if len(shown) > width else shown.ljust(width)
    console.print(f"{indent}{shown} {page:>5}", no_wrap=True)


def delete(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT", help=DOCUMENT_HELP, show_default=False)],
    collection: CollectionOption = DEFAULT_COLLECTION,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete documents with all that was made from them: notes, vectors, replies, quotes in traces."""
    with open_reader() as reader:
        found = {info.document_id: info for info in (find_document(reader, name, collection) for name in documents)}
        for info in found.values():
            if yes or _confirmed(info):
                reader.delete(info.document_id, collection)
                results().print(f"deleted  {info.document_id}  {plain(info.title)}", no_wrap=True, overflow="ellipsis")


def _confirmed(info: "DocumentInfo") -> bool:
    """Ask on a terminal; elsewhere nobody could answer, and the command line is the decision."""
    return not sys.stdin.isatty() or typer.confirm(f"Delete “{plain(info.title)}” ({info.document_id})?", err=True)
