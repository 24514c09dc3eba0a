"""A backup of a service's data folder: the operator's documents, each tenant's, and the keys."""

import zipfile
from pathlib import Path

import pytest
from longreader.app import upkeep
from longreader.app.service.key_file import KeyFile
from longreader.app.service.keys import Keys
from longreader.graph_store import backup
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import StoreDamaged, StoreError
from longreader.graph_store.store import Store


def fill(folder: Path, name: str) -> None:
    with Store.open(folder, HashEmbedder()) as store:
        store.save_trace(store.collection(name), f"t{name}", "Who?", "{}", frozenset())


def names(folder: Path) -> list[str]:
    with Store.open(folder, HashEmbedder()) as store:
        assert store.traces(1)[0].payload == "{}"
        return [info.name for info in store.collections()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for tenant, name in (("", "ours"), ("tenants/ada", "bridges"), ("tenants/otto-2", "hills")):
        fill(folder / tenant, name)
    return folder


@pytest.fixture
def key(folder: Path) -> str:
    return Keys(KeyFile(folder)).make("ada")[1]


@pytest.fixture
def saved(folder: Path, key: str, tmp_path: Path) -> Path:
    path = tmp_path / "saved.zip"
    with Store.open(folder, HashEmbedder()) as store:
        upkeep.write_backup(store, path)
    return path


def test_tenants_and_keys_are_there_again(saved: Path, key: str, tmp_path: Path) -> None:
    again = tmp_path / "again"
    upkeep.restore(again, saved)
    assert names(again) == ["ours"]
    assert names(again / "tenants" / "ada") == ["bridges"]
    assert names(again / "tenants" / "otto-2") == ["hills"]
    found = Keys(KeyFile(again)).find(key)
    assert found is not None
    assert found.tenant == "ada"
    assert not list(again.glob("*unpacked*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "data", "saved.zip"]


def test_no_key_is_in_it_and_nothing_is_overwritten(saved: Path, key: str, folder: Path, tmp_path: Path) -> None:
    assert key.encode() not in saved.read_bytes()
    with pytest.raises(StoreError, match="never overwrites"):
        upkeep.restore(folder, saved)
    only_keys = tmp_path / "only keys"
    Keys(KeyFile(only_keys)).make("otto")
    with pytest.raises(StoreError, match="never overwrites"):
        upkeep.restore(only_keys, saved)
    assert len(Keys(KeyFile(only_keys)).list()) == 1
    with Store.open(folder, HashEmbedder()) as store, pytest.raises(StoreError, match="there already"):
        upkeep.write_backup(store, saved)


@pytest.mark.parametrize("broken", ["tenants/otto-2.zip", "local.zip"])
def test_a_backup_that_is_not_whole_is_refused(saved: Path, tmp_path: Path, broken: str) -> None:
    damaged, again = tmp_path / "damaged.zip", tmp_path / "again"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"no zip" if name == broken else old.read(name))
    with pytest.raises(StoreDamaged):
        upkeep.restore(again, damaged)
    assert not (again / "tenants").exists()
    assert not (again / "service.sqlite").exists()
    upkeep.restore(again, saved)
    assert names(again) == ["ours"]


def test_a_backup_with_flipped_bytes_is_restored_or_told_to_be_damaged(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    directory = whole.rindex(b"PK\x01\x02")
    damaged, refused_count = tmp_path / "damaged.zip", 0
    for number, place in enumerate((directory + 8, directory + 10, directory + 20, len(whole) - 6, len(whole) // 2)):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        again = tmp_path / f"again {number}"
        try:
            upkeep.restore(again, damaged)
        except StoreDamaged:
            refused_count += 1
            assert not (again / "tenants").exists()
    assert refused_count >= 4


def test_a_restore_that_was_cut_off_is_done_again(saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    # What a killed one leaves: its mark, and a tenant that it had come to.
    fill(again / "tenants" / "ada", "half")
    backup.mark_cut_off(again)
    with pytest.raises(StoreError, match="cut off"):
        Store.open(again, HashEmbedder())
    upkeep.restore(again, saved)
    assert names(again / "tenants" / "ada") == ["bridges"]


def test_a_way_out_of_the_folder_is_refused(saved: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(hostile, "w") as new:
        new.writestr("local.zip", old.read("local.zip"))
        new.writestr("tenants/../../escaped.zip", b"")
    with pytest.raises(StoreDamaged, match="not a backup"):
        upkeep.restore(tmp_path / "again", hostile)
    assert not list(tmp_path.rglob("escaped*"))
