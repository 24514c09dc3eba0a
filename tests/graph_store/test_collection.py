import asyncio

import pytest
from longreader.graph_store.documents import set_status
from longreader.graph_store.errors import NotFound

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def added(add, bridges):
    return await add(bridges(30))


async def test_search_finds_by_word_and_meaning(collection, added):
    hits = await collection.search("Which bridge stands at mile 77?", 3)
    assert "mile 77" in collection.text_of(hits[0].passage)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.passage_id for hit in hits}) == len(hits) == 3


@pytest.mark.parametrize("query", ["", "  ", "?!", "…"])
async def test_a_query_without_a_letter_finds_nothing(collection, added, query):
    assert await collection.search(query) == []
    assert await collection.rank_nodes(query) == []


async def test_an_empty_collection(collection):
    assert await collection.search("bridge") == []
    assert await collection.rank_nodes("bridge") == []
    assert await collection.rank_facts("bridge", [], 5) == []
    assert collection.documents() == []
    assert list(collection.graph.keys()) == []


async def test_search_in_chosen_documents(collection, add, added, bridges):
    other = await add(bridges(30, "Weber"), "other.txt")
    for only in (added.document_id, other.document_id):
        hits = await collection.search("bridge 17", 10, frozenset({only}))
        assert {hit.passage.document_id for hit in hits} == {only}
    assert await collection.search("bridge 17", 10, frozenset()) == []
    assert await collection.search("bridge 17", 10, frozenset({"d0"})) == []


async def test_nodes_named_in_the_query_come_first_the_rarest_at_the_top(collection, add, added):
    await add("The lighthouse of Norvik was drawn by Lopez and painted by Amundsen.", "lighthouse.txt")
    hits = await collection.rank_nodes("Who painted the lighthouse that Lopez drew for Norvik?", 5)
    assert [hit.key for hit in hits[:3]] == ["norvik", "lopez", "amundsen"]
    assert [hit.score > 1 for hit in hits] == [True, True, False, False, False]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 for hit in hits)
    assert hits[2].name == "Amundsen"


async def test_facts_are_ranked_by_the_query(collection, added):
    facts = [
        fact for chunk in collection.chunks(added.document_id) for fact in collection.facts_of_chunk(chunk.chunk_id)
    ]
    ranked = await collection.rank_facts("Who built bridge 23?", facts, 4)
    assert ranked[0].text.startswith("Bridge 23 was built")
    assert len(ranked) == 4
    assert set(await collection.rank_facts("Who?", facts, len(facts))) == set(facts)


async def test_chunks_in_order(collection, added):
    chunks = collection.chunks(added.document_id)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert collection.chunk(chunks[1].chunk_id) == chunks[1]
    assert collection.chunk_before(chunks[1].chunk_id) == chunks[0]
    assert collection.chunk_after(chunks[1].chunk_id) == chunks[2]
    assert collection.chunk_before(chunks[0].chunk_id) is None
    assert collection.chunk_after(chunks[-1].chunk_id) is None


async def test_chunks_end_with_their_document(collection, add, added, bridges):
    other = await add(bridges(5, "Weber"), "other.txt")
    assert collection.chunk_after(collection.chunks(added.document_id)[-1].chunk_id) is None
    assert collection.chunk_before(collection.chunks(other.document_id)[0].chunk_id) is None


async def test_passages_and_facts_of_a_chunk(collection, added):
    chunk = collection.chunks(added.document_id)[2]
    passages = collection.passages(chunk.chunk_id)
    assert [passage.number for passage in passages] == list(range(1, len(passages) + 1))
    assert collection.passage(passages[0].passage_id) == passages[0]
    facts = collection.facts_of_chunk(chunk.chunk_id)
    assert collection.facts([fact.fact_id for fact in reversed(facts)]) == facts[::-1]
    for fact in facts:
        passage = collection.passage_of(fact)
        assert passage is not None
        assert passage.span.start <= fact.span.start < passage.span.end


async def test_what_is_not_there(collection, added):
    for call in (collection.chunk, collection.chunks, collection.passage, collection.passages, collection.document):
        with pytest.raises(NotFound):
            call("none")
    for call in (
        collection.facts_of_chunk,
        collection.chunk_after,
        collection.info,
        lambda one: collection.facts([one]),
    ):
        with pytest.raises(NotFound):
            call("none")


async def test_a_change_is_seen_at_once(store, collection, add, added, bridges):
    graph = collection.graph
    assert collection.graph is graph
    other = await add("Weber drew a map.", "map.txt")
    assert "weber" in collection.graph
    assert "Weber" in collection.text_of((await collection.search("who drew a map", 1))[0].passage)
    store.delete_document(collection, other.document_id)
    assert "weber" not in collection.graph
    with pytest.raises(NotFound):
        collection.document(other.document_id)


async def test_many_searches_at_once_find_what_each_finds_alone(collection, added):
    queries = [f"bridge {number} at mile {number * 7}" for number in range(1, 25)]
    together = await asyncio.gather(*(collection.search(query, 3) for query in queries))
    assert together == [await collection.search(query, 3) for query in queries]


async def test_only_ready_documents_may_be_read(collection, add, bridges, store):
    first, second = await add(bridges(3)), await add(bridges(4, "Costa"), "costa.txt")
    with store.database.writing() as connection:
        set_status(connection, first.document_id, "failed")
        connection.exec_driver_sql("UPDATE collections SET version = version + 1")
    assert collection.ready_ids() == [second.document_id]
