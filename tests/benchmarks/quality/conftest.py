"""A small question set, and runs of the harness's own command line over it with a scripted model."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.app.engine import Engine
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.extractive import ExtractiveNotesWriter

from benchmarks.quality import __main__ as command

RIVER = """The Tessel is 212 km long and rises in the hills of Hirn.

Its ferry was built by Ottilie Brandt in 1911.

Ottilie Brandt was born in Merren, where her father kept the inn.
"""
TOWN = "The town of Varn has a harbour with room for forty boats. It was built in 1874."
QUESTIONS = [
    {"id": "r1", "document_id": "river", "question": "Who built the ferry?", "answers": ["Ottilie Brandt"]},
    {"id": "r2", "document_id": "river", "question": "How long is the Tessel?", "answers": ["212 km"]},
    {"id": "r3", "document_id": "river", "question": "Who sank the ferry?", "answers": ["-"], "task": "unanswerable"},
    {"id": "t1", "document_id": "town", "question": "When?", "answers": ["B"], "choices": {"A": "1871", "B": "1874"}},
]


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A question set in the form of a folder."""
    folder = tmp_path / "rivers"
    write(
        folder / "documents.jsonl",
        [{"document_id": "river", "document": RIVER}, {"document_id": "town", "document": TOWN}],
    )
    defaults = {"task": "single_hop_qa", "meta": {"evidence": ["built by Ottilie Brandt in 1911"]}}
    write(folder / "questions.jsonl", [defaults | question for question in QUESTIONS])
    return folder


def fill(schema: Any, words: str) -> Any:
    """Return a value that the schema allows; every free text is ``words``."""
    match schema.get("type"):
        case _ if "enum" in schema:
            return schema["enum"][0]
        case "object":
            return {name: fill(part, words) for name, part in schema["properties"].items()}
        case "array":
            return [fill(schema["items"], words) for _ in range(max(schema.get("minItems", 0), 1))]
        case "string":
            return words[: schema.get("maxLength", 1_000)]
    return schema.get("minimum", 0)


def answering(words: str) -> ScriptedModel:
    """Return a model that says ``words`` in every form."""

    def reply(request: ModelRequest) -> Any:
        return fill(request.schema, words)

    return ScriptedModel(reply)


@pytest.fixture(scope="session")
def notes() -> ExtractiveNotesWriter:
    return ExtractiveNotesWriter()


@pytest.fixture
def run(
    data: Path, tmp_path: Path, notes: ExtractiveNotesWriter, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    """Run the harness on the question set; returns the cells of its results file."""

    monkeypatch.setattr("longreader.app.engine.ExtractiveNotesWriter", lambda: notes)

    async def runner(model: ScriptedModel, *arguments: str) -> list[dict[str, Any]]:
        results = tmp_path / "results" / "quality.json"
        given = command.options([str(data), *arguments, "--folder", str(tmp_path), "--results", str(results)])
        await command.main(given, Engine(command.settings_of(given), model, HashEmbedder()))
        return json.loads(results.read_text(encoding="utf-8"))

    return runner
