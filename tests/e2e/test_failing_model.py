"""A model that fails in every way: a clear word or a told fallback, nothing hangs, and the next question works.

`pytest tests/e2e/test_failing_model.py -s` prints the table: what the model does | what was said | exit code.
"""

import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

QUESTION = "How long is the Tessel?"
MOST_SECONDS = 60

DYING_SERVER = """
import http.server, json, os

class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"object": "list", "data": [{"id": "m"}]}).encode() if "models" in self.path else b"{}"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"{"}}]}\\n\\n')
        self.wfile.flush()
        os._exit(137)
    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Server)
print(server.server_port, flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Case:
    """A failure: its name, what plays it, the exit code, words of what is said, further arguments of the command."""

    name: str
    play: Callable[[Any], Callable[[Any], Any]]
    code: int
    words: tuple[str, ...]
    arguments: tuple[str, ...] = ()


def says(*parts: str, **how: Any) -> Callable[[Any], Callable[[Any], Any]]:
    return lambda server: lambda _body: server.stream(*parts, **how)


def answers(status: int, error: object, headers: dict[str, str] | None = None) -> Callable[[Any], Callable[[Any], Any]]:
    return lambda server: lambda _body: [server.answer(status, {"error": error}, headers)]


def plays(*steps: Any) -> Callable[[Any], Callable[[Any], Any]]:
    return lambda _server: lambda _body: list(steps)


def without_end(part: str) -> Callable[[Any], Callable[[Any], Any]]:
    def play(server: Any) -> Callable[[Any], Iterator[Any]]:
        head = [server.stream_head(), server.event({"content": '{"steps": ["How'})]
        return lambda _body: itertools.chain(head, itertools.repeat(server.event({"content": part})))

    return play


def thinks_first(server: Any) -> Callable[[Any], Any]:
    well = server.chat

    def chat(body: Any) -> Any:
        thought = server.event({"content": "<think>The river {is} long. [Maybe.]</think>\n"})
        return [well(body)[0], thought, *well(body)[1:]]

    return chat


def once(fault: bytes) -> Callable[[Any], Callable[[Any], Any]]:
    def play(server: Any) -> Callable[[Any], Any]:
        well, faults = server.chat, iter([fault])
        return lambda body: [first] if (first := next(faults, None)) else well(body)

    return play


def error_in_stream(server: Any) -> Callable[[Any], Any]:
    return lambda _body: [server.stream_head(), server.data({"error": {"message": "CUDA out of memory", "code": 500}})]


def busy(seconds: str) -> bytes:
    return b"HTTP/1.1 429 X\r\nretry-after: %s\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}" % seconds.encode()


PAGE = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html>Log in.</html>"

CASES = (
    Case("says that it is out of memory", answers(500, {"message": "CUDA out of memory."}), 3, ("out of memory",)),
    Case("says in the stream that it is out of memory", error_in_stream, 3, ("out of memory",)),
    Case("is slow to begin", plays("hang"), 0, ("stopped at the limit",), ("--seconds", "2")),
    Case(
        "is slow to go on",
        says(*'{"answer": "The Tessel', pause_seconds=1.0),
        0,
        ("stopped at the limit",),
        ("--seconds", "2"),
    ),
    Case("cuts the stream off", says('{"steps": ["How', finish_reason=None), 3, ("ended before",)),
    Case("thinks aloud first", thinks_first, 0, ("The Tessel is 212 km long.",)),
    Case("thinks without end", says("<think>Well, ", finish_reason="length"), 3, ("limit",)),
    Case("writes white space without end", without_end("\n  "), 3, ("limit",)),
    Case("writes words without end, whatever the limit", without_end(" word"), 3, ("limit",)),
    Case("talks of something else", says("I would rather talk about the weather."), 3, ("does not match",)),
    Case("sends bytes that are no text", says("\ufffd\x00\x1b[31m{}"), 3, ("does not match",)),
    Case("sends an empty reply", says(""), 3, ("does not match",)),
    Case("is a web page", plays(PAGE), 3, ("ended before",)),
    Case("answers 500 always", answers(500, {"message": "out of order"}), 3, ("answers 500",)),
    Case("answers 500 once", once(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"), 0, ("212 km",)),
    Case("is busy for a second", once(busy("1")), 0, ("212 km",)),
    Case("is busy for an hour", plays(busy("3600")), 3, ("answers 429", "3600 s", "later")),
    Case("wants another key", answers(401, {"message": "bad key"}), 2, ("401", "API key")),
    Case("closes without a word", plays(b""), 3, ("cannot be reached",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_failing_model(
    case: Case, cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], model_server: Any
) -> None:
    well = model_server.chat
    model_server.chat = case.play(model_server)
    started = time.monotonic()
    said = cli("ask", QUESTION, "--mode", "retrieve", *case.arguments)
    assert time.monotonic() - started < MOST_SECONDS
    refused(f"model {case.name}", said, case.code, case.words)
    model_server.chat = well
    intact()


def test_model_server_that_dies(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], model_server: Any
) -> None:
    with subprocess.Popen([sys.executable, "-c", DYING_SERVER], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        said = cli("ask", QUESTION, LONGREADER_MODEL__URL=url)
    refused("model dies in the middle of a reply", said, 3, ("cannot be reached", "doctor"))
    intact()


@pytest.mark.parametrize(
    ("name", "listed", "code", "words"),
    [
        ("serves nothing", {"object": "list", "data": []}, 2, ("serves no model", "Load a model")),
        ("lists junk", "<html>", 3, ("is not a model server",)),
    ],
)
def test_server_that_is_none(
    name: str,
    listed: object,
    code: int,
    words: tuple[str, ...],
    cli: Callable[..., Any],
    intact: Callable[[], None],
    refused: Callable[..., None],
    model_server: Any,
) -> None:
    served = model_server.routes["/v1/models"]
    model_server.routes["/v1/models"] = listed
    refused(f"model server {name}", cli("ask", QUESTION), code, words)
    model_server.routes["/v1/models"] = served
    intact()


def test_notes_by_a_model_that_writes_junk_fall_back(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], model_server: Any, tmp_path: Path
) -> None:
    path = tmp_path / "hill.md"
    path.write_text("# The Hirn\n\nThe Hirn is a hill of 412 m. Otto Weber climbed it in 1874.\n")
    well = model_server.chat
    model_server.chat = says("No, thank you.")(model_server)
    refused("model writes junk as notes", cli("add", "--notes", "llm", path), 0, ("noted without the model",))
    model_server.chat = well
    intact()


def test_notes_by_a_model_that_fails_go_on_later(
    cli: Callable[..., Any], intact: Callable[[], None], refused: Callable[..., None], model_server: Any, tmp_path: Path
) -> None:
    path = tmp_path / "hill.md"
    path.write_text("# The Hirn\n\nThe Hirn is a hill of 412 m. Otto Weber climbed it in 1874.\n")
    well = model_server.chat
    model_server.chat = answers(500, {"message": "CUDA out of memory."})(model_server)
    said = cli("add", "--notes", "llm", path)
    refused("model out of memory while it writes notes", said, 3, ("out of memory",))
    model_server.chat = well
    _, failed = json.loads(cli("list", "--json").out)
    assert failed["status"] == "failed"
    assert re.search("out of memory", failed["error"])
    assert cli("add", path).code == 0
    _, ready = json.loads(cli("list", "--json").out)
    assert (ready["status"], ready["document_id"]) == ("ready", failed["document_id"])
    intact()
