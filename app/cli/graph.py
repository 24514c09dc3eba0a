"""`longreader graph`: the notes of a document or a collection as a graph, on the screen or for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...graph_store.errors import InputError
from ..naming import DEFAULT_COLLECTION
from .opening import DOCUMENT_HELP, CollectionOption, JsonOption, find_document, open_reader
from .screen import cell, counted, notices, plain, print_json, results, size, table

if TYPE_CHECKING:
    import networkx as nx

_SHOWN_COUNT = 20
_NEIGHBOR_COUNT = 3


def graph(
    document: Annotated[
        str | None, typer.Argument(help=f"{DOCUMENT_HELP} Without it: all of the collection.", show_default=False)
    ] = None,
    export: Annotated[
        Literal["graphml", "json"] | None,
        typer.Option(help="Write all of it: GraphML (Gephi, yEd, Cytoscape) or NetworkX's node-link JSON."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to; without it: standard output.", show_default=False
        ),
    ] = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    json: JsonOption = False,
) -> None:
    """Show the note graph: key elements, joined where facts name both; or export it."""
    if json and (export or output):
        raise typer.BadParameter("--json prints; without it, --export and --output write a file.")
    form = "json" if json else export
    if output is not None and form is None:
        raise typer.BadParameter("--output needs --export graphml or --export json.")
    with open_reader() as reader:
        info = None if document is None else find_document(reader, document, collection)
        made = reader.graph(info.document_id if info else None, collection)
    if form is None:
        _show(made, info.title if info else f"collection “{collection}”")
    else:
        _write(_exported(made, form), output)


def _exported(made: "nx.Graph", form: Literal["graphml", "json"]) -> str:
    from ...graph_store.graph_export import to_graphml, to_json

    return to_graphml(made) if form == "graphml" else to_json(made)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print_json(text.rstrip("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{output} cannot be written: {reason}.", hint="Check the path.", path=str(output)) from error
    results().print(f"graph  {plain(str(output))}  {size(len(text.encode()))}", soft_wrap=True)


def _show(made: "nx.Graph", title: str) -> None:
    """Print how large the graph is and the nodes with the most facts."""
    if not made:
        notices().print("There are no notes yet: longreader add FILE", style="dim")
        return
    console = results()
    console.print(plain(title), style="bold")
    edges = counted(made.number_of_edges(), "edge")
    console.print(f"{counted(made.number_of_nodes(), 'key element')}, {edges}", style="dim")
    numbers = ("Facts", "Neighbors")
    rows = table("Key element", *numbers, "Most often with", numbers=numbers, cut="Most often with")
    largest = sorted(made, key=lambda key: (-len(made.nodes[key]["facts"]), key))[:_SHOWN_COUNT]
    for key in largest:
        nearest = sorted(made[key], key=lambda other: (-made[key][other]["weight"], other))[:_NEIGHBOR_COUNT]
        labels = ", ".join(made.nodes[other]["label"] for other in nearest)
        facts, neighbors = len(made.nodes[key]["facts"]), len(made[key])
        rows.add_row(plain(made.nodes[key]["label"]), f"{facts:,}", f"{neighbors:,}", cell(labels))
    console.print(rows)
    if made.number_of_nodes() > _SHOWN_COUNT:
        notices().print(f"The {_SHOWN_COUNT} with the most facts; all of them: --export graphml or json", style="dim")
