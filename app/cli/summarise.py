"""`longreader summarise`: a document or a collection in a few cited sentences."""

from typing import Annotated

import typer

from ..naming import DEFAULT_COLLECTION
from .answers import print_answer
from .opening import DOCUMENT_HELP, CollectionOption, JsonOption, find_document, open_reader
from .screen import notices
from .steps import SecondsOption, TokensOption, budget_of, reading, tell_start


def summarise(
    document: Annotated[
        str | None, typer.Argument(help=f"{DOCUMENT_HELP} Without it: all of the collection.", show_default=False)
    ] = None,
    about: Annotated[str, typer.Option(metavar="TEXT", help="Only what is said about this.", show_default=False)] = "",
    collection: CollectionOption = DEFAULT_COLLECTION,
    tokens: TokensOption = None,
    seconds: SecondsOption = None,
    json: JsonOption = False,
) -> None:
    """Summarise a document, or all of a collection; every sentence is checked and cited."""
    with open_reader(needs_weights=True) as reader:
        wanted = None if document is None else find_document(reader, document, collection).document_id
        tell_start(reader, collection)
        try:
            with reading() as told:
                answer = reader.summarise(
                    wanted,
                    about=about,
                    collection=collection,
                    budget=budget_of(reader, tokens, seconds),
                    progress=told,
                )
        except KeyboardInterrupt:
            notices().print("Interrupted. Replies received so far are kept for when you ask again.", style="yellow")
            raise
    print_answer(answer, json)
