"""Cached replies that several processes share; what holds for a file of them is test_reply_cache.py's."""

import time

import pytest
from longreader.agents.llm import ModelReply, SharedReplies
from longreader.graph_store import deletion, schema
from longreader.graph_store.postgres import PostgresDatabase
from longreader.graph_store.postgres_schema import replies
from sqlalchemy import insert, select, update

pytestmark = pytest.mark.postgres

ROW = {
    "collection_id": 1,
    "title": "a",
    "media_type": "text/plain",
    "file_name": "a",
    "text": "a",
    "page_count": 1,
    "word_count": 1,
    "status": "reading",
    "error": "",
    "notes_kind": "llm",
    "created": 0.0,
}

CHUNK = {
    "position": 0,
    "span_start": 0,
    "span_end": 1,
    "first_page": 1,
    "last_page": 1,
    "token_count": 1,
    "section": "",
    "dropped_count": 0,
}


@pytest.fixture
def database(postgres_url):
    opened = PostgresDatabase(postgres_url)
    with opened.writing() as connection:
        connection.execute(insert(schema.collections).values(tenant="local", name="a", version=0))
        for name in ("d1", "d2"):
            connection.execute(insert(schema.documents).values(document_id=name, content_hash=name, **ROW))
            connection.execute(insert(schema.chunks).values(chunk_id=f"{name}-0", document_id=name, **CHUNK))
    yield opened
    opened.close()


def reply(text: str) -> ModelReply:
    return ModelReply(text, "stop", 10, 5, 1.5)


def test_what_one_stores_the_other_finds(database, postgres_url):
    other = PostgresDatabase(postgres_url)
    SharedReplies(database).put("k", reply("Lopez"), ["d1", "d2"])
    SharedReplies(database).put("k", reply("Weber"), ["d1"])
    found = SharedReplies(other).get("k")
    assert found == ModelReply("Lopez", "stop", 10, 5, seconds=0.0, from_cache=True)
    assert SharedReplies(other).get("none") is None
    assert SharedReplies(other).document_ids() == {"d1", "d2"}
    other.close()


def test_replies_go_in_the_transaction_that_deletes_a_document(database, tables_with):
    cache = SharedReplies(database)
    cache.put("one", reply("Xylocanthropy of d1"), ["d1"])
    cache.put("both", reply("Xylocanthropy of both"), ["d1", "d2"])
    cache.put("kept", reply("of d2"), ["d2"])
    with database.writing() as connection:
        deletion.remove_document(connection, 1, "d1")
    assert [cache.get(key) is not None for key in ("one", "both", "kept")] == [False, False, True]
    assert cache.document_ids() == {"d2"}
    assert tables_with("Xylocanthropy") == []


def test_a_reply_that_comes_after_the_delete_is_not_kept(database):
    cache = SharedReplies(database)
    with database.writing() as connection:
        deletion.remove_document(connection, 1, "d1")
    cache.put("late", reply("of d1"), ["d1", "d2"])
    assert cache.get("late") is None


def test_forgetting_tells_how_many(database):
    cache = SharedReplies(database)
    for key in ("a", "b"):
        cache.put(key, reply(key), ["d1"])
    assert (cache.forget("d1", "d2"), cache.forget("d1")) == (2, 0)


def test_beyond_the_limit_the_longest_unused_go(database):
    cache = SharedReplies(database, max_bytes=10_000, looked_after=1)
    for number in range(4):
        cache.put(f"k{number}", reply("x" * 2_000), ["d1"])
        with database.writing() as connection:
            old = update(replies).filter_by(key=f"k{number}").values(used=time.time() - 10_000 + number)
            connection.execute(old)
    assert cache.get("k0") is not None  # used now
    cache.put("k4", reply("x" * 2_000), ["d1"])
    with database.reading() as connection:
        assert set(connection.scalars(select(replies.c.key))) == {"k0", "k3", "k4"}


def test_a_server_that_is_gone_is_a_cache_without_the_reply(database, caplog):
    cache = SharedReplies(database)
    database.close()
    cache.put("k", reply("a"), ["d1"])
    assert cache.get("k") is None
    assert "cannot be read" in caplog.text
