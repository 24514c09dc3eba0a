"""`longreader add`: reads files in, one after the other, and shows how far each is."""

import json as json_module
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...agents.errors import ModelError
from ...graph_store.errors import ConfigurationError, InputError, ReaderError, StoreError
from ...graph_store.note import NotesKind
from ..naming import DEFAULT_COLLECTION
from .failure import READING, print_error
from .opening import CollectionOption, JsonOption, open_reader
from .screen import counted, notices, plain, print_json, results

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import TaskID

    from ...agents.notes_estimate import NotesEstimate
    from ...graph_store.ingest import AddResult, Progress
    from ..reader import Reader

NotesOption = Annotated[
    NotesKind | None,
    typer.Option(
        help="How notes are written: extractive (no model) or llm; default: as the collection's.", show_default=False
    ),
]
# No fault of a file: the next one would fail the same way.
_FATAL = (StoreError, ConfigurationError, ModelError)


def add(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Files, or folders of files.", show_default=False)
    ],
    collection: CollectionOption = DEFAULT_COLLECTION,
    notes: NotesOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before notes by the model.")] = False,
    json: JsonOption = False,
) -> None:
    """Read documents in: PDF, Word, PowerPoint, Excel, EPUB, HTML, Markdown, e-mail, code, text.

    The same bytes twice are no work.
    """
    told: list[dict[str, object]] = []
    failed = False
    with open_reader(needs_weights=True) as reader:
        try:
            for file, outcome in _outcomes(reader, files, collection, notes, yes):
                told.append(_record(file, outcome))
                if isinstance(outcome, ReaderError):
                    print_error(outcome, file)
                    failed = True
                elif not json:
                    print_added(outcome)
        except KeyboardInterrupt:
            notices().print("\nInterrupted. Run the same command again: it goes on where it stopped.", style="yellow")
            raise
    if json:
        print_json(json_module.dumps(told, ensure_ascii=False, indent=2))
    if failed:
        raise typer.Exit(READING)


def _outcomes(
    reader: "Reader", paths: list[Path], collection: str, notes: "NotesKind | None", yes: bool
) -> "Iterator[tuple[str, AddResult | ReaderError]]":
    """Add files, and the files of folders; yield what became of each, under its name. A file declined is left out."""
    for path in paths:
        try:
            files = _files_in(path) if path.is_dir() else [path]
        except InputError as error:
            yield str(path), error
            continue
        for file in files:
            try:
                estimate = reader.estimate(file, collection=collection, notes=notes)
                if estimate is not None and not _agreed(file, estimate, yes):
                    continue
                with shown(file) as progress:
                    added = reader.add(file, collection=collection, notes=notes, progress=progress)
            except _FATAL:
                raise
            except ReaderError as error:
                yield file.name, error
            else:
                yield file.name, added


def _record(file: str, outcome: "AddResult | ReaderError") -> dict[str, object]:
    if isinstance(outcome, ReaderError):
        return {"file": file, "error": outcome.code, "message": outcome.message, "hint": outcome.hint}
    return {"file": file, **asdict(outcome)}


def _agreed(file: Path, estimate: "NotesEstimate", yes: bool) -> bool:
    """Tell what notes by the model will cost, and on a terminal ask whether to go on."""
    seconds = estimate.seconds
    time_left = "the time is known after the first chunk" if seconds is None else f"about {_duration(seconds)}"
    tokens = f"about {estimate.input_tokens:,} tokens to read and {estimate.output_tokens:,} to write"
    notices().print(f"{plain(file.name)}: notes by the model, {tokens}, {time_left}.")
    return yes or not sys.stdin.isatty() or typer.confirm("Go on?", default=True, err=True)


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _files_in(folder: Path) -> list[Path]:
    """Return the folder's files that may be read, hidden ones and sub-folders left out."""
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"The folder cannot be read: {error.strerror}.", hint="Check the path.") from error
    files = [file for file in inside if not file.name.startswith(".") and file.is_file() and os.access(file, os.R_OK)]
    if not files:
        raise InputError("There is no readable file in this folder.", hint="Sub-folders are not searched: name them.")
    return files


@contextmanager
def shown(file: Path) -> "Iterator[Callable[[Progress], None] | None]":
    """Show the file's name and a bar for each stage while the file is read; on a terminal only."""
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    console = notices()
    if not console.is_terminal:
        yield None
        return
    stages = _Stages()
    name = Text(plain(file.name), no_wrap=True, overflow="ellipsis")
    with Live(Group(name, stages.bars), console=console, transient=True):
        yield stages.update


class _Stages:
    """A bar for each stage of a file. Notes and embeddings are made side by side, so several move at once."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self.bars = Progress(
            TextColumn("  {task.description:<6}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[count]}", justify="right"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", style="dim"),
        )
        self._tasks = {"open": self._start("open", None)}

    def update(self, progress: "Progress") -> None:
        """Show how far a stage is."""
        if "open" in self._tasks:
            self.bars.remove_task(self._tasks.pop("open"))
        single = progress.total_count <= 1
        # A stage of one step cannot tell how far it is: its bar moves to and fro until it is over.
        total = None if single and not progress.done_count else progress.total_count
        if progress.stage not in self._tasks:
            self._tasks[progress.stage] = self._start(progress.stage, total)
        count = "" if single else f"{progress.done_count:,}/{progress.total_count:,}"
        left = "" if progress.seconds_left is None else _left(progress.seconds_left)
        self.bars.update(
            self._tasks[progress.stage], completed=progress.done_count, total=total, count=count, left=left
        )

    def _start(self, stage: str, total: int | None) -> "TaskID":
        return self.bars.add_task(stage, total=total, count="", left="")


def _left(seconds: float) -> str:
    """Return the time left in words, or nothing when it is hardly any."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return f"{minutes} min {rest} s left"
    return f"{rest} s left" if rest else ""


def print_added(added: "AddResult") -> None:
    """Print one line; on a terminal that is too narrow for it, two."""
    console = results()
    if added.existed:
        details = f"{added.document_id}  already there"
        if added.fallback_count:
            details += f", {counted(added.fallback_count, 'chunk')} noted without the model; --notes llm tries again"
    else:
        counts = [counted(added.page_count, "page"), counted(added.word_count, "word")]
        counts += [counted(added.chunk_count, "chunk"), counted(added.fact_count, "fact"), f"{added.seconds:.1f} s"]
        if added.model_tokens:
            counts += [f"{added.model_tokens:,} model tokens", f"{added.dropped_count:,} facts refused"]
        if added.fallback_count:
            counts.append(f"{counted(added.fallback_count, 'chunk')} noted without the model")
        details = f"{added.document_id}  {', '.join(counts)}"
    title = plain(added.title)
    fits = len(title) + 2 + len(details) <= console.width
    console.print(title, style="bold", end="  " if fits else "\n  ", no_wrap=True, overflow="ellipsis", crop=True)
    console.print(details, soft_wrap=True)
    if added.remark:
        notices().print(plain(added.remark), style="yellow", soft_wrap=True)
