"""Chats that persist: over the library and the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from longreader import NotFound, Reader
from longreader.agents.llm import Expected, ModelRequest, ScriptedModel
from longreader.graph_store.embedder import HashEmbedder

RULES = "# The club\n\nThe yearly fee is twelve crowns. It was raised by the treasurer Ada Brunn in 1931.\n"
FEE = "The yearly fee is twelve crowns."


def _said(request: ModelRequest) -> Any:
    if request.purpose == "standalone":
        return {"question": "Who raised the yearly fee?"}
    return {"thought": "", "answer": "Ada Brunn" if "Who raised" in request.messages[-1].content else FEE}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.md"
    path.write_text(RULES, encoding="utf-8")
    return path


def open_club(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "data", model=ScriptedModel(_said), embedder=HashEmbedder())


def test_a_chat_goes_on_in_another_process(tmp_path: Path, rules: Path):
    with open_club(tmp_path) as club:
        club.add(rules)
        chat = club.chat(mode="retrieve")
        chat.ask("What is the yearly fee?")
        chat_id = chat.chat_id
    with open_club(tmp_path) as club:
        chat = club.chat(chat_id, mode="retrieve")
        assert [turn.question for turn in chat.turns] == ["What is the yearly fee?"]
        chat.ask("And who raised it?")
        [record] = club.chats()
        assert (record.chat_id, record.title, record.turn_count) == (chat_id, "What is the yearly fee?", 2)
        first, second = club.turns(chat_id)
        assert json.loads(first.answer)["text"] == FEE
        assert first.trace_id == json.loads(first.answer)["trace_id"]
        assert club.trace(second.trace_id).standalone == second.standalone


def test_a_question_without_an_answer_stores_no_chat(tmp_path: Path, rules: Path):
    model = ScriptedModel([Expected(ValueError("broken"), times=None)])
    with Reader(tmp_path / "data", model=model, embedder=HashEmbedder()) as club:
        club.add(rules)
        with pytest.raises(ValueError, match="broken"):
            club.chat(mode="retrieve").ask("What is the yearly fee?")
        assert club.chats() == []


def test_a_chat_made_without_a_title_is_called_after_its_first_question(tmp_path: Path, rules: Path):
    with open_club(tmp_path) as club:
        club.add(rules)
        made, named = club.make_chat(), club.make_chat("Fees")
        for record in (made, named):
            club.chat(record.chat_id, mode="retrieve").ask("What is the yearly fee?")
        assert [chat.title for chat in club.chats()] == ["Fees", "What is the yearly fee?"]
        club.rename_chat(named.chat_id, "Dues")
        club.delete_chat(made.chat_id)
        assert [chat.title for chat in club.chats("default")] == ["Dues"]
        with pytest.raises(NotFound):
            club.chat(made.chat_id)


def test_an_exported_chat_has_its_citations_and_no_markup_of_documents(tmp_path: Path, rules: Path):
    rules.write_text("The yearly fee is twelve <b>crowns</b> [see *below*](http://example.org).\n", encoding="utf-8")
    with open_club(tmp_path) as club:
        document = club.add(rules)
        chat = club.chat(mode="retrieve")
        chat.ask("What is the\n# yearly fee?")
        exported = club.export_chat(chat.chat_id)
        assert "\n## What is the \\# yearly fee?\n" in exported
        assert FEE in exported
        assert "> \\[1\\] “The yearly fee is twelve" in exported
        assert "page 1" in exported
        assert not any(markup in exported for markup in ("<b>", " [see", " *below"))
        club.delete(document.document_id)
        gone = club.export_chat(chat.chat_id)
        assert "crowns" not in gone.split("##")[2] if gone.count("##") > 1 else "crowns" not in gone
        assert "*Document deleted.*" in gone
        assert club.chat(chat.chat_id).turns == ()


def test_the_command_line_lists_resumes_exports_and_deletes(cli: Callable[..., Any], river: Path, model_server: Any):
    cli("add", river)
    cli("chat", piped="How long is the Tessel?\n")
    [listed] = json.loads(cli("chats", "--json").out)
    assert (listed["title"], listed["turn_count"]) == ("How long is the Tessel?", 1)
    model_server.received.clear()
    said = cli("chat", "--resume", listed["chat_id"], piped="And where does it end?\n")
    assert said.code == 0
    assert "How long is the Tessel?" in json.dumps([body["messages"] for body in model_server.chats])
    assert cli("chats", "rename", listed["chat_id"], "The Tessel").code == 0
    assert "The Tessel" in cli("chats").out
    exported = cli("chats", "export", listed["chat_id"]).out
    assert exported.startswith("# The Tessel\n")
    assert "And where does it end?" in exported
    assert cli("chats", "delete", listed["chat_id"]).code == 0
    assert json.loads(cli("chats", "--json").out) == []
    assert cli("chat", "--resume", listed["chat_id"], piped="x\n").code == 4
