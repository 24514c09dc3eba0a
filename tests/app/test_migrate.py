"""A service's data folder, moved to PostgreSQL: rows, digests and answers are equal, also after kills on the way."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from longreader import AsyncReader, Settings
from longreader.agents.llm import ModelReply, ModelRequest, ReplyCache, ScriptedModel
from longreader.app.migrate import Moved, migrate
from longreader.graph_store import cutting
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import StoreError
from longreader.graph_store.parsers import parse
from longreader.graph_store.store import Store
from pydantic import SecretStr

pytestmark = pytest.mark.postgres

SEED = int(os.environ.get("KILL_SEED", "1"))
COUNT = 20
NAMES = ("Tessel", "Merren", "Hirn", "Quell")


def text(number: int) -> str:
    name = f"{NAMES[number % 4]} {number}"
    parts = (f"The {name} is {100 + number * 7 + i} km long in part {i}, said Ottilie Brandt." for i in range(6))
    return f"# The {name}\n\n" + "\n\n".join(parts)


async def fill(folder: Path) -> None:
    """Two tenants, three collections, 20 documents, a deleted one, traces, a chat, cached replies."""
    for tenant, collection, numbers in (
        ("local", "default", range(12)),
        ("local", "rivers", range(12, 16)),
        ("acme", "default", range(16, COUNT)),
    ):
        async with AsyncReader(folder, model=scripted(), embedder=HashEmbedder(), tenant=tenant) as reader:
            for number in numbers:
                path = folder.parent / f"river{number}.md"
                path.write_text(text(number), encoding="utf-8")
                added = await reader.add(path, collection=collection)
            path.write_text("The Gone ended in 1888.", encoding="utf-8")
            gone = await reader.add(path, collection=collection)
            await reader.delete(gone.document_id, collection)
            chat = reader.make_chat("Rivers", collection=collection)
            services = reader._services
            quoted = frozenset({added.document_id})
            services.store.save_trace(
                services.collection(collection), f"t{tenant}{collection}", "How long?", '{"a": "\\u0000"}', quoted
            )
            reader._services.chats.add_turn(chat.chat_id, "How long?", "How long?", '{"text": "ü"}', "t1", quoted)
            home = reader.settings.data_folder
        with closing(ReplyCache(home / "replies.sqlite")) as cache:
            cache.put(f"{tenant}{collection}", ModelReply("212 km", "stop", 10, 2, 1.0), [added.document_id])


def scripted() -> ScriptedModel:
    return ScriptedModel([])


async def parse_here(data: bytes, file_name: str, on_page: object = None) -> ParsedDocument:
    """Parse without a process of its own, which takes longer than all else here."""
    return parse(data, file_name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("moved") / "data"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cutting, "parse_confined", parse_here)
        asyncio.run(fill(made))
    return made


def quiet(_tenant: str, _table: str) -> None:
    return


async def found(reader: AsyncReader, collection: str) -> list[object]:
    hits = []
    for query in ("Tessel 4 part 3", "Ottilie Brandt", "Merren 13", "nothing of it"):
        hits += [
            (hit.chunk_id, hit.text, round(hit.score, 6)) for hit in await reader.search(query, collection=collection)
        ]
    listed = reader.documents(collection)
    files = [reader.original(info.document_id, collection).read() for info in listed]
    chats = [(chat, reader.turns(chat.chat_id)) for chat in reader.chats(collection)]
    moved = [trace for trace in reader.traces() if trace.question == "How long?"]
    return [hits, listed, files, chats, moved, sorted(reader.graph(collection=collection).nodes)]


def check(moved: Moved) -> None:
    assert moved.is_equal
    counts = {tenant: {table.table: table.after.count for table in tables} for tenant, tables in moved.tenants.items()}
    assert (counts["local"]["documents"], counts["acme"]["documents"]) == (16, 4)
    assert (counts["local"]["files"], counts["local"]["replies"], counts["acme"]["turns"]) == (16, 2, 1)


@pytest.fixture
def readers(folder: Path, tmp_path: Path, empty_postgres_url: str) -> Callable[..., AsyncReader]:
    """Opens a tenant's reader, over the folder or over the database."""

    def make(tenant: str, *, moved: bool, model: ScriptedModel | None = None) -> AsyncReader:
        url = SecretStr(empty_postgres_url) if moved else None
        settings = Settings(data_folder=tmp_path / "worker" if moved else folder, database_url=url)
        return AsyncReader(settings=settings, model=model or scripted(), embedder=HashEmbedder(), tenant=tenant)

    return make


async def test_twenty_documents_arrive_and_answers_are_equal(folder, readers, empty_postgres_url):
    check(migrate(folder, empty_postgres_url, quiet))
    for tenant, collection in (("local", "default"), ("local", "rivers"), ("acme", "default")):
        seen = []
        for moved in (False, True):
            heard: list[ModelRequest] = []

            def answer(request: ModelRequest, heard: list[ModelRequest] = heard) -> str:
                heard.append(request)
                return '{"thought": "It is said.", "answer": "It is 121 km long."}'

            async with readers(tenant, moved=moved, model=ScriptedModel(answer)) as reader:
                told = await found(reader, collection)
                answer_ = await reader.ask(
                    "How long is part 3, by Ottilie Brandt?", collection=collection, mode="retrieve"
                )
                plain = answer_.model_dump(exclude={"trace_id", "usage"})
                seen.append((told, plain, [request.messages for request in heard]))
        assert seen[0] == seen[1]
        assert seen[0][2], "the model was asked"


def test_again_changes_nothing_and_others_documents_are_never_overwritten(folder, empty_postgres_url, tmp_path):
    check(migrate(folder, empty_postgres_url, quiet))
    with pytest.raises(StoreError, match="not empty"):
        migrate(folder, empty_postgres_url, quiet)


def test_cut_off_between_two_tenants_it_goes_on(folder, empty_postgres_url, tmp_path):
    def cut_off(tenant: str, _table: str) -> None:
        if tenant == "acme":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(folder, empty_postgres_url, cut_off)
    with pytest.raises(StoreError, match="cut off"):
        Store.connect(empty_postgres_url, tmp_path, HashEmbedder())
    check(migrate(folder, empty_postgres_url, quiet))
    Store.connect(empty_postgres_url, tmp_path, HashEmbedder()).close()


def test_an_open_folder_is_refused(folder, empty_postgres_url):
    with Store.open(folder, HashEmbedder()), pytest.raises(StoreError):
        migrate(folder, empty_postgres_url, quiet)


def test_waiting_jobs_are_not_lost(tmp_path, empty_postgres_url):
    folder = tmp_path / "data"
    Store.open(folder, HashEmbedder()).close()
    (folder / "jobs").mkdir()
    (folder / "jobs" / "j1.json").write_text('{"status": "queued"}')
    with pytest.raises(StoreError, match="1 jobs wait"):
        migrate(folder, empty_postgres_url, quiet)


def test_keys_come_along(tmp_path, empty_postgres_url):
    rows = pytest.importorskip("longreader.app.workers.key_rows", exc_type=ImportError)
    tables = pytest.importorskip("longreader.app.workers.tables", exc_type=ImportError)
    folder = tmp_path / "data"
    Store.open(folder, HashEmbedder()).close()
    with closing(sqlite3.connect(folder / "service.sqlite")) as driver, driver:
        driver.execute(
            "CREATE TABLE key (key_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, label TEXT NOT NULL, hash BLOB NOT NULL,"
            " created REAL NOT NULL, revoked REAL) WITHOUT ROWID"
        )
        driver.execute("INSERT INTO key VALUES ('0a1b2c3d', 'acme', 'ours', ?, 1.5, NULL)", (b"\x00hash",))
        driver.execute("INSERT INTO key VALUES ('1a1b2c3d', 'acme', 'lost', ?, 1.5, 2.5)", (b"\xffhash",))
    moved = migrate(folder, empty_postgres_url, quiet)
    assert moved.is_equal
    assert [(table.table, table.after.count) for table in moved.shared] == [("keys", 2)]
    with closing(tables.open_shared(empty_postgres_url)) as database:
        assert [(key.label, key.revoked) for key in rows.KeyRows(database).all()] == [("ours", None), ("lost", 2.5)]


_KILLED = """
import os, signal, sys
from pathlib import Path
from longreader.app.migrate import migrate
from sqlalchemy import Engine, event
from longreader.graph_store.postgres import PostgresDatabase

folder, url, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
count = 0

@event.listens_for(Engine, "before_cursor_execute")
def step(connection, *_):
    global count
    if connection.dialect.name == "postgresql":
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)

moved = migrate(folder, url, lambda *_: None)
print(count, moved.is_equal)
"""


def run_killed(folder: Path, url: str, last: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", _KILLED, str(folder), url, str(last)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_goes_on(folder, postgres_server, empty_postgres_url, tmp_path, kills):
    whole = postgres_server.make("longreader_whole")
    try:
        done = run_killed(folder, whole, 0)
        assert done.returncode == 0, done.stderr
        step_count = int(done.stdout.split()[0])
    finally:
        postgres_server.drop("longreader_whole")
    draw = random.Random(SEED)
    for part in range(kills):
        last = 1 + int((part + draw.random()) * step_count / (2 * kills))
        # Each run has less to do than the last one, but compares all, which is more than two fifths of the steps.
        last = min(last, 2 * step_count // 5)
        killed = run_killed(folder, empty_postgres_url, last)
        assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
        if part == kills - 1:
            with pytest.raises(StoreError, match="cut off"):
                Store.connect(empty_postgres_url, tmp_path, HashEmbedder())
    check(migrate(folder, empty_postgres_url, quiet))
