import numpy as np
import pytest
from longreader.graph_store import vector_rows
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.ingest import embed_missing
from longreader.graph_store.vectors import VectorIndex

pytestmark = pytest.mark.both_databases


class OtherEmbedder(HashEmbedder):
    name = "other"


@pytest.fixture
def opened(store, collection):
    def open_index():
        with store.database.reading() as connection:
            return vector_rows.open_index(connection, store.folder / "index", collection.collection_id, "hash-trigram")

    return open_index


def test_nothing_embedded_is_no_index(opened):
    assert opened() is None


async def test_a_later_document_is_added_to_the_saved_index(opened, add, bridges, monkeypatch):
    await add(bridges(5), "a.txt")
    before = opened()
    made = []
    original = VectorIndex.__init__
    monkeypatch.setattr(VectorIndex, "__init__", lambda self, *a, **k: (made.append(1), original(self, *a, **k))[1])
    await add(bridges(5, "Weber"), "b.txt")
    after = opened()
    assert len(after.row_ids) == 2 * len(before.row_ids)
    assert made == []


async def test_the_index_has_the_stored_vectors(opened, collection, add, bridges):
    await add(bridges(6))
    index = opened()
    text = collection.document(collection.documents()[0].document_id).text
    passages = [
        p
        for chunk in collection.chunks(collection.documents()[0].document_id)
        for p in collection.passages(chunk.chunk_id)
    ]
    expected = HashEmbedder().embed([passage.span.of(text) for passage in passages])
    np.testing.assert_allclose(index.vectors(np.sort(index.row_ids)), expected, rtol=1e-6)


async def test_after_a_delete_the_index_knows_only_what_is_left(store, collection, opened, add, bridges):
    first = await add(bridges(5), "a.txt")
    await add(bridges(4, "Weber"), "b.txt")
    before = set(opened().row_ids.tolist())
    store.delete_document(collection, first.document_id)
    after = set(opened().row_ids.tolist())
    assert after < before
    await add(bridges(6, "Costa"), "c.txt")
    assert not (set(opened().row_ids.tolist()) - after) & before


async def test_another_embedder_searches_words_until_it_has_embedded(open_store, store, add, bridges):
    await add(bridges(10))
    store.close()
    with open_store(OtherEmbedder()) as reopened:
        collection = reopened.collection()
        assert [hit.score for hit in await collection.search("bridge 7", 1)] == [pytest.approx(0.5)]
        await embed_missing(reopened, collection)
        assert (await collection.search("bridge 7", 1))[0].score > 0.5
