"""Two processes' views of one PostgreSQL schema."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from longreader.graph_store import cutting, postgres
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import ConfigurationError, NotFound
from longreader.graph_store.parsers import parse
from longreader.graph_store.store import Store

pytestmark = pytest.mark.postgres

CANARY = "Xylocanthropy"


@pytest.fixture
def store(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    # What others wrote is looked for at each use.
    monkeypatch.setattr(postgres, "FRESH_SECONDS", 0)
    monkeypatch.setattr(cutting, "parse_confined", parse_here)
    with Store.connect(postgres_url, tmp_path / "one", HashEmbedder()) as opened:
        yield opened


@pytest.fixture
def other(store: Store, postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.connect(postgres_url, tmp_path / "two", HashEmbedder()) as opened:
        yield opened


async def parse_here(data: bytes, file_name: str, on_page: object = None):
    """Parse without a process of its own, which takes longer than all else here."""
    return parse(data, file_name)


async def test_what_one_adds_the_other_finds_and_serves(store, other, collection, add, bridges):
    there = other.collection()
    assert await there.search("bridge 3") == []
    added = await add(bridges(5))
    assert [hit.passage for hit in await there.search("bridge 3")] == [
        hit.passage for hit in await collection.search("bridge 3")
    ]
    assert there.graph == collection.graph
    assert other.files.find(there.info(added.document_id).content_hash).read(0, 8) == b"Bridge 1"


async def test_what_one_deletes_is_gone_for_both(store, other, collection, add, bridges, tables_with, tmp_path):
    there = other.collection()
    kept = await add(bridges(5))
    gone = await add(f"{CANARY} ended in 1888.", f"{CANARY}.txt")
    assert await there.search(CANARY) != []
    rows = {"documents", "facts", "key_elements", "files"}
    assert set(tables_with(CANARY)) == {f"longreader.{table}" for table in rows}
    assert "longreader.document_words" in tables_with("xylocanthrop")
    other.delete_document(there, gone.document_id)
    assert [tables_with(word) for word in (CANARY, "xylocanthrop", gone.document_id)] == [[], [], []]
    assert {hit.passage.document_id for hit in await collection.search(CANARY)} == {kept.document_id}
    assert len(collection._current().index.row_ids) == len(there._current().index.row_ids)
    with pytest.raises(NotFound):
        collection.info(gone.document_id)


async def test_a_collection_that_another_deleted_leaves_no_index(store, other, add, bridges, postgres_url, tmp_path):
    doomed = store.collection("doomed")
    await add(bridges(3), into=doomed)
    await doomed.search("bridge")
    assert list(store.folder.glob("index/*.faiss")) != []
    other.delete_collection("doomed")
    with pytest.raises(NotFound):
        await doomed.search("bridge")
    with Store.connect(postgres_url, tmp_path / "one", HashEmbedder()) as again:
        assert list(again.folder.glob("index/*")) == []


async def test_a_collection_that_another_makes_anew_is_served(store, other, add, bridges):
    await add(bridges(3), into=store.collection("doomed"))
    assert other.has_collection("doomed")
    there = other.collection("doomed")
    assert other.collection("doomed") is there
    store.delete_collection("doomed")
    assert not other.has_collection("doomed")
    assert other.collection("doomed") is not there
    store.delete_collection("doomed")
    added = await add(bridges(5), into=store.collection("doomed"))
    again = other.collection("doomed")
    assert again is other.collection("doomed")
    assert [info.document_id for info in again.documents()] == [added.document_id]
    assert await again.search("bridge 3") != []
    await add(bridges(2, "Meyer"), store=other, into=again)
    assert len(store.collection("doomed").documents()) == 2


async def test_the_same_bytes_at_the_same_time_are_read_once(store, other, add, bridges, notes):
    both = await asyncio.gather(
        add(bridges(10)), add(bridges(10), store=other, into=other.collection()), add(bridges(10))
    )
    assert len({result.document_id for result in both}) == 1
    assert sorted(result.existed for result in both) == [False, True, True]
    assert len(notes.written) == len(set(notes.written))


async def test_a_turn_that_is_given_up_is_free_for_others(store, other, collection):
    async def hold() -> None:
        async with store.adding(collection, "ab"):
            await asyncio.sleep(60)

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0.5)
    waiting = asyncio.create_task(_take(other))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    holding.cancel()
    await asyncio.wait_for(waiting, 30)


async def _take(store: Store) -> None:
    async with store.adding(store.collection(), "ab"):
        pass


async def test_a_backup_is_the_servers(store, tmp_path):
    with pytest.raises(ConfigurationError):
        store.backup(tmp_path / "backup.zip")


async def test_a_file_is_read_in_pieces(store, collection, add):
    text = "A bridge was built by Lopez in 1902. " * 60_000  # more than two parts
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("longreader.graph_store.file_rows.PART_BYTES", 1_000_000)
        added = await add(text[:200])
        with store.database.writing() as connection:
            from longreader.graph_store.file_rows import put_file

            put_file(connection, "ffff", text.encode())
        found = store.files.find("ffff")
        assert (found.byte_count, found.path) == (len(text), None)
        assert found.read() == text.encode()
        for start, end in (
            (0, 1),
            (999_990, 1_000_010),
            (1_999_999, 2_000_001),
            (5, 5),
            (len(text) - 3, len(text) + 9),
        ):
            assert found.read(start, end) == text.encode()[start:end]
        assert not store.files.is_sound("ffff")
        assert store.remove_orphans() == 1
        assert store.files.is_sound(collection.info(added.document_id).content_hash)
