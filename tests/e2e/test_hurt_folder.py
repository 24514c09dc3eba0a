"""A data folder that is full, hurt or of another version, and what a failed or cut-off `add` leaves after `delete`.

`pytest tests/e2e/test_hurt_folder.py -s` prints the table: input | what was said | exit code.
"""

import contextlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from longreader.graph_store import embedding
from longreader.graph_store.errors import ReaderError

pytestmark = pytest.mark.data_folder_only

QUESTION = "How long is the Tessel?"
CANARY = "Xylocanthropy"


def lines(count: int) -> str:
    words = random.Random(3)
    return "\n\n".join(
        f"Bridge {number} of {CANARY} spans {words.randrange(900)} m and was built by Otto Weber."
        for number in range(count)
    )


def files_with_the_canary(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in found if CANARY.lower().encode() in path.read_bytes().lower()]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB in place of the data folder; it needs the rights to mount one."""
    folder = tmp_path / "data"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if not mount or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk(
    small_disk: Path, cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    large = tmp_path / "large.txt"
    large.write_text(lines(20_000))
    middling = tmp_path / "middling.txt"
    middling.write_text(lines(4_000))
    refused("disk too small for the file", cli("add", large), 4, ("space",))
    assert files_with_the_canary(small_disk) == []
    refused("disk too small for the notes", cli("add", middling), 4, ("space",))
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    said = cli("ask", "Who built the ferry of the Tessel?", "--mode", "retrieve")
    refused("asking with a full disk", said, 0, ("The Tessel is 212 km long.",))
    filler.unlink()
    intact()


def test_folder_of_a_newer_version(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    database = tmp_path / "data" / "longreader.sqlite"

    def set_revision(revision: str) -> str:
        with contextlib.closing(sqlite3.connect(database)) as driver:
            (before,) = driver.execute("SELECT version_num FROM alembic_version").fetchone()
            driver.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            driver.commit()
        return before

    ours = set_revision("9999")
    before = database.read_bytes()
    for arguments in (("list",), ("ask", QUESTION), ("add", tmp_path / "river.md"), ("doctor", "--repair")):
        refused(f"`{arguments[0]}` in a folder of a newer version", cli(*arguments), 4, ("newer longreader", "Install"))
    assert database.read_bytes() == before
    set_revision(ours)
    intact()


@pytest.mark.parametrize("damage", [b"", b"junk" * 500], ids=["empty", "junk"])
def test_damaged_index_file(
    damage: bytes, cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    [index] = (tmp_path / "data" / "index").iterdir()
    index.write_bytes(damage)
    refused("a damaged index file", cli("ask", QUESTION), 0, ("The Tessel is 212 km long.",))
    assert index.read_bytes() != damage
    intact()


def test_damaged_replies(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    assert cli("ask", QUESTION).code == 0
    (tmp_path / "data" / "replies.sqlite").write_bytes(b"junk" * 5000)
    refused("damaged cached replies", cli("ask", QUESTION), 0, ("The Tessel is 212 km long.",))
    intact()


def test_damaged_database_pages(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    """Whichever page is hurt: every command ends in an answer or a typed error, and repair brings the document back."""
    database, chance, told = tmp_path / "data" / "longreader.sqlite", random.Random(11), set[int]()
    whole = database.read_bytes()
    page_count = len(whole) // 4096
    for page in [*chance.sample(range(1, page_count), 7), 1]:
        hurt = bytearray(whole)
        # The last time all but the first page, so that damage is met for certain.
        end = page_count if page == 1 else page + 1
        hurt[page * 4096 : end * 4096] = chance.randbytes((end - page) * 4096)
        database.write_bytes(hurt)
        for name in ("replies.sqlite", "index"):
            shutil.rmtree(tmp_path / "data" / name, ignore_errors=True)
        for arguments in (("list",), ("ask", QUESTION, "--mode", "retrieve")):
            said = cli(*arguments)
            told.add(said.code)
            assert said.code in (0, 4), f"page {page}: {said.err}"
            if said.code:
                refused(f"`{arguments[0]}` with page {page} of the database damaged", said, 4, ("--repair",))
    assert 4 in told
    repaired = cli("doctor", "--repair")
    print(f"\n`doctor --repair` | {repaired.out.splitlines()[0]} | {repaired.code}")
    assert cli("ask", QUESTION).out.startswith("The Tessel is 212 km long.")
    database.write_bytes(whole)
    intact()


def test_backup_into_the_data_folder(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], tmp_path: Path
) -> None:
    for place in (tmp_path / "data" / "saved.zip", tmp_path / "data" / "files" / ".." / "saved.zip"):
        refused("a backup into the data folder itself", cli("backup", place), 4, ("lies in the data folder",))
    assert not list((tmp_path / "data").glob("saved*"))
    intact()


def test_failed_add_is_deleted_without_a_trace(
    cli: Callable[..., Any], intact: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bridges.txt"
    path.write_text(lines(60))

    def fail(*_arguments: object) -> None:
        raise ReaderError(f"it broke at {CANARY}", hint="Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(embedding, "_embed_batch", fail)
        assert cli("add", path).code == 1
    _, failed = json.loads(cli("list", "--json").out)
    assert failed["status"] == "failed"
    assert files_with_the_canary(tmp_path / "data") != []
    assert cli("delete", failed["document_id"], "--yes").code == 0
    assert files_with_the_canary(tmp_path / "data") == []
    intact()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_cut_off_add_is_deleted_without_a_trace(
    how: signal.Signals,
    start: Callable[..., Any],
    cli: Callable[..., Any],
    intact: Callable[[], None],
    tmp_path: Path,
) -> None:
    path, files = tmp_path / "bridges.txt", tmp_path / "data" / "files"
    path.write_text(lines(20_000))
    before = set(files.glob("*/*"))
    adding = start("add", path)
    end = time.monotonic() + 120
    while not any(not found.suffix for found in set(files.glob("*/*")) - before):
        assert adding.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    adding.send_signal(how)
    adding.communicate(timeout=60)
    left = [info for info in json.loads(cli("list", "--json").out) if info["file_name"] == path.name]
    for info in left:
        assert cli("delete", info["document_id"], "--yes").code == 0
    assert files_with_the_canary(tmp_path / "data") == []
    intact()
