import errno
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
from longreader.graph_store import backup
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import StoreDamaged, StoreError, StoreTooNew
from longreader.graph_store.sqlite import FILE_NAME
from longreader.graph_store.store import Store


@pytest.fixture
async def saved(tmp_path, store, collection, add, bridges) -> Path:
    """A backup, made while the folder is open, of two documents, a trace and a chat; a third was deleted before."""
    added = await add(bridges(12))
    await add(bridges(3, "Weber"), "weber.txt", into=store.collection("other"))
    gone = await add("Xylocanthropy ended in 1888.", "gone.txt")
    store.save_trace(collection, "t1", "Who?", "{}", frozenset({added.document_id}))
    chat_id = store.chats.make(collection.collection_id, "Bridges", "c1")
    store.chats.add_turn(chat_id, "Who?", "", '"Xylocanthropy"', "t2", frozenset({gone.document_id}))
    store.chats.add_turn(chat_id, "When?", "", "{}", "t1", frozenset({added.document_id}))
    store.delete_document(collection, gone.document_id)
    path = tmp_path / "saved.zip"
    store.backup(path)
    return path


def _rewritten(source: Path, target: Path, change) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return target


def _left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []


async def test_what_was_saved_is_there_again(tmp_path, saved, collection):
    hits = await collection.search("bridge 7", 3)
    backup.restore(saved, _made(tmp_path / "again"))
    with Store.open(tmp_path / "again", HashEmbedder()) as again:
        assert await again.collection().search("bridge 7", 3) == hits
        assert again.collection().graph == collection.graph
        assert [(info.name, info.document_count) for info in again.collections()] == [("default", 1), ("other", 1)]
        assert again.trace("t1").question == "Who?"
        assert [turn.status for turn in again.chats.turns("c1")] == ["document deleted", "kept"]
        assert all(again.files.is_sound(info.content_hash) for info in again.collection().documents())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("saved")] == ["saved.zip"]


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


async def test_a_backup_holds_nothing_that_was_deleted(saved):
    with zipfile.ZipFile(saved) as archive:
        assert all(b"ylocanth" not in archive.read(name) for name in archive.namelist())


async def test_a_file_that_is_there_is_not_overwritten(saved, store):
    before = saved.read_bytes()
    with pytest.raises(StoreError, match="already"):
        store.backup(saved)
    assert saved.read_bytes() == before


async def test_a_folder_that_cannot_be_written_is_told(store, tmp_path):
    with pytest.raises(StoreError):
        store.backup(tmp_path / "nowhere" / "saved.zip")


async def test_documents_are_never_overwritten(saved, store, folder):
    store.close()
    with pytest.raises(StoreError, match="never overwrites"):
        backup.restore(saved, folder)
    with Store.open(folder, HashEmbedder()) as opened:
        assert len(opened.collection().documents()) == 1


def _flipped(name, content):
    if name != "longreader.sqlite":
        return content
    middle = len(content) // 2 // 4096 * 4096
    return content[:middle] + b"\xff" * 4096 + content[middle + 4096 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: None if name.startswith("files/") else content,
        lambda name, content: content + b"!" if name.startswith("files/") else content,
        lambda name, content: content[:9000] if name == "longreader.sqlite" else content,
        _flipped,
        lambda name, content: None if name == "longreader.sqlite" else content,
    ],
    ids=["no files", "changed files", "cut database", "damaged page", "no database"],
)
async def test_a_backup_that_is_not_whole_is_refused(tmp_path, saved, change):
    target = _made(tmp_path / "again")
    with pytest.raises(StoreDamaged):
        backup.restore(_rewritten(saved, tmp_path / "broken.zip", change), target)
    assert _left(target) == []


async def test_a_cut_or_foreign_file_is_refused(tmp_path, saved):
    target = _made(tmp_path / "again")
    (tmp_path / "cut.zip").write_bytes(saved.read_bytes()[:-100])
    (tmp_path / "foreign.zip").write_bytes(b"no zip at all")
    with zipfile.ZipFile(tmp_path / "sly.zip", "w") as sly:
        sly.writestr("longreader.sqlite", b"")
        sly.writestr("../outside", b"")
    for name in ("cut.zip", "foreign.zip", "sly.zip"):
        with pytest.raises(StoreDamaged):
            backup.restore(tmp_path / name, target)
    with pytest.raises(StoreError, match="No such file"):
        backup.restore(tmp_path / "nothing.zip", target)
    assert _left(target) == []
    assert not (tmp_path / "outside").exists()


async def test_a_backup_with_flipped_bytes_is_restored_or_told_to_be_damaged(tmp_path, saved):
    whole = saved.read_bytes()
    directory = whole.index(b"PK\x01\x02")
    broken, outcomes = tmp_path / "broken.zip", set()
    for place in (*range(0, directory, max(directory // 40, 1)), *range(directory, len(whole))):
        for bits in (1, 6, 255):
            broken.write_bytes(whole[:place] + bytes([whole[place] ^ bits]) + whole[place + 1 :])
            unpacked = tmp_path / "unpacked"
            try:
                backup.unpack(broken, unpacked, backup._ENTRY, FILE_NAME)
            except StoreDamaged as error:
                outcomes.add(type(error.__cause__).__name__)
            shutil.rmtree(unpacked, ignore_errors=True)
    assert {"error", "BadZipFile", "RuntimeError", "NotImplementedError"} <= outcomes


async def test_an_encrypted_backup_is_refused(tmp_path, saved):
    whole = bytearray(saved.read_bytes())
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "secret.zip").write_bytes(whole)
    target = _made(tmp_path / "again")
    with pytest.raises(StoreDamaged, match="encrypted"):
        backup.restore(tmp_path / "secret.zip", target)
    assert _left(target) == []


async def test_a_full_disk_is_not_taken_for_damage(tmp_path, saved, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)
    with pytest.raises(StoreError, match="No space left") as caught:
        backup.restore(saved, _made(tmp_path / "again"))
    assert not isinstance(caught.value, StoreDamaged)


async def test_a_newer_backup_is_refused(tmp_path, saved):
    def newer(name, content):
        if name != "longreader.sqlite":
            return content
        path = tmp_path / "newer.sqlite"
        path.write_bytes(content)
        with sqlite3.connect(path) as driver:
            driver.execute("UPDATE alembic_version SET version_num = '9999'")
        driver.close()
        return path.read_bytes()

    with pytest.raises(StoreTooNew):
        backup.restore(_rewritten(saved, tmp_path / "new.zip", newer), _made(tmp_path / "again"))
    assert _left(tmp_path / "again") == []


async def test_a_restore_that_was_cut_off_is_seen_and_done_again(tmp_path, saved, monkeypatch):
    target = _made(tmp_path / "again")
    moved = []

    def stop_at_the_second(self, to):
        if moved:
            raise KeyboardInterrupt
        moved.append(to)
        self.rename(to)

    monkeypatch.setattr(Path, "replace", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        backup.restore(saved, target)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="cut off"):
        Store.open(target, HashEmbedder())
    backup.restore(saved, target)
    with Store.open(target, HashEmbedder()) as opened:
        assert len(opened.collection().documents()) == 1
