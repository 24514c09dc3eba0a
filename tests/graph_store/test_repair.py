import asyncio
import logging
import sqlite3

import pytest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import ReaderError, StoreDamaged, StoreLocked
from longreader.graph_store.repair import lost_files, mend, set_damaged_aside
from longreader.graph_store.store import Store, damaged_copy


def _break(path, table):
    """Overwrite the first page of a table's or index's tree."""
    with sqlite3.connect(path) as driver:
        (page,) = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = driver.execute("PRAGMA page_size").fetchone()
    driver.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)


async def _add_again(store, add, lost):
    for file in lost:
        data = store.files.path(file.content_hash).read_bytes()
        await add(data.decode(), file.file_name, into=store.collection(file.collection), store=store)


async def test_a_sound_folder_stays_as_it_is(folder, store, collection, add, bridges, notes):
    await add(bridges(12))
    hits = await collection.search("bridge 7", 3)
    store.close()
    assert set_damaged_aside(folder) is None
    with Store.open(folder, HashEmbedder()) as opened:
        mended = await mend(opened, notes)
        assert (mended.removed_file_count, mended.finished, mended.failed, mended.missing_files) == (0, (), (), ())
        assert await opened.collection().search("bridge 7", 3) == hits


async def test_a_folder_in_use_is_not_repaired(folder, store):
    with pytest.raises(StoreLocked):
        set_damaged_aside(folder)


async def test_half_done_documents_are_read_to_their_end(folder, store, collection, add, bridges, notes):
    class Failing:
        kind, batch_size = "extractive", 8

        async def write(self, chunks, texts):
            raise ReaderError("the model went away")

    with pytest.raises(ReaderError):
        await add(bridges(12), notes=Failing())
    mended = await mend(store, notes)
    assert mended.finished == (collection.documents()[0].title,)
    assert await collection.search("bridge 7", 3) != []
    assert (await add(bridges(12))).existed


async def test_a_lost_original_is_told_and_put_back_by_adding(store, collection, add, bridges, notes):
    added = await add(bridges(3))
    file = store.files.path(collection.info(added.document_id).content_hash)
    file.unlink()
    assert (await mend(store, notes)).missing_files == (added.title,)
    assert (await add(bridges(3))).existed
    assert file.read_text() == bridges(3)


async def test_a_damaged_word_index_is_made_anew_while_asking(folder, store, collection, add, bridges, caplog):
    await add(bridges(12))
    hits = await collection.search("bridge 7", 3)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM passage_words_data WHERE id > 1000")
    store.close()
    with Store.open(folder, HashEmbedder()) as opened, caplog.at_level(logging.WARNING):
        assert await opened.collection().search("bridge 7", 3) == hits
    assert "made anew" in caplog.text


async def test_a_damaged_vector_index_is_told(folder, store, collection, add, bridges, caplog):
    await add(bridges(12))
    [file] = (folder / "index").iterdir()
    store.close()
    file.write_bytes(b"junk")
    with Store.open(folder, HashEmbedder()) as opened, caplog.at_level(logging.WARNING):
        assert await opened.collection().search("bridge 7", 3) != []
    assert "made anew" in caplog.text


async def test_an_index_folder_that_cannot_be_written_stops_nobody(folder, store, collection, add, bridges):
    (folder / "index").write_text("not a folder")
    await add(bridges(12))
    assert await collection.search("bridge 7", 3) != []


async def test_broken_indexes_of_the_database_are_healed_by_copying(folder, store, collection, add, bridges, notes):
    added = await add(bridges(12))
    chat_id = store.chats.make(collection.collection_id, "Bridges")
    store.chats.add_turn(chat_id, "Who?", "Who?", "{}", "t1", frozenset({added.document_id}))
    turns = store.chats.turns(chat_id)
    store.close()
    _break(folder / "longreader.sqlite", "ix_documents_content_hash")
    assert set_damaged_aside(folder) is not None
    assert not damaged_copy(folder).exists()
    with Store.open(folder, HashEmbedder()) as opened:
        assert lost_files(opened) == []
        assert opened.database.damage() == []
        assert [info.document_id for info in opened.collection().documents()] == [added.document_id]
        assert opened.chats.turns(chat_id) == turns


@pytest.mark.parametrize("how", ["facts", "header", "gone"])
async def test_a_broken_database_is_begun_anew_from_the_files(folder, store, add, bridges, notes, how):
    await add(bridges(12), into=store.collection("rivers"))
    store.close()
    path = folder / "longreader.sqlite"
    if how == "gone":
        path.unlink()
        with pytest.raises(StoreDamaged):
            Store.open(folder, HashEmbedder())
    elif how == "header":
        path.write_bytes(b"junk" * 5000)
    else:
        _break(path, "facts")
    assert set_damaged_aside(folder) is not None
    for _ in range(2):  # cut off in between: the next opening keeps the files, and the rest is as before
        with Store.open(folder, HashEmbedder()) as opened:
            lost = lost_files(opened)
            assert len(lost) == 1
    name = ("rivers", "bridges.txt") if how == "facts" else ("default", lost[0].content_hash)
    assert (lost[0].collection, lost[0].file_name) == name
    with Store.open(folder, HashEmbedder()) as opened:
        await _add_again(opened, add, lost)
        await mend(opened, notes)
        assert not damaged_copy(folder).exists()
        assert await opened.collection(name[0]).search("bridge 7", 3) != []


async def test_a_deletion_while_files_wait_keeps_them_and_leaves_no_byte(folder, store, collection, add, bridges):
    await add("Xylocanthropy ended in 1888.", "x.txt")
    await add(bridges(3), "kept.txt")
    store.close()
    path = folder / "longreader.sqlite"
    _break(path, "facts")
    set_damaged_aside(folder)
    with Store.open(folder, HashEmbedder()) as opened:
        lost = {file.file_name: file for file in lost_files(opened)}
        await _add_again(opened, add, [lost["x.txt"]])
        [info] = opened.collection().documents()
        await asyncio.to_thread(opened.delete_document, opened.collection(), info.document_id)
        assert [file.content_hash for file in lost_files(opened)] == [lost["kept.txt"].content_hash]
    assert all(b"ylocanth" not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_text_that_is_none_is_damage_and_is_read_in_again(folder, store, add, bridges):
    """SQLite's own check does not look into texts."""
    added = await add(bridges(3))
    store.close()
    path = folder / "longreader.sqlite"
    path.write_bytes(path.read_bytes().replace(b"Lopez", b"Lop\xffz"))
    with Store.open(folder, HashEmbedder()) as opened, pytest.raises(StoreDamaged, match="decode") as caught:
        opened.collection().document(added.document_id)
    assert "Bridge" not in caught.value.message
    assert "decode" in str(set_damaged_aside(folder))
    with Store.open(folder, HashEmbedder()) as opened:
        await _add_again(opened, add, lost_files(opened))
        assert await opened.collection().search("bridge 2", 2) != []
