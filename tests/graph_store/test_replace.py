import asyncio
from uuid import uuid4

import pytest
from longreader.graph_store.errors import NotFound, ReaderError

pytestmark = pytest.mark.both_databases

CANARY = "Xylocanthropy"


@pytest.fixture
async def old(add, bridges):
    return await add(f"{CANARY} ended in 1888.\n\n" + bridges(5), "report.txt")


def _ready(collection):
    return [info.document_id for info in collection.documents() if info.status == "ready"]


async def test_the_new_version_takes_title_and_place(store, collection, add, bridges, old, places_of):
    later = await add(bridges(3, "Weber"), "later.txt")
    trace_id = uuid4().hex
    store.save_trace(collection, trace_id, "What?", f'"{CANARY}"', frozenset({old.document_id}))
    new = await add(bridges(4, "Costa"), "report-2.txt", replaces=old.document_id)
    assert not new.existed
    assert new.title == old.title
    assert [info.document_id for info in collection.documents()] == [new.document_id, later.document_id]
    assert collection.documents()[0].file_name == "report-2.txt"
    assert "costa" in collection.graph
    assert CANARY.lower() not in collection.graph
    assert store.trace(trace_id).status == "document deleted"
    assert places_of(CANARY) == []
    with pytest.raises(NotFound):
        collection.info(old.document_id)


async def test_until_the_new_version_is_ready_the_old_one_is_asked(collection, add, bridges, notes, old):
    class Failing:
        kind, batch_size = "extractive", 1

        async def write(self, chunks, texts):
            hits = await collection.search(CANARY, 1)
            assert hits[0].passage.document_id == old.document_id
            raise ReaderError("the model went away")

    with pytest.raises(ReaderError, match="went away"):
        await add(bridges(4, "Costa"), "report-2.txt", replaces=old.document_id, notes=Failing())
    assert _ready(collection) == [old.document_id]
    assert CANARY.lower() in collection.graph
    new = await add(bridges(4, "Costa"), "report-2.txt", replaces=old.document_id)
    assert _ready(collection) == [new.document_id]
    assert len(collection.documents()) == 1


async def test_unreadable_input_leaves_the_old_one_alone(collection, add, old):
    with pytest.raises(ReaderError):
        await add("  ", replaces=old.document_id)
    assert [info.document_id for info in collection.documents()] == [old.document_id]


async def test_running_it_again_is_a_no_op(collection, add, bridges, old):
    first = await add(bridges(4, "Costa"), replaces=old.document_id)
    second = await add(bridges(4, "Costa"), replaces=old.document_id)
    assert (second.existed, second.document_id) == (True, first.document_id)


async def test_the_same_bytes_as_itself_change_nothing(collection, add, bridges):
    first = await add(bridges(4))
    again = await add(bridges(4), replaces=first.document_id)
    assert (again.existed, _ready(collection)) == (True, [first.document_id])


async def test_a_version_that_is_there_as_a_document_of_its_own_takes_the_place(collection, add, bridges, old):
    there = await add(bridges(4, "Costa"), "costa.txt")
    new = await add(bridges(4, "Costa"), "costa.txt", replaces=old.document_id)
    assert new.document_id == there.document_id
    assert [info.title for info in collection.documents()] == [old.title]


async def test_an_unknown_document_is_not_replaced(collection, add, bridges, old):
    with pytest.raises(NotFound):
        await add(bridges(4, "Costa"), replaces="d0")
    assert _ready(collection) == [old.document_id]


async def test_deleted_while_its_new_version_is_read(store, collection, add, bridges, notes, old):
    class Deleting:
        kind, batch_size = "extractive", 8

        async def write(self, chunks, texts):
            if old.document_id in _ready(collection):
                await asyncio.to_thread(store.delete_document, collection, old.document_id)
            return await notes.write(chunks, texts)

    new = await add(bridges(4, "Costa"), "costa.txt", replaces=old.document_id, notes=Deleting())
    assert _ready(collection) == [new.document_id]


async def test_deleting_a_collection(store, add, bridges, places_of):
    doomed, kept = store.collection("doomed"), store.collection("kept")
    shared = bridges(3)
    for text in (shared, f"{CANARY} ended in 1888."):
        await add(text, f"{len(text)}.txt", into=doomed)
    await add(shared, into=kept)
    store.save_trace(doomed, "t1", "What?", f'"{CANARY}"', frozenset())
    store.delete_collection("doomed")
    assert [info.name for info in store.collections()] == ["default", "kept"]
    assert places_of(CANARY) == []
    with pytest.raises(NotFound):
        store.trace("t1")
    with pytest.raises(NotFound):
        await doomed.search("bridge")
    with pytest.raises(NotFound):
        store.delete_collection("doomed")
    hits = await kept.search("bridge 2")
    content_hash = kept.document(hits[0].passage.document_id).content_hash
    assert store.files.find(content_hash).read().decode() == shared
    assert store.collection("doomed").documents() == []
