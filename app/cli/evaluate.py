"""`longreader eval`: your questions on your documents and your model, and the settings that fit them."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from ...agents.mode import Mode
from ..naming import DEFAULT_COLLECTION
from .opening import CollectionOption, JsonOption, load_settings, require_weights
from .screen import notices, plain, print_json, results, table

if TYPE_CHECKING:
    from rich.table import Table

    from ..evaluation.calibration import Calibration
    from ..evaluation.question import Question
    from ..evaluation.report import Report
    from ..settings import Settings

QuestionsArgument = Annotated[
    Path,
    typer.Argument(
        metavar="QUESTIONS.jsonl",
        help='A JSON object a line: {"question": …, "answers": […], "spans": […]}. Answers and quotes that bear them '
        "out may be left out; an empty list of answers means that the documents do not tell.",
        show_default=False,
    ),
]


def evaluate(
    questions: QuestionsArgument,
    mode: Annotated[
        list[str] | None,
        typer.Option(metavar="MODE", help="A mode to ask in; again for another. Default: the settings'."),
    ] = None,
    collection: CollectionOption = DEFAULT_COLLECTION,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only the first so many questions.")] = None,
    calibration: Annotated[
        bool, typer.Option(help="Find out how much evidence the model uses well, and propose settings.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Ask questions whose answers you know, and propose settings for your documents and model.

    Tells how many answers are right, cited and cited where you say that the answer stands. Then finds how many tokens
    of evidence the model uses well. What was asked is kept: the same command goes on where it was interrupted.
    """
    from ..evaluation.question import read_questions

    asked = read_questions(questions)[:limit]
    settings = load_settings()
    if settings.model.url is None:
        require_weights(settings)
    modes: list[Mode] = [_mode(name) for name in mode] if mode else [settings.reading.mode]
    try:
        made = asyncio.run(_report(settings, collection, asked, modes, calibration))
    except KeyboardInterrupt:
        notices().print("Interrupted. The same command goes on from here.", style="yellow")
        raise
    if json:
        print_json(made.model_dump_json(indent=2))
    else:
        _print(made)


def _mode(name: str) -> Mode:
    if name not in get_args(Mode):
        raise typer.BadParameter(f"{name!r} is not a mode.", param_hint="--mode")
    return cast(Mode, name)


async def _report(
    settings: "Settings", collection: str, questions: "list[Question]", modes: list[Mode], calibration: bool
) -> "Report":
    from ..engine import Engine
    from ..evaluation.evaluate import Evaluation
    from ..evaluation.report import make_report
    from ..services import Services

    engine = Engine(settings)
    services = Services(settings, engine)
    try:
        evaluation = Evaluation(settings, engine, services, services.collection(collection))
        return await make_report(evaluation, questions, modes, calibration, lambda line: notices().print(plain(line)))
    finally:
        await services.close()
        await engine.close()


def _print(made: "Report") -> None:
    console = results()
    console.print(_figures(made))
    if made.calibration is not None and made.calibration.trials:
        console.print()
        console.print(_trials(made.calibration))
    for remark in made.remarks:
        console.print(remark, style="dim", soft_wrap=True)
    if made.proposal:
        console.print("\nProposed for the environment:", style="bold")
    for line in made.proposal:
        console.print(f"{line.variable}={line.value}  # {line.reason}", soft_wrap=True)


def _figures(made: "Report") -> "Table":
    numbers = ("Questions", "Right", "Refused", "Cited", "On gold", "Tokens", "Seconds", "Errors")
    shown = table("Kind", "Mode", *numbers, numbers=numbers)
    for group in made.groups:
        told = group.figures
        shown.add_row(
            plain(group.kind),
            group.mode,
            str(told.question_count),
            _percent(told.scores.get("right")),
            str(told.refused_count),
            _percent(told.cited_share),
            _percent(told.gold_share),
            f"{told.median_tokens:,.0f}",
            "–" if told.median_seconds is None else f"{told.median_seconds:.1f}",
            str(told.error_count or ""),
        )
    return shown


def _trials(calibration: "Calibration") -> "Table":
    places = list(calibration.places)
    shown = table("Evidence tokens", *places, numbers=("Evidence tokens", *places))
    for trial in calibration.trials:
        shown.add_row(f"{trial.evidence_tokens:,}", *(_percent(trial.found[place]) for place in places))
    return shown


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
