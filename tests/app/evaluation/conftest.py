"""A collection of a generated report, large enough that evidence can grow."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from longreader.agents.llm import ScriptedCounter
from longreader.graph_store.collection import Collection
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.extractive import ExtractiveNotesWriter
from longreader.graph_store.ingest import add_document
from longreader.graph_store.store import Store

GOLD = "The lamp of the north mole was lit by Signe Holm in 1874."


def report() -> str:
    """Return sixty paragraphs; the one on the lamp stands in the middle."""
    parts = [
        f"In year {1800 + number} the harbour master of Varn wrote to the council about berth {number}. He asked for "
        f"{number} new planks, {number + 3} barrels of tar and a lamp for the mole, and the council granted half."
        for number in range(60)
    ]
    return "\n\n".join([*parts[:30], GOLD, *parts[30:]])


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """The report's collection; tests only read it."""
    folder: Path = tmp_path_factory.mktemp("evaluation") / "data"
    with Store.open(folder, HashEmbedder()) as store:
        opened = store.collection("harbour")
        count = ScriptedCounter().count_text
        notes = ExtractiveNotesWriter()
        added = add_document(
            store, opened, report().encode(), "report.md", notes=notes, count_tokens=count, max_chunk_tokens=300
        )
        asyncio.run(added)
        yield opened
