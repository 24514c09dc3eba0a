"""kill -9 at random moments of add, replace and delete: run again, the store equals an uninterrupted one.

The moments are drawn from KILL_SEED (default 1), one from each of as many equal parts of the operation. With -s a line
is printed for each.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.schema import metadata
from longreader.graph_store.store import Store
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
import victim

SEED = int(os.environ.get("KILL_SEED", "1"))
OPERATIONS = ("add", "replace", "delete")
QUERIES = ("bridge 7 of new", "Quell mile 21", victim.CANARY, "record old")


@dataclass(frozen=True)
class Base:
    """A data folder with the documents "old" and "other", and a trace and a chat that quote "old"."""

    folder: Path
    old_id: str


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Base:
    folder = tmp_path_factory.mktemp("base") / "data"
    return Base(folder, asyncio.run(fill(folder)))


async def fill(folder: Path) -> str:
    with Store.open(folder, HashEmbedder()) as store:
        old_id = await victim.add(store, "old")
        await victim.add(store, "other")
        payload = f'{{"quote": "{victim.CANARY} was practised"}}'
        store.save_trace(store.collection(), "t000000000", "What?", payload, frozenset({old_id}))
        chat_id = store.chats.make(store.collection().collection_id, "Old things", "c000000000")
        store.chats.add_turn(chat_id, "What?", "What?", payload, "t000000000", frozenset({old_id}))
    return old_id


def copied(base: Base, folder: Path) -> Path:
    shutil.copytree(base.folder, folder)
    return folder


def run_victim(folder: Path, operation: str, old_id: str, last: int = 0, delay_seconds: float = 0.0):
    script = str(Path(victim.__file__))
    command = [sys.executable, script, str(folder), operation, old_id, str(last), str(delay_seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def state(folder: Path) -> dict[str, object]:
    """All that the store holds and finds, without what is random or a time."""
    with Store.open(folder, HashEmbedder()) as store:
        collection = store.collection()
        names = {info.document_id: info.content_hash for info in collection.documents()}

        def plain(value):
            for document_id, name in names.items():
                value = value.replace(document_id, name) if isinstance(value, str) else value
            return value

        with store.database.reading() as connection:
            rows = {
                table.name: sorted(
                    tuple(plain(value) for name, value in row.items() if name not in ("created", "version", "row_id"))
                    for row in connection.execute(select(table)).mappings()
                )
                for table in metadata.tables.values()
            }
        found = {}
        for query in QUERIES:
            hits = await collection.search(query, 5)
            found[query] = [(plain(hit.passage.passage_id), hit.score) for hit in hits]
        graph = collection.graph
        nodes = {key: sorted(plain(fact) for fact in graph.node(key).fact_ids) for key in graph.keys()}  # noqa: SIM118
    files = {path.relative_to(folder).as_posix() for path in (folder / "files").glob("*/*")}
    return {"rows": rows, "found": found, "nodes": nodes, "files": files}


def files_with(folder: Path, word: str) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in found if word.lower().encode() in path.read_bytes().lower()]


def readable(folder: Path) -> list[str]:
    """Return the file names of the ready documents, and that each can be searched."""
    with Store.open(folder, HashEmbedder()) as store:
        return [info.file_name for info in store.collection().documents() if info.status == "ready"]


async def check(tmp_path: Path, base: Base, operation: str, count: int) -> None:
    draw = random.Random(f"{SEED} {operation}")
    whole = run_victim(copied(base, tmp_path / "whole"), operation, base.old_id)
    assert whole.returncode == 0, whole.stderr
    step_count, expected = int(whole.stdout), await state(tmp_path / "whole")
    for part in range(count):
        last = 1 + int((part + draw.random()) * step_count / count)
        delay_seconds = draw.choice((0.0, 0.0005, 0.002))
        folder = copied(base, tmp_path / f"killed{part}")
        killed = run_victim(folder, operation, base.old_id, last, delay_seconds)
        ended = killed.returncode == 0  # the delay outlived the process
        assert ended or killed.returncode == -signal.SIGKILL, killed.stderr
        ready = readable(folder)
        assert "other.txt" in ready
        allowed = {"add": ("old.txt",), "replace": ("old.txt", "new.txt"), "delete": ("old.txt", "other.txt")}
        assert sum(name in allowed[operation] for name in ready) == 1 or operation == "delete", ready
        with Store.open(folder, HashEmbedder()) as store:
            await victim.operate(store, operation, base.old_id)
        assert await state(folder) == expected
        if operation != "add":
            assert files_with(folder, victim.CANARY) == []
        step = killed.stdout.strip().splitlines()[:1]
        print(f"{operation:<8} {last:>5}/{step_count:<5} {', '.join(ready):<28} equal   {''.join(step)}")
        shutil.rmtree(folder)


@pytest.mark.parametrize(("operation", "count"), [("add", 1), ("replace", 2), ("delete", 1)])
async def test_killed_and_run_again_equals_uninterrupted(tmp_path, base, operation, count):
    await check(tmp_path, base, operation, count)


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "count"), [("add", 7), ("replace", 7), ("delete", 6)])
async def test_killed_at_twenty_moments(tmp_path, base, operation, count):
    await check(tmp_path, base, operation, count)
