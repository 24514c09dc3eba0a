"""A full disk, a database that another program holds, a folder that cannot be written."""

import asyncio
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from longreader.graph_store import database
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import StoreError, StoreLocked
from longreader.graph_store.store import Store

HERE = str(Path(__file__).parent)

_WITH_LITTLE_DISK = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import victim
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import StoreError
from longreader.graph_store.store import Store

long = victim.text("new") * 60
victim.text = lambda name: long
with Store.open(Path(sys.argv[1]), HashEmbedder()) as store:
    try:
        asyncio.run(victim.add(store, "new"))
    except StoreError as error:
        print(type(error).__name__, "|", error.hint)
    print([info.file_name for info in store.collection().documents() if info.status == "ready"])
"""


async def test_a_full_disk_is_told_and_loses_nothing(folder, store, collection, add, bridges):
    await add(bridges(5), "first.txt")
    with store.database.reading() as connection:
        driver = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
    # What SQLite says when the disk is full; every connection of the pool is told.
    store.database._engine.dispose()
    listener = _limit(store.database._engine, pages + 2)
    with pytest.raises(StoreError, match="full") as caught:
        await add(bridges(60, "Weber"), "second.txt")
    assert "Free some space" in caught.value.hint
    hits = await collection.search("bridge 3", 2)
    assert hits != []
    assert "Weber" not in str(collection.graph)
    listener()
    await add(bridges(60, "Weber"), "second.txt")
    assert [info.status for info in collection.documents()] == ["ready", "ready"]


def _limit(engine, pages):
    from sqlalchemy import event

    def limit(driver, _record):
        driver.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)

    def lift():
        event.remove(engine, "connect", limit)
        engine.dispose()

    return lift


async def test_files_that_may_not_grow(folder, store, add, bridges):
    await add(bridges(5), "first.txt")
    store.close()

    def little_disk():
        most = (folder / "longreader.sqlite").stat().st_size + 65536
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    command = [sys.executable, "-c", _WITH_LITTLE_DISK, str(folder), HERE]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False, preexec_fn=little_disk
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("StoreError | "), done.stdout
    assert done.stdout.splitlines()[1] == "['first.txt']"
    with Store.open(folder, HashEmbedder()) as opened:
        assert opened.database.damage() == []
        await add(bridges(8, "Weber"), "second.txt", into=opened.collection(), store=opened)
        ready = [info.file_name for info in opened.collection().documents() if info.status == "ready"]
        assert ready == ["first.txt", "second.txt"]


async def test_a_database_held_by_another_program(folder, store, collection, add, bridges, monkeypatch):
    await add(bridges(5))
    store.close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Store.open(folder, HashEmbedder()) as opened:
        other = sqlite3.connect(folder / "longreader.sqlite")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked) as caught:
            opened.collection("new one")
        assert caught.value.retryable
        assert "close it" in caught.value.hint
        assert await opened.collection().search("bridge 3", 2) != []
        other.rollback()
        other.close()
        assert opened.collection("new one").documents() == []


def test_a_folder_that_cannot_be_written(folder, monkeypatch):
    folder.mkdir()

    def refuse(self, *_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(StoreError, match="Permission denied") as caught:
        Store.open(folder, HashEmbedder())
    assert "write to" in caught.value.hint
    monkeypatch.undo()
    Store.open(folder, HashEmbedder()).close()


async def test_the_same_bytes_in_two_collections_at_once_while_one_is_deleted(store, add, bridges):
    """A file is shared, and never goes while a row needs it."""
    first, second = store.collection("first"), store.collection("second")
    added = await add(bridges(3), into=first)
    await asyncio.gather(
        asyncio.to_thread(store.delete_document, first, added.document_id), add(bridges(3), into=second)
    )
    [info] = second.documents()
    assert store.files.is_sound(info.content_hash)
    assert first.documents() == []
