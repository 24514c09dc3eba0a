import os
import subprocess
import sys
from uuid import uuid4

import pytest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import NotFound, StoreError, StoreLocked
from longreader.graph_store.store import Store

pytestmark = pytest.mark.both_databases

CANARY = "Xylocanthropy"
SECRET = f"{CANARY} was practised in Wqjzburg. The {CANARY} of Wqjzburg ended in 1888."


@pytest.mark.sqlite_only
def test_a_second_process_is_refused_and_told_the_owner(store, folder):
    code = (
        "import sys; from pathlib import Path; from longreader.graph_store.errors import StoreLocked\n"
        "from longreader.graph_store.store import Store\n"
        "try: Store.open(Path(sys.argv[1]))\n"
        "except StoreLocked as error: print(error.fields['pid'])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(os.getpid())


def test_a_folder_that_failed_to_open_is_not_left_locked(folder):
    folder.mkdir()
    database = folder / "longreader.sqlite"
    database.write_bytes(b"junk" * 2000)
    with pytest.raises(StoreError):
        Store.open(folder, HashEmbedder())
    database.unlink()
    Store.open(folder, HashEmbedder()).close()


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("here already")
    with pytest.raises(StoreError) as caught:
        Store.open(tmp_path / "file", HashEmbedder())
    assert not isinstance(caught.value, StoreLocked)


def test_closing_gives_the_folder_free(folder):
    Store.open(folder, HashEmbedder()).close()
    Store.open(folder, HashEmbedder()).close()


def test_a_collection_is_made_at_its_first_use(store):
    assert store.collections() == []
    assert store.collection("a") is store.collection("a")
    assert store.collection("a", tenant="other") is not store.collection("a")
    assert [(info.tenant, info.name, info.document_count) for info in store.collections()] == [
        ("local", "a", 0),
        ("other", "a", 0),
    ]


async def test_collections_do_not_see_each_other(store, collection, add, bridges):
    other = store.collection(tenant="other")
    added = await add(bridges(5))
    assert await other.search("bridge 3") == []
    assert other.documents() == []
    with pytest.raises(NotFound):
        other.document(added.document_id)
    with pytest.raises(NotFound):
        store.delete_document(other, added.document_id)
    assert await collection.search("bridge 3") != []


async def test_everything_is_there_after_reopening(open_store, store, collection, add, bridges):
    added = await add(bridges(20))
    hits = await collection.search("bridge 17 river", 3)
    facts, graph = collection.facts_of_chunk(hits[0].passage.chunk_id), collection.graph
    store.close()
    with open_store() as reopened:
        again = reopened.collection()
        assert await again.search("bridge 17 river", 3) == hits
        assert again.facts_of_chunk(hits[0].passage.chunk_id) == facts
        assert again.graph == graph
        assert again.document(added.document_id).text == bridges(20)


async def test_a_deleted_document_leaves_no_byte(places_of, store, collection, add, bridges):
    kept = await add(bridges(40))
    added = await add(bridges(3) + "\n\n" + SECRET, f"{CANARY}.txt")
    await collection.rank_nodes(CANARY)
    quoting, other = uuid4().hex, uuid4().hex
    payload = f'{{"quote": "{SECRET}"}}'
    store.save_trace(collection, quoting, "What ended?", payload, frozenset({added.document_id, kept.document_id}))
    store.save_trace(collection, other, "What was built?", "{}", frozenset({kept.document_id}))
    assert len(places_of(CANARY)) >= 2

    store.delete_document(collection, added.document_id)

    assert list((store.folder / "index").iterdir()) == []
    for word in (CANARY, "xylocanthrop", "Wqjzburg", f"{CANARY}.txt"):
        assert places_of(word) == [], word
    assert [info.document_id for info in collection.documents()] == [kept.document_id]
    assert CANARY.lower() not in collection.graph
    assert all(hit.passage.document_id == kept.document_id for hit in await collection.search(CANARY))
    assert (store.trace(quoting).status, store.trace(quoting).payload) == ("document deleted", "")
    assert (store.trace(other).status, store.trace(other).payload) == ("kept", "{}")
    store.close()
    assert places_of(CANARY) == []


async def test_nodes_shared_with_another_document_stay(store, collection, add):
    await add("Lopez built a mill.", "a.txt")
    second = await add("Lopez met Weber.", "b.txt")
    assert "lopez" in collection.graph
    assert "weber" in collection.graph
    store.delete_document(collection, second.document_id)
    assert "lopez" in collection.graph
    assert "weber" not in collection.graph


async def test_a_file_goes_with_its_last_document(store, collection, add, bridges):
    other = store.collection("other")
    first, second = await add(bridges(3)), await add(bridges(3), into=other)
    content_hash = collection.document(first.document_id).content_hash
    store.delete_document(collection, first.document_id)
    assert store.files.find(content_hash).read().decode() == bridges(3)
    assert await other.search("bridge") != []
    store.delete_document(other, second.document_id)
    assert store.files.find(content_hash) is None
    assert store.files.hashes() == set()


async def test_a_deleted_document_can_be_added_again(store, collection, add, bridges):
    first = await add(bridges(3))
    store.delete_document(collection, first.document_id)
    second = await add(bridges(3))
    assert not second.existed
    assert await collection.search("bridge 2") != []


@pytest.mark.sqlite_only
async def test_a_file_without_a_row_is_removed_at_the_next_opening(folder, store, add, bridges):
    await add(bridges(2))
    store.files.save("ff00", b"left by a killed process")
    store.close()
    with Store.open(folder, HashEmbedder()) as reopened:
        assert not reopened.files.path("ff00").exists()
        assert len([path for path in (folder / "files").rglob("*") if path.is_file()]) == 1


def test_an_unknown_trace(store):
    with pytest.raises(NotFound):
        store.trace("t0")


async def test_traces_come_newest_first_and_are_replaced(store, collection, add, bridges):
    added = await add(bridges(1))
    ids = [uuid4().hex for _ in range(3)]
    for trace_id in ids:
        store.save_trace(collection, trace_id, "Who?", "{}", frozenset({added.document_id}))
    store.save_trace(collection, ids[0], "Who then?", '{"plan": []}', frozenset())
    assert [trace.trace_id for trace in store.traces(limit=2)] == [ids[0], ids[2]]
    record = store.trace(ids[0])
    assert (record.question, record.payload, record.document_ids) == ("Who then?", '{"plan": []}', frozenset())
    assert (record.collection, record.tenant) == ("default", "local")


async def test_a_trace_saved_after_the_delete_keeps_no_quote(store, collection, add, bridges):
    added = await add(bridges(1))
    store.delete_document(collection, added.document_id)
    trace_id = uuid4().hex
    store.save_trace(collection, trace_id, "Who?", '{"quote": "Lopez"}', frozenset({added.document_id}))
    assert (store.trace(trace_id).status, store.trace(trace_id).payload) == ("document deleted", "")


async def test_a_damaged_index_file_is_made_anew(open_store, store, collection, add, bridges):
    await add(bridges(20))
    hits = await collection.search("bridge 17", 3)
    [file] = (store.folder / "index").iterdir()
    store.close()
    for damaged in (b"junk", file.read_bytes()[:-7]):
        file.write_bytes(damaged)
        with open_store() as reopened:
            assert await reopened.collection().search("bridge 17", 3) == hits
        assert file.read_bytes() not in (damaged, b"")
    file.unlink()
    with open_store() as reopened:
        assert await reopened.collection().search("bridge 17", 3) == hits
