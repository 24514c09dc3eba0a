"""A small real collection, and ways to ask about it with a scripted model."""

import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from longreader.agents.ask import ask
from longreader.agents.graph import build
from longreader.agents.llm import ModelRequest, ScriptedCounter, ScriptedModel
from longreader.agents.settings import ReadingSettings
from longreader.agents.trace import ReadingStep, Trace
from longreader.graph_store.collection import Collection
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.extractive import ExtractiveNotesWriter
from longreader.graph_store.ingest import add_document
from longreader.graph_store.store import Store

TOWN = """# The town of Varn

## The harbour

The harbour of Varn was built by Oskar Lind in 1874. It has room for forty boats. The pilot station stands on the
northern mole and is painted white.

## The people

Oskar Lind was born in Halmstad in 1831. He married Greta Holm, who kept the harbour's books for thirty years. Their
daughter Signe Lind founded the lifeboat society in 1902.

## The dues

| Boat | Dues in 1910 | Dues in 1920 |
|---|---|---|
| Fishing boat | 4 crowns | 9 crowns |
| Steamer | 30 crowns | 55 crowns |

## The fire

A fire destroyed the sail loft on 3 March 1888. The watchman Per Dahl saw it first. The new loft was built of brick.
"""

Asker = Callable[..., Awaitable[Trace]]


@pytest.fixture(scope="session")
def notes() -> ExtractiveNotesWriter:
    return ExtractiveNotesWriter()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", HashEmbedder()) as store:
        yield store


@pytest.fixture
def add_to_town(store: Store, notes: ExtractiveNotesWriter) -> Callable[[str, str], Awaitable[str]]:
    """Add a text to the town's collection; returns the document's id."""

    async def adder(text: str, name: str) -> str:
        count = ScriptedCounter().count_text
        town = store.collection("town")
        added = await add_document(
            store, town, text.encode(), name, notes=notes, count_tokens=count, max_chunk_tokens=90
        )
        return added.document_id

    return adder


@pytest.fixture
async def collection(store: Store, add_to_town: Callable[[str, str], Awaitable[str]]) -> Collection:
    await add_to_town(TOWN, "varn.md")
    return store.collection("town")


@pytest.fixture
def ask_town(collection: Collection) -> Asker:
    """Ask about the town; returns the trace. Keyword arguments are reading settings."""

    async def asker(model: ScriptedModel, question: str, **settings: Any) -> Trace:
        reading = ReadingSettings.model_validate(settings)
        events = [event async for event in ask(build(), collection, model, question, reading)]
        assert [event for event in events[:-1] if isinstance(event, ReadingStep)] == events[-1].steps
        return events[-1]

    return asker


@pytest.fixture
def random_reply() -> Callable[[ModelRequest, random.Random], Any]:
    """Make replies that keep the request's schema and make no sense."""
    return lambda request, dice: _random_value(request.schema, dice)


def _random_value(schema: Any, dice: random.Random) -> Any:
    if "enum" in schema:
        return dice.choice(schema["enum"])
    if schema["type"] == "object":
        return {name: _random_value(part, dice) for name, part in schema["properties"].items()}
    if schema["type"] == "array":
        count = dice.randint(schema.get("minItems", 0), schema["maxItems"])
        return [_random_value(schema["items"], dice) for _ in range(count)]
    if schema["type"] == "integer":
        return dice.randint(schema["minimum"], schema["maximum"])
    words = ["Varn", "Lind", "[1]", "1874", "not", "?", "harbour", ""]
    text = " ".join(dice.choice(words) for _ in range(dice.randint(0, 6)))
    return text[: schema["maxLength"]] or "x" * schema.get("minLength", 0)
