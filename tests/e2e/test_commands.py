import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

DOCUMENT_ID = re.compile(r"\bd[0-9a-f]{10}\b")
TRACE_ID = re.compile(r"\bt[0-9a-f]{10}\b")


def found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match, text
    return match[0]


def wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_from_a_file_to_a_cited_answer_and_back(process: Callable[..., Any], river: Path) -> None:
    added = process("add", river)
    assert added.code == 0, added.err
    document_id = found(DOCUMENT_ID, added.out)
    assert re.search(r"^The Tessel  d\w+  1 page, \d+ words, 1 chunk, \d+ facts, [\d.]+ s$", added.out.strip())

    asked = process("ask", "How long is the Tessel?")
    assert asked.code == 0, asked.err
    assert asked.out.startswith(
        "The Tessel is 212 km long.\nanswered\n[1] The Tessel, page 1: “The Tessel is 212 km long"
    )
    assert "plan" in asked.err
    assert "select" in asked.err

    deleted = process("delete", document_id[:4])
    assert (deleted.code, deleted.out) == (0, f"deleted  {document_id}  The Tessel\n")


def test_the_same_bytes_are_already_there(cli: Callable[..., Any], river: Path) -> None:
    first = cli("add", river)
    again = cli("add", river)
    assert (again.code, again.out) == (0, f"The Tessel  {found(DOCUMENT_ID, first.out)}  already there\n")


def test_list_and_show(cli: Callable[..., Any], river: Path) -> None:
    assert "longreader add FILE" in cli("list").err
    cli("add", river)
    rows = cli("list").out.splitlines()
    assert rows[0].split() == ["Id", "Title", "Pages", "Words", "Chunks", "Facts", "Status"]
    assert rows[1].split()[1:4] == ["The", "Tessel", "1"]
    assert rows[1].split()[-1] == "ready"
    (listed,) = json.loads(cli("list", "--json").out)
    for name in (listed["document_id"][:3], "The Tessel", "river.md"):
        shown = json.loads(cli("show", name, "--json").out)
        assert shown["document_id"] == listed["document_id"]
        assert [heading["text"] for heading in shown["headings"]] == ["The Tessel", "Mouth"]
    assert "    Mouth     1" in cli("show", "river.md").out


def test_a_name_that_fits_several_documents_asks_for_an_id(cli: Callable[..., Any], tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.md").write_text(f"# Same title\n\nThe river number {number} is long.\n")
    cli("add", tmp_path / "0.md", tmp_path / "1.md")
    said = cli("show", "Same title")
    assert said.code == 4
    assert "2 documents" in said.err
    assert len(DOCUMENT_ID.findall(said.err)) == 2


def test_collections_do_not_see_each_other(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river, "--collection", "rivers")
    assert cli("list").out == ""
    assert "The Tessel" in cli("list", "-c", "rivers").out
    assert cli("show", "river.md").code == 4


def test_answer_as_json_is_all_of_standard_output(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river)
    answer = json.loads(cli("ask", "How long is the Tessel?", "--mode", "retrieve", "--json").out)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"].startswith("The Tessel is 212 km long")
    assert answer["usage"]["prompt_tokens"] == 100


def test_the_same_question_again_calls_no_model(cli: Callable[..., Any], river: Path, model_server: Any) -> None:
    cli("add", river)
    cli("ask", "How long is the Tessel?")
    called = len(model_server.chats)
    assert "cached)" in cli("ask", "How long is the Tessel?").out
    assert len(model_server.chats) == called


def test_a_budget_ends_the_reading_and_says_so(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river)
    said = cli("ask", "How long is the Tessel?", "--tokens", "1")
    assert said.code == 0
    assert "stopped at the limit" in said.out


def test_trace_shows_the_latest_and_one_in_full(cli: Callable[..., Any], river: Path) -> None:
    assert "longreader ask" in cli("trace").err
    cli("add", river)
    trace_id = found(TRACE_ID, cli("ask", "How long is the Tessel?", "--mode", "graph").out)
    assert trace_id in cli("trace").out
    assert json.loads(cli("trace", "--json").out)[0]["trace_id"] == trace_id
    told = cli("trace", trace_id).out
    assert len(told) < 20_000, "in a pipe, lines are not filled up to the width of nothing"
    for part in ("Plan", "Steps", "Calls", "Answer", "notebook:", "action:", "walk 1", "The Tessel is 212 km long."):
        assert part in told
    assert json.loads(cli("trace", trace_id, "--json").out)["mode"] == "graph"


def test_a_deleted_document_takes_its_trace_along(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river)
    trace_id = found(TRACE_ID, cli("ask", "How long is the Tessel?").out)
    cli("delete", "river.md", "--yes")
    assert "document deleted" in cli("trace").out
    said = cli("trace", trace_id)
    assert said.code == 4
    assert "deleted" in said.err


def test_one_bad_file_does_not_stop_the_others(cli: Callable[..., Any], river: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    said = cli("add", tmp_path / "missing.pdf", tmp_path / "empty.txt", river)
    assert said.code == 1
    assert "missing.pdf cannot be read" in said.err
    assert "error: empty.txt is empty" in said.err
    assert "The Tessel" in said.out


def test_a_folder_is_its_visible_files(cli: Callable[..., Any], river: Path) -> None:
    (river.parent / "sub").mkdir()
    (river.parent / "sub" / "deep.md").write_text("# Deep\n\nNot searched.\n")
    (river.parent / ".hidden.md").write_text("# Hidden\n\nNot read.\n")
    said = cli("add", river.parent)
    assert said.code == 0
    assert len(DOCUMENT_ID.findall(said.out)) == 1
    assert cli("add", river.parent / "sub" / "deep.md").code == 0
    (river.parent / "nothing").mkdir()
    assert cli("add", river.parent / "nothing").code == 1


def test_titles_cannot_steer_the_terminal(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "evil.md").write_text("# Harm\x1b[2J\x1b]0;mine\x07 [bold]done[/bold]\n\nThe river is long.\n")
    said = cli("add", tmp_path / "evil.md")
    assert "\x1b" not in said.out + said.err + cli("list").out + cli("show", "evil.md").out
    assert "[bold]done[/bold]" in said.out


def test_weights_are_not_fetched_unasked(
    cli: Callable[..., Any], river: Path, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.delenv("LONGREADER_MODEL__URL")
    monkeypatch.setenv("LONGREADER_MODEL__CACHE_FOLDER", str(tmp_path / "none"))
    for command in (("add", river), ("ask", "How long?"), ("model", "path")):
        said = cli(*command)
        assert said.code == 2
        assert "longreader model pull` (1.1 GB)" in said.err


def test_a_wrong_setting_names_itself(cli: Callable[..., Any]) -> None:
    said = cli("list", LONGREADER_INGEST__CHUNK_TOKENS="many")
    assert said.code == 2
    assert "LONGREADER_INGEST__CHUNK_TOKENS" in said.err


@pytest.mark.data_folder_only
def test_a_folder_in_use_is_said(cli: Callable[..., Any], environment: dict[str, str]) -> None:
    from longreader.graph_store.folder_lock import FolderLock

    folder = Path(environment["LONGREADER_DATA_FOLDER"])
    folder.mkdir()
    lock = FolderLock(folder)
    said = cli("list")
    lock.release()
    assert said.code == 4
    assert "in use" in said.err
    assert cli("list").code == 0


def test_interrupt_stops_the_model_call(
    start: Callable[..., "subprocess.Popen[str]"], cli: Callable[..., Any], river: Path, model_server: Any
) -> None:
    cli("add", river)
    model_server.chat = lambda _body: model_server.stream("{", hangs=True)
    model_server.arrived.clear()
    model_server.received.clear()
    asking = start("ask", "How long is the Tessel?")
    wait_for(lambda: bool(model_server.chats))
    asking.send_signal(signal.SIGINT)
    _, err = asking.communicate(timeout=90)
    assert asking.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert model_server.disconnected.wait(5)
    assert cli("list").code == 0


def test_a_closed_pipe_ends_quietly(
    start: Callable[..., "subprocess.Popen[str]"], cli: Callable[..., Any], river: Path
) -> None:
    cli("add", river)
    listing = start("list", "--json")
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()
    listing.wait(60)
    assert listing.stderr.read() == ""


@contextlib.contextmanager
def held_while_noting(database: Path) -> Iterator[None]:
    """Let nothing be written to the database from a moment on at which most chunks of a document are without notes.

    Most: the last notes are written together with the word that the document is ready.
    """

    def is_noting() -> bool:
        try:
            connection.execute("begin immediate")
            query = "select count(*), coalesce(sum(notes_kind is null), 0) from chunks"
            count, bare_count = connection.execute(query).fetchone()
        except sqlite3.OperationalError:  # the tables are being made
            count = bare_count = 0
        is_early = 2 * bare_count > count
        if not is_early:
            connection.rollback()
        return is_early

    wait_for(database.exists)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        wait_for(is_noting)
        yield
        connection.rollback()


@pytest.mark.data_folder_only
def test_an_interrupted_add_goes_on_when_run_again(
    start: Callable[..., "subprocess.Popen[str]"], cli: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "long.md"
    path.write_text("".join(f"# Part {i}\n\nMill {i} on the Tessel ground {i} sacks of rye.\n\n" for i in range(1_500)))
    adding = start("add", path)
    with held_while_noting(tmp_path / "data" / "longreader.sqlite"):
        adding.send_signal(signal.SIGINT)
        time.sleep(1)  # it hears the signal, but says so only when it has written what it was writing
    out, err = adding.communicate(timeout=90)
    assert (adding.returncode, out) == (130, "")
    assert "goes on where it stopped" in err
    assert "Traceback" not in err
    (begun,) = json.loads(cli("list", "--json").out)
    assert begun["status"] == "reading"
    assert begun["document_id"] in cli("add", path).out


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("model",), ("ask", "--help")])
def test_help_fits_eighty_columns(cli: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    said = cli(*arguments)
    assert "Usage: longreader" in said.out + said.err or "Usage: " in said.out + said.err
    assert max(len(line) for line in (said.out + said.err).splitlines()) <= 80
