"""`longreader replace`: puts a new version of a document in its place."""

import json as json_module
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...graph_store.errors import NotFound
from ..naming import DEFAULT_COLLECTION
from .add import NotesOption, print_added, shown
from .opening import DOCUMENT_HELP, CollectionOption, JsonOption, find_document, open_reader
from .screen import notices, print_json

if TYPE_CHECKING:
    from ...graph_store.ingest import AddResult
    from ...graph_store.note import NotesKind
    from ..reader import Reader


def replace(
    document: Annotated[str, typer.Argument(help=DOCUMENT_HELP, show_default=False)],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new version.", show_default=False)],
    collection: CollectionOption = DEFAULT_COLLECTION,
    notes: NotesOption = None,
    json: JsonOption = False,
) -> None:
    """Put a new version of a document in its place. The old one stays until the new one is ready."""
    with open_reader(needs_weights=True) as reader:
        try:
            added = _replace(reader, document, file, collection, notes)
        except KeyboardInterrupt:
            told = "\nInterrupted. The old version is untouched; run the same command again to go on."
            notices().print(told, style="yellow")
            raise
    if json:
        print_json(json_module.dumps(asdict(added), ensure_ascii=False, indent=2))
    else:
        print_added(added)


def _replace(reader: "Reader", wanted: str, file: Path, collection: str, notes: "NotesKind | None") -> "AddResult":
    try:
        document_id = find_document(reader, wanted, collection).document_id
    except NotFound as error:
        # The id of a version that an earlier run, cut off right after its work, has replaced already.
        try:
            return reader.replace(wanted, file, collection=collection, notes=notes)
        except NotFound:
            raise error from None
    with shown(file) as progress:
        return reader.replace(document_id, file, collection=collection, notes=notes, progress=progress)
