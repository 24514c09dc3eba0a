from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import EstimatingCounter, Message, Server, ServerCounter, counter_for, server_counter

MESSAGES = (Message("system", "Answer."), Message("user", "How long is the river?"))


@pytest.fixture
def vllm(loopback_server):
    def tokenize(body: dict[str, Any]) -> dict[str, Any]:
        text = body.get("prompt") or "".join(f"<|im_start|>{m['role']} {m['content']}" for m in body["messages"])
        return {"count": len(text.split()), "max_model_len": 4096, "tokens": []}

    loopback_server.routes["/tokenize"] = tokenize
    counter = ServerCounter(
        Server(loopback_server.url, "vllm", "qwen", 4096, counts_tokens=True, switches_thinking=True), "key"
    )
    yield counter
    counter.close()


@pytest.fixture
def llama_server(loopback_server):
    def apply_template(body: dict[str, Any]) -> dict[str, Any]:
        return {"prompt": " | ".join(m["content"] for m in body["messages"])}

    loopback_server.routes["/apply-template"] = apply_template
    loopback_server.routes["/tokenize"] = lambda body: {"tokens": list(range(len(body["content"].split())))}
    counter = ServerCounter(
        Server(loopback_server.url, "llama-server", "qwen", 4096, counts_tokens=True, switches_thinking=True)
    )
    yield counter
    counter.close()


def test_vllm(vllm, loopback_server):
    assert vllm.count_text("one two three") == 3
    assert vllm.count_messages(MESSAGES) == 7
    text, messages = loopback_server.received
    assert text.body == {"model": "qwen", "prompt": "one two three", "add_special_tokens": False}
    assert messages.body["chat_template_kwargs"] == {"enable_thinking": False}
    assert messages.headers["authorization"] == "Bearer key"


def test_llama_server_counts_what_its_own_template_makes(llama_server, loopback_server):
    assert llama_server.count_messages(MESSAGES) == 7
    assert [request.path for request in loopback_server.received] == ["/apply-template", "/tokenize"]
    assert loopback_server.received[1].body["content"] == "Answer. | How long is the river?"


def test_asks_once_for_the_same_text(llama_server, loopback_server):
    for _ in range(3):
        llama_server.count_text("one two")
        llama_server.count_messages(MESSAGES)
    assert len(loopback_server.received) == 3


def test_a_server_that_does_not_count(vllm, loopback_server):
    del loopback_server.routes["/tokenize"]
    with pytest.raises(ModelUnavailable):
        vllm.count_text("one")


@pytest.mark.parametrize("body", [{"hello": 1}, [], b"<html>"])
def test_an_answer_that_is_no_count(vllm, loopback_server, body):
    loopback_server.routes["/tokenize"] = body
    with pytest.raises(ModelUnavailable):
        vllm.count_text("one")


def test_the_counter_for_a_server():
    assert isinstance(counter_for(Server("http://x", "vllm", "m", 10, counts_tokens=True)), ServerCounter)
    assert isinstance(counter_for(Server("http://x", "openai", "m", 10)), EstimatingCounter)


class Words:
    """A vocabulary whose tokens are words, as the loopback llama-server's are."""

    def __init__(self, path: Path) -> None:
        assert path.is_file()

    def count_text(self, text: str) -> int:
        return len(text.split())


class Letters(Words):
    def count_text(self, text: str) -> int:
        return len(text)


@pytest.mark.parametrize(("vocabulary", "requests"), [(Words, 0), (Letters, 1)])
def test_texts_are_counted_here_where_the_served_file_counts_alike(
    llama_server, loopback_server, tmp_path, monkeypatch, vocabulary, requests
):
    weights = tmp_path / "served.gguf"
    weights.touch()
    monkeypatch.setattr(server_counter, "GgufVocabulary", vocabulary)
    counter = counter_for(
        Server(loopback_server.url, "llama-server", "qwen", 4096, counts_tokens=True, weights=weights)
    )
    loopback_server.received.clear()
    assert counter.count_text("one two three") == 3
    assert len(loopback_server.received) == requests
    assert counter.count_messages(MESSAGES) == 7
    assert [request.path for request in loopback_server.received[requests:]] == ["/apply-template", "/tokenize"]


def test_a_served_file_that_cannot_be_read_is_counted_by_the_server(llama_server, loopback_server, tmp_path):
    weights = tmp_path / "served.gguf"
    weights.write_bytes(b"no model")
    server = Server(loopback_server.url, "llama-server", "qwen", 4096, counts_tokens=True, weights=weights)
    assert counter_for(server).count_text("one two three") == 3


@given(st.text(), st.text())
def test_an_estimate_grows_with_the_text(one, two):
    counter = EstimatingCounter()
    assert counter.count_text("") == 0
    assert counter.count_text(one + two) <= counter.count_text(one) + counter.count_text(two)
    assert counter.count_text(one + two) >= counter.count_text(one)
    assert counter.count_messages((Message("user", one), Message("user", two))) > counter.count_text(one + two)
