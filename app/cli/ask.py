"""`longreader ask`: one question."""

from typing import Annotated

import typer

from ...agents.mode import Mode
from ...graph_store.errors import EmptyInput
from ..naming import DEFAULT_COLLECTION
from .answers import print_answer
from .opening import CollectionOption, JsonOption, open_reader
from .screen import notices
from .steps import SecondsOption, TokensOption, budget_of, follow, tell_start

ModeOption = Annotated[
    Mode | None,
    typer.Option(
        metavar="MODE",
        help="auto (chooses by the question), graph, chain (reads all, within the budget), scan (lists), summary or "
        "retrieve (fast).",
    ),
]


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.", show_default=False)],
    mode: ModeOption = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    tokens: TokensOption = None,
    seconds: SecondsOption = None,
    json: JsonOption = False,
) -> None:
    """Ask a question about the documents of a collection."""
    if not question.strip():
        raise EmptyInput("The question is empty.", hint='Ask something: longreader ask "Who signed the contract?"')
    with open_reader(needs_weights=True) as reader:
        tell_start(reader, collection)
        try:
            budget = budget_of(reader, tokens, seconds)
            answer = follow(reader.stream(question, collection=collection, mode=mode, budget=budget))
        except KeyboardInterrupt:
            notices().print("Interrupted. Replies received so far are kept for when you ask again.", style="yellow")
            raise
    print_answer(answer, json)
