"""Calculates documents a day and questions a minute for 1, 4 and 16 GPUs, as Markdown: what docs/capacity.md holds.

    python -m benchmarks.capacity [--from benchmarks/results/quality.json]

Runs nothing. Tokens and calls are measured, kept in results/capacity.json, and taken anew from the results of `make
quality` with ``--from``; the speed of a GPU is a published one.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from pydantic import BaseModel

RESULTS = Path(__file__).parent / "results" / "capacity.json"
GPU_COUNTS = (1, 4, 16)
MODES = ("retrieve", "auto", "graph", "chain", "scan", "summary")
USED_SHARE = 0.7
"""What is planned with: nearer to the limit, questions wait for each other."""


class Question(BaseModel, frozen=True):
    """What a question takes in a mode, on average."""

    mode: str
    question_count: int
    calls: float
    tokens: float


class Notes(BaseModel, frozen=True):
    """What the model's notes of a document of that many words take."""

    words: int
    calls: int
    tokens: int


class Gpu(BaseModel, frozen=True):
    """A GPU's published speed, prompt and reply tokens together in a second.

    Attributes:
        asking: 2,000 tokens read and 100 written a request, as questions are.
        noting: as many read as written, as notes are.
    """

    name: str
    asking: float
    noting: float


class Measured(BaseModel, frozen=True):
    """What the calculation starts from, and where it is from."""

    questions: list[Question]
    notes: Notes
    gpus: list[Gpu]
    answer_cpu_seconds: float
    words_a_second_without_model: float
    sources: dict[str, str]


def questions_a_minute(question: Question, gpu: Gpu, gpu_count: int) -> float:
    """Return how many questions so many GPUs answer in a minute."""
    return gpu_count * gpu.asking * USED_SHARE * 60 / question.tokens


def documents_a_day(notes: Notes, gpu: Gpu, gpu_count: int) -> float:
    """Return how many documents so many GPUs note in a day, asked nothing beside."""
    return gpu_count * gpu.noting * USED_SHARE * 86_400 / notes.tokens


def worker_cores(measured: Measured, question: Question, a_minute: float) -> float:
    """Return how many processor cores of app workers that many questions a minute take, each call as much as an answer
    of one call took."""
    return a_minute * question.calls * measured.answer_cpu_seconds / 60 / USED_SHARE


def markdown(measured: Measured) -> str:
    """Return the tables."""
    counts = " | ".join(f"{count} GPU{'s' * (count > 1)}" for count in GPU_COUNTS)
    lines = [f"| questions a minute | tokens | calls | {counts} | cores of workers |", f"|---|---|---|{'---|' * 4}"]
    for question in measured.questions:
        for gpu in measured.gpus:
            per_minute = [questions_a_minute(question, gpu, count) for count in GPU_COUNTS]
            cores = " / ".join(f"{worker_cores(measured, question, a_minute):.1f}" for a_minute in per_minute)
            cells = [f"`{question.mode}`, {gpu.name}", f"{question.tokens:,.0f}", f"{question.calls:.1f}"]
            cells += [f"{a_minute:,.0f}" for a_minute in per_minute]
            lines.append(f"| {' | '.join([*cells, cores])} |")
    notes = measured.notes
    lines += ["", f"| documents of {notes.words:,} words a day | tokens | calls | {counts} |"]
    lines += [f"|---|---|---|{'---|' * 3}"]
    for gpu in measured.gpus:
        numbers = " | ".join(f"{documents_a_day(notes, gpu, count):,.0f}" for count in GPU_COUNTS)
        lines.append(f"| noted by the model, {gpu.name} | {notes.tokens:,} | {notes.calls} | {numbers} |")
    plain = measured.words_a_second_without_model * 86_400 / notes.words
    lines.append(f"| noted without it, on two cores | 0 | 0 | {plain:,.0f} | {plain:,.0f} | {plain:,.0f} |")
    return "\n".join(lines)


def taken_from(results: Path) -> list[Question]:
    """Return what questions took in each mode, over all sets of a file of `make quality`."""
    groups: dict[str, list[dict]] = defaultdict(list)
    for cell in json.loads(results.read_text(encoding="utf-8")):
        if cell["way"] in MODES and cell["task"] != "all":
            groups[cell["way"]].append(cell["figures"])
    made = []
    for mode in MODES:
        if figures := groups.get(mode):
            count = sum(one["question_count"] for one in figures)
            calls = sum(one["mean_calls"] * one["question_count"] for one in figures) / count
            tokens = sum(one["mean_tokens"] * one["question_count"] for one in figures) / count
            made.append(Question(mode=mode, question_count=count, calls=round(calls, 2), tokens=round(tokens, 1)))
    return made


def main() -> None:
    """Print the tables, from new figures where a file of them is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="results", type=Path)
    results = parser.parse_args().results
    measured = Measured.model_validate_json(RESULTS.read_bytes())
    if results:
        measured = measured.model_copy(update={"questions": taken_from(results)})
        RESULTS.write_text(measured.model_dump_json(indent=1) + "\n", encoding="utf-8")
    print(markdown(measured))


if __name__ == "__main__":
    main()
