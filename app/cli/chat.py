"""`longreader chat`: a question a line, follow-ups understood. Also reads its questions from a pipe."""

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ...agents.errors import ModelError, NothingToRead
from ...graph_store.errors import ConfigurationError, ReaderError, StoreError
from ..naming import DEFAULT_COLLECTION
from .answers import print_answer
from .ask import ModeOption
from .failure import READING, print_error
from .opening import CollectionOption, open_reader
from .screen import counted, notices, plain, results
from .steps import SecondsOption, TokensOption, budget_of, follow, tell_start

if TYPE_CHECKING:
    from ..chat import ReaderChat
    from ..reader import Reader

_QUIT = ("/quit", "/exit")
# No fault of the question: the next one of a pipe would fail the same way.
_FATAL = (StoreError, ConfigurationError, ModelError)


def chat(
    resume: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Go on with an earlier chat; see `longreader chats`.", show_default=False),
    ] = None,
    mode: ModeOption = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    tokens: TokensOption = None,
    seconds: SecondsOption = None,
) -> None:
    """Chat with the documents of a collection: a question a line, and follow-ups."""
    at_terminal = sys.stdin.isatty()
    with open_reader(needs_weights=True) as reader:
        if resume is not None:
            collection = reader.stored_chat(resume).collection
        _require_documents(reader, collection)
        if at_terminal:
            _greet(reader, collection)
        tell_start(reader, collection)
        made = reader.chat(resume, collection=collection, mode=mode, budget=budget_of(reader, tokens, seconds))
        if at_terminal:
            _converse(made)
        elif not _answer_all(made):
            raise typer.Exit(READING)


def _require_documents(reader: "Reader", collection: str) -> None:
    if all(info.status != "ready" for info in reader.documents(collection)):
        raise NothingToRead(f"There is nothing to chat with in collection “{collection}”.")


def _greet(reader: "Reader", collection: str) -> None:
    count = counted(len(reader.documents(collection)), "document")
    notices().print(f"{count} in “{plain(collection)}” · Ctrl-C stops an answer · /quit leaves", style="dim")


def _converse(made: "ReaderChat") -> None:
    """Answer what a person types until they leave; no error of a question ends the chat."""
    for question in _typed():
        try:
            print_answer(follow(made.stream(question)))
        except KeyboardInterrupt:
            notices().print("Stopped. Replies received so far are kept for when you ask again.", style="yellow")
        except ReaderError as error:
            print_error(error)
        notices().print()


def _typed() -> Iterator[str]:
    # With it, the prompt has a history and the keys for editing.
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # pyright: ignore[reportUnusedImport]
    while True:
        try:
            line = input("> ").strip()
        except EOFError:
            notices().print()
            return
        except KeyboardInterrupt:
            notices().print("\n/quit or Ctrl-D leaves.", style="dim")
            continue
        if line in _QUIT:
            return
        if line.startswith("/"):
            notices().print("The only command is /quit.", style="dim")
        elif line:
            yield line


def _answer_all(made: "ReaderChat") -> bool:
    """Answer the questions of a pipe, each shown above its answer. Return whether all could be read."""
    sound = True
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    for line in sys.stdin:
        question = line.strip()
        if question in _QUIT:
            break
        if not question:
            continue
        results().print(f"> {plain(question)}", style="bold")
        try:
            print_answer(follow(made.stream(question)))
        except _FATAL:
            raise
        except ReaderError as error:
            print_error(error)
            sound = False
        results().print()
    return sound
