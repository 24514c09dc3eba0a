"""replace, collections, backup, restore and doctor --repair, from the command line and the library."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from longreader import AsyncReader, Reader
from longreader.agents.llm import ModelReply, ScriptedModel
from longreader.graph_store.embedder import HashEmbedder

CANARY = "Xylocanthropy"


def listed(cli: Callable[..., Any], *arguments: object) -> list[dict[str, Any]]:
    return json.loads(cli("list", "--json", *arguments).out)


def files_with(folder: Path, word: str) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in found if word.lower().encode() in path.read_bytes().lower()]


def test_replace_keeps_the_title(cli: Callable[..., Any], river: Path, tmp_path: Path) -> None:
    cli("add", river)
    (old,) = listed(cli)
    new = tmp_path / "new.md"
    new.write_text("# The Tessel, second edition\n\nThe Tessel is 215 km long.\n")
    said = cli("replace", "river.md", new)
    assert said.code == 0, said.err
    (replaced,) = listed(cli)
    assert (replaced["title"], replaced["file_name"]) == ("The Tessel", "new.md")
    assert cli("replace", old["document_id"], new).code == 0
    assert cli("replace", "nothing.md", tmp_path / "missing.md").code != 0
    assert listed(cli) == [replaced]


def test_collections_are_listed_and_deleted(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river, "--collection", "rivers")
    assert "rivers" in cli("collections").out
    assert {"tenant": "local", "name": "rivers", "document_count": 1} in json.loads(cli("collections", "--json").out)
    assert cli("collections", "delete", "nowhere", "--yes").code == 4
    assert cli("collections", "delete", "rivers", "--yes").out == "deleted  rivers  1 document\n"
    assert "rivers" not in cli("collections").out


@pytest.mark.data_folder_only
def test_backup_and_restore(cli: Callable[..., Any], river: Path, tmp_path: Path) -> None:
    cli("add", river)
    before = listed(cli)
    assert cli("backup", tmp_path / "saved.zip").code == 0
    assert cli("backup", tmp_path / "saved.zip").code == 4
    said = cli("restore", tmp_path / "saved.zip")
    assert said.code == 4
    assert "never overwrites" in said.err
    (tmp_path / "data").rename(tmp_path / "moved away")
    said = cli("restore", tmp_path / "saved.zip")
    assert said.code == 0, said.err
    assert "1 document" in said.out
    assert listed(cli) == before


@pytest.mark.data_folder_only
def test_a_damaged_database_is_told_and_repaired(cli: Callable[..., Any], river: Path, tmp_path: Path) -> None:
    cli("add", river)
    database = tmp_path / "data" / "longreader.sqlite"
    database.write_bytes(b"junk" * 5000)
    said = cli("list")
    assert said.code == 4
    assert "doctor --repair" in said.err
    assert "read in again" in cli("doctor", "--repair").out
    (document,) = listed(cli)
    # Of a database that cannot be read at all, not even the file's name is left.
    assert (document["title"], document["status"]) == (document["content_hash"], "ready")


@pytest.mark.data_folder_only
async def test_deleting_does_not_hold_up_the_event_loop(tmp_path: Path, river: Path) -> None:
    async with AsyncReader(tmp_path / "data", model=ScriptedModel([]), embedder=HashEmbedder()) as reader:
        added = await reader.add(river)
        deleting = asyncio.create_task(reader.delete(added.document_id))
        await asyncio.sleep(0)
        assert not deleting.done()
        await deleting
        assert reader.documents() == []


@pytest.mark.data_folder_only
def test_a_replaced_document_leaves_no_byte(tmp_path: Path) -> None:
    def script(request: Any) -> dict[str, object]:
        return {"thought": CANARY, "answer": CANARY}

    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text(f"# Report\n\n{CANARY} ended in 1888.\n")
    new.write_text("# Report\n\nNothing ended in 1889.\n")
    with Reader(tmp_path / "data", model=ScriptedModel(script), embedder=HashEmbedder()) as reader:
        document_id = reader.add(old).document_id
        reader.ask("When did it end?", mode="retrieve")
        cache = reader._reader._services.cache
        cache.put("key", ModelReply(CANARY, "stop", 1, 1, 0.1), [document_id])
        assert files_with(tmp_path / "data", CANARY) != []
        reader.replace(document_id, new)
        assert files_with(tmp_path / "data", CANARY) == []
    assert files_with(tmp_path / "data", CANARY) == []
