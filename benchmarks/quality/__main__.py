"""The command line: which question sets, which ways, how many questions, whose model."""

import argparse
import asyncio
import logging
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from longreader.app.engine import Engine
from longreader.app.evaluation.asking import Way
from longreader.app.evaluation.question import Question
from longreader.app.evaluation.row import Row
from longreader.app.services import Services
from longreader.app.settings import Settings
from longreader.graph_store.errors import ReaderError

from . import plot, question_set, results, table
from .remembered import RememberedModel
from .rows_file import RowsFile
from .run import Run
from .ways import WAYS, way

ROOT = Path(__file__).parents[2]
SHOWN_CHARS = 80
RESULTS = ROOT / "benchmarks" / "results" / "quality.json"


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, help="folders of question sets, or the word example")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=["closed_book", "retrieve", "sub_questions", "auto"])
    each = "one number for all sets, or one a set with commas between"
    parser.add_argument("--limit", type=_numbers, help=f"questions of a set, spread over its tasks: {each}")
    parser.add_argument("--tasks", nargs="+", help="only questions of these tasks")
    parser.add_argument(
        "--max-words", type=_numbers, help=f"only questions on documents of at most so many words: {each}"
    )
    parser.add_argument("--at-once", type=int, default=1, help="questions read at the same time")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--url", help="model server; default: the settings'")
    parser.add_argument("--folder", type=Path, default=ROOT / ".longreader" / "quality", help="where replies are kept")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="the JSON file of the figures; tables and plot go beside it"
    )
    given = parser.parse_args(arguments)
    for name in ("limit", "max_words"):
        numbers: list[int | None] = getattr(given, name) or [None]
        if len(numbers) not in (1, len(given.data)):
            told = f"--{name.replace('_', '-')}: {len(numbers)} numbers for {len(given.data)} sets; give one or"
            parser.error(f"{told} {len(given.data)}.")
        setattr(given, name, numbers if len(numbers) > 1 else numbers * len(given.data))
    return given


def _numbers(value: str) -> list[int]:
    numbers = [int(part) for part in value.split(",")]
    if min(numbers) < 1:
        raise ValueError(value)
    return numbers


def settings_of(given: argparse.Namespace) -> Settings:
    settings = Settings(data_folder=given.folder / "data")
    model = {"url": given.url} if given.url else {}
    return settings.model_copy(update={"model": settings.model.model_copy(update=model)})


async def run(given: argparse.Namespace, services: Services, settings: Settings) -> list[results.Cell]:
    """Ask everything and return the cells of what was asked."""
    model = RememberedModel(await services.model(), given.folder / "call-seconds.jsonl")
    finished = RowsFile(given.folder / "rows.jsonl")
    ways = [way(name) for name in given.ways]
    made: list[results.Cell] = []
    for path, limit, max_words in zip(given.data, given.limit, given.max_words, strict=True):
        asked = question_set.load(path, max_words)
        wanted = [question for question in asked.questions if not given.tasks or question.task in given.tasks]
        questions = question_set.sample(wanted, limit, given.seed)
        run_of_set = Run(asked, services, settings, model, finished, given.at_once)
        rows = await ask_set(asked.name, questions, run_of_set, ways)
        made += results.cells(asked.name, asked.headline, rows, model)
    return made


async def ask_set(set_name: str, questions: list[Question], run: Run, ways: list[Way]) -> list[Row]:
    rows: list[Row] = []
    async for row in run.rows(questions, ways):
        rows.append(row)
        print(progress(set_name, len(rows), len(questions) * len(ways), row), flush=True)
    return rows


def progress(set_name: str, done: int, total: int, row: Row) -> str:
    told = row.error or ", ".join(f"{metric} {score:.2f}" for metric, score in row.scores.items())
    cost = f"{row.tokens:,} tokens | {row.call_count} calls | {row.seconds or 0:.1f} s"
    place = f"{done}/{total} | {set_name} {row.task} | {row.question_id} | {row.way}"
    return f"{place} | {told} | {cost} | {row.status} | {textwrap.shorten(row.text, SHOWN_CHARS, placeholder='…')}"


async def main(given: argparse.Namespace, engine: Engine | None = None) -> None:
    """Run and write the results.

    Args:
        engine: model and embedder; default: the settings'.
    """
    given.folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(given)
    engine = engine or Engine(settings)
    services = Services(settings, engine)
    try:
        made = await run(given, services, settings)
    finally:
        await services.close()
        await engine.close()
    published = results.merged(given.results, made)
    results.write(given.results, published)
    asked = {(cell.set_name, cell.task) for cell in made}
    shown = [cell for cell in published if (cell.set_name, cell.task) in asked]
    print("", table.report(shown), f"This run: {table.hours(made)}", sep="\n\n")
    given.results.with_suffix(".md").write_text(table.report(published) + "\n", encoding="utf-8")
    given.results.with_suffix(".svg").write_text(plot.plot(published), encoding="utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    try:
        asyncio.run(main(options()))
    except KeyboardInterrupt:
        sys.exit("Interrupted. What is finished is kept: run it again to go on.")
    except ReaderError as error:
        sys.exit(f"{error.message} What is finished is kept: run it again to go on.")
