import pytest
from longreader.graph_store.errors import NotFound

pytestmark = pytest.mark.both_databases

CANARY = "Xylocanthropy"


@pytest.fixture
def chats(store):
    return store.chats


def _turn(chats, chat_id, question="Who?", answer='{"text": "Lopez"}', documents=frozenset()):
    chats.add_turn(chat_id, question, f"{question} (alone)", answer, "t1", documents)


async def test_turns_come_in_the_order_asked_with_what_they_quote(store, collection, chats, add, bridges):
    added = await add(bridges(1))
    chat_id = chats.make(collection.collection_id, "Bridges")
    for question in ("Who?", "And when?"):
        _turn(chats, chat_id, question, documents=frozenset({added.document_id}))
    first, second = chats.turns(chat_id)
    assert (first.number, first.question, first.standalone, first.trace_id) == (1, "Who?", "Who? (alone)", "t1")
    assert (second.number, second.answer, second.status) == (2, '{"text": "Lopez"}', "kept")
    assert second.document_ids == {added.document_id}
    assert (chats.chat(chat_id).turn_count, chats.chat(chat_id).collection) == (2, "default")


def test_the_last_changed_chat_comes_first(store, collection, chats):
    other = store.collection("other")
    ids = [
        chats.make(into.collection_id, title) for into, title in ((collection, "a"), (collection, "b"), (other, "c"))
    ]
    _turn(chats, ids[0])
    assert [chat.title for chat in chats.list()] == ["a", "c", "b"]
    assert [chat.title for chat in chats.list(collection.collection_id)] == ["a", "b"]
    assert [chat.title for chat in chats.list(limit=1, offset=1)] == ["c"]


def test_renamed_and_deleted(collection, chats):
    kept, gone = (chats.make(collection.collection_id, "a") for _ in range(2))
    chats.rename(kept, "renamed")
    _turn(chats, gone)
    chats.delete(gone)
    assert [chat.title for chat in chats.list()] == ["renamed"]
    assert chats.turns(gone) == []


def test_a_chat_that_is_not_there(chats):
    for use in (
        lambda: chats.chat("c0"),
        lambda: chats.rename("c0", "x"),
        lambda: chats.delete("c0"),
        lambda: _turn(chats, "c0"),
    ):
        with pytest.raises(NotFound):
            use()


@pytest.mark.parametrize("way", ["delete", "replace", "collection"])
async def test_of_a_document_that_goes_no_byte_stays_in_a_chat(store, collection, chats, add, bridges, places_of, way):
    there = await add(bridges(3))
    gone = await add(f"{CANARY} ended in 1888.\n\n" + bridges(4, "Costa"), "gone.txt")
    chat_id = chats.make(collection.collection_id, "Bridges")
    _turn(chats, chat_id, "What ended?", f'"{CANARY} ended"', frozenset({gone.document_id, there.document_id}))
    chats.add_turn(chat_id, "And when?", f"When did {CANARY} end?", '"1888"', "t2", frozenset({gone.document_id}))
    _turn(chats, chat_id, "Who built?", documents=frozenset({there.document_id}))
    assert places_of(CANARY)

    if way == "delete":
        store.delete_document(collection, gone.document_id)
    elif way == "replace":
        await add(bridges(5, "Weber"), "new.txt", replaces=gone.document_id)
    else:
        store.delete_collection("default")

    assert places_of(CANARY) == []
    if way == "collection":
        assert chats.list() == []
        return
    first, second, third = chats.turns(chat_id)
    assert (first.question, first.standalone, first.answer, first.status) == ("What ended?", "", "", "document deleted")
    assert (second.question, second.standalone, second.status) == ("And when?", "", "document deleted")
    assert (third.answer, third.status) == ('{"text": "Lopez"}', "kept")
    store.close()
    assert places_of(CANARY) == []


async def test_a_turn_that_comes_after_the_delete_keeps_no_quote(store, collection, chats, add, bridges):
    added = await add(bridges(1))
    chat_id = chats.make(collection.collection_id, "Bridges")
    store.delete_document(collection, added.document_id)
    _turn(chats, chat_id, documents=frozenset({added.document_id}))
    [turn] = chats.turns(chat_id)
    assert (turn.question, turn.standalone, turn.answer, turn.status) == ("Who?", "", "", "document deleted")
