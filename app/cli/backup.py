"""`longreader backup` and `restore`: the whole data folder as one file."""

from pathlib import Path
from typing import Annotated

import typer

from .opening import open_reader
from .screen import counted, plain, results, size

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a zip file.", show_default=False)]


def backup(file: FileArgument) -> None:
    """Write all documents, notes, chats and traces of the data folder into one new file, with the tenants and keys of a
    service that used it."""
    with open_reader() as reader:
        reader.backup(file)
    results().print(f"backup  {plain(str(file))}  {size(file.stat().st_size)}", soft_wrap=True)


def restore(file: FileArgument) -> None:
    """Unpack a backup into an empty data folder. It is checked before it takes effect."""
    with open_reader() as reader:
        reader.restore(file)
        collections = reader.collections()
        folder = reader.settings.data_folder
    count = counted(sum(collection.document_count for collection in collections), "document")
    results().print(f"restored  {count} into {plain(str(folder))}", soft_wrap=True)
