import gc
import weakref

import pytest
from longreader.graph_store.collection import Collection
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.loaded import LoadedCollections
from longreader.graph_store.store import Store

BUILDERS = ("Lopez", "Weber", "Costa")


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> LoadedCollections:
    """The bound, of this test's collections alone."""
    room = LoadedCollections()
    monkeypatch.setattr("longreader.graph_store.collection.LOADED", room)
    return room


@pytest.fixture
async def shelves(room: LoadedCollections, store: Store, add, bridges) -> list[Collection]:
    """Three collections of about the same size, none of them loaded."""
    made = [store.collection(builder) for builder in BUILDERS]
    for collection, builder in zip(made, BUILDERS, strict=True):
        await add(bridges(30, builder), into=collection)
        collection.unload()
    return made


async def read(collection: Collection) -> tuple[object, ...]:
    hits = await collection.search("Who built bridge 17?", 3)
    nodes = await collection.rank_nodes("Who built bridge 17?", 5)
    return hits, nodes, collection.text_of(hits[0].passage)


async def size_of(collection: Collection) -> int:
    await read(collection)
    loaded = collection.loaded
    assert loaded is not None
    collection.unload()
    return loaded.byte_count


def are_loaded(collections: list[Collection]) -> list[bool]:
    return [collection.loaded is not None for collection in collections]


async def test_the_one_used_longest_ago_goes_and_comes_back_the_same(shelves, room):
    first, second, third = shelves
    answers = [await read(collection) for collection in shelves]
    assert are_loaded(shelves) == [True, True, True]
    for collection in shelves:
        collection.unload()
    room.byte_limit = int(2.5 * await size_of(first))
    for collection in (first, second, first, third):
        await read(collection)
    assert are_loaded(shelves) == [True, False, True]
    assert await read(second) == answers[1]
    assert are_loaded(shelves) == [False, True, True]
    assert [await read(collection) for collection in shelves] == answers


async def test_one_that_is_larger_than_the_bound_stays_while_it_is_used(shelves, room):
    room.byte_limit = 1
    await read(shelves[0])
    loaded = shelves[0].loaded
    await read(shelves[0])
    assert loaded is not None
    assert shelves[0].loaded is loaded
    await read(shelves[1])
    assert are_loaded(shelves) == [False, True, False]


async def test_the_estimate_counts_vectors_and_notes(shelves, store):
    shelves[0].load_index()
    loaded = shelves[0].loaded
    assert loaded is not None
    passage_count, without_notes = len(loaded.passages_by_row), loaded.byte_count
    assert without_notes > passage_count * HashEmbedder().dimension_count * 4
    _ = shelves[0].graph
    assert loaded.byte_count > without_notes


async def test_a_search_under_way_goes_on_where_its_collection_goes(shelves, room, monkeypatch):
    first, second, _ = shelves
    expected = await first.search("Who built bridge 23?", 3)
    first.unload()
    room.byte_limit = 1
    embed = HashEmbedder.embed

    def embed_meanwhile(self: HashEmbedder, texts: list[str]):
        second.load_index()
        assert first.loaded is None
        return embed(self, texts)

    monkeypatch.setattr(HashEmbedder, "embed", embed_meanwhile)
    # Written otherwise, since the vectors of the last questions are kept.
    assert [hit.passage for hit in await first.search("who built Bridge 23?", 3)] == [hit.passage for hit in expected]
    assert are_loaded(shelves) == [False, True, False]


async def test_memory_is_given_back_at_once(shelves):
    await read(shelves[0])
    shelves[0].load_index()
    loaded = weakref.ref(shelves[0].loaded)
    gc.disable()
    try:
        shelves[0].unload()
        assert loaded() is None
    finally:
        gc.enable()
