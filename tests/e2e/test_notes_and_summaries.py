"""`longreader graph` and `summarise`, and the data that commands print."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest


def test_the_graph_on_the_screen(cli: Callable[..., Any], river: Path) -> None:
    assert "longreader add FILE" in cli("graph").err
    cli("add", river)
    lines = cli("graph", "river.md").out.splitlines()
    assert lines[0] == "The Tessel"
    assert "key elements, " in lines[1]
    assert lines[2].split() == ["Key", "element", "Facts", "Neighbors", "Most", "often", "with"]
    assert any(line.startswith("Ottilie Brandt ") for line in lines[3:])


def test_the_graph_for_other_programs(cli: Callable[..., Any], river: Path, tmp_path: Path) -> None:
    cli("add", river)
    written = cli("graph", "river.md", "--export", "graphml", "-o", tmp_path / "river.graphml")
    assert written.code == 0
    assert written.out.startswith(f"graph  {tmp_path / 'river.graphml'}  ")
    graph = nx.read_graphml(tmp_path / "river.graphml")
    printed = nx.read_graphml(io.BytesIO(cli("graph", "--export", "graphml").out.encode()))
    linked = nx.node_link_graph(json.loads(cli("graph", "river.md", "--json").out), edges="edges")
    assert set(graph) == set(printed) == set(linked)
    assert "ottilie brandt" in graph
    assert linked.nodes["ottilie brandt"]["facts"][0]["page"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("-o", "x.graphml"), 2, "--export"),
        (("--json", "--export", "graphml"), 2, "--json"),
        (("river.md", "--export", "json", "-o", "/nowhere/x.json"), 1, "cannot be written"),
        (("missing.md",), 4, "missing.md"),
        (("--export", "dot"), 2, "graphml"),
    ],
)
def test_a_graph_that_cannot_be_had(
    cli: Callable[..., Any], river: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    cli("add", river)
    said = cli("graph", *arguments)
    assert said.code == code
    assert told in said.err


def test_a_summary_is_of_the_named_document_alone(cli: Callable[..., Any], river: Path, model_server: Any) -> None:
    (river.parent / "mill.md").write_text("# The mill\n\nThe mill of Orsk burned down in 1873.\n", encoding="utf-8")
    cli("add", river, river.parent / "mill.md")
    model_server.received.clear()
    said = cli("summarise", "river.md")
    assert said.code == 0, said.err
    assert "summary" in said.err
    sent = json.dumps([body["messages"] for body in model_server.chats])
    assert "Hirn" in sent
    assert "Orsk" not in sent
    assert cli("summarise", "nothing.md").code == 4


def test_a_summary_is_about_what_was_said(cli: Callable[..., Any], river: Path, model_server: Any) -> None:
    cli("add", river)
    model_server.received.clear()
    summary = json.loads(cli("summarise", "--about", "the ferry of Brandt", "--json").out)
    assert summary["status"] in ("answered", "partly_answered", "not_in_document")
    assert "the ferry of Brandt" in json.dumps([body["messages"] for body in model_server.chats])
    assert "Summarise what is said about the ferry of Brandt" in cli("trace").out


def test_added_as_json(cli: Callable[..., Any], river: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    said = cli("add", river, tmp_path / "empty.txt", "--json")
    assert said.code == 1
    added, failed = json.loads(said.out)
    assert (added["file"], added["title"], added["existed"]) == ("river.md", "The Tessel", False)
    assert (failed["file"], failed["error"]) == ("empty.txt", "empty_input")


def test_replaced_and_collections_as_json(cli: Callable[..., Any], river: Path) -> None:
    cli("add", river)
    river.write_text("# The Tessel\n\nThe Tessel is 215 km long.\n", encoding="utf-8")
    replaced = json.loads(cli("replace", "river.md", river, "--json").out)
    assert replaced["document_id"] == json.loads(cli("list", "--json").out)[0]["document_id"]
    assert json.loads(cli("collections", "--json").out)[0]["document_count"] == 1


def test_doctor_as_json(cli: Callable[..., Any]) -> None:
    findings = json.loads(cli("doctor", "--json").out)
    assert all(set(one) == {"sound", "message", "hint"} for one in findings)
    place = "PostgreSQL" if "LONGREADER_DATABASE_URL" in os.environ else "data folder"
    assert any(place in one["message"] for one in findings)
