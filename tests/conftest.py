"""Fixtures of more than one room."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from .postgres import empty_postgres_url, postgres_server, postgres_url, tables_with

__all__ = ["empty_postgres_url", "postgres_server", "postgres_url", "tables_with"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="keep what tests store in PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a database does not have: the files of a data folder, their damage, their lock."""
    if config.getoption("--postgres"):
        left_out = [item for item in items if item.get_closest_marker("data_folder_only")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def stored_in_postgres(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``--postgres``, a reader whose test names no database has one of its own."""
    if request.config.getoption("--postgres"):
        monkeypatch.setenv("LONGREADER_DATABASE_URL", request.getfixturevalue("postgres_url"))


Hang = Literal["hang"]
Step = bytes | float | Hang


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class LoopbackServer:
    """A real HTTP server that plays a model server, well or badly.

    Each chat request takes the next planned reply; the last one is played again and again. A reply is a list of steps:
    bytes are sent, a number is a pause in seconds, "hang" waits until the client goes away. Where ``chat`` is set, it
    makes the reply from the request's body instead.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    routes: dict[str, Any] = field(default_factory=dict)
    chat: Callable[[Any], list[Step]] | None = None
    arrived: threading.Event = field(default_factory=threading.Event)
    disconnected: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0
    _replies: deque[list[Step]] = field(default_factory=deque)
    _last: list[Step] = field(default_factory=list)
    _open: int = 0

    @property
    def chats(self) -> list[Any]:
        return [request.body for request in self.received if request.path == "/v1/chat/completions"]

    def says(
        self,
        *parts: str,
        finish_reason: str | None = "stop",
        usage: dict[str, Any] | None = None,
        pause_seconds: float = 0.0,
        hangs: bool = False,
    ) -> None:
        """Plan a stream of these parts. Without a finish reason it ends in the middle."""
        self.plays(
            self.stream(*parts, finish_reason=finish_reason, usage=usage, pause_seconds=pause_seconds, hangs=hangs)
        )

    def refuses(self, status: int, error: object, headers: dict[str, str] | None = None) -> None:
        """Plan an error."""
        self.plays([self.answer(status, {"error": error}, headers or {})])

    def plays(self, steps: list[Step]) -> None:
        self._replies.append(steps)

    @classmethod
    def stream(
        cls,
        *parts: str,
        finish_reason: str | None = "stop",
        usage: dict[str, Any] | None = None,
        pause_seconds: float = 0.0,
        hangs: bool = False,
    ) -> list[Step]:
        """Return the steps of a stream of these parts."""
        steps: list[Step] = [cls.stream_head(), cls.event({"role": "assistant"})]
        for part in parts:
            steps += [pause_seconds, cls.event({"content": part})]
        if hangs:
            steps.append("hang")
        elif finish_reason:
            steps.append(cls.event({}, finish_reason))
            if usage:
                steps.append(cls.data({"id": "x", "object": "chat.completion.chunk", "choices": [], "usage": usage}))
            steps.append(b"data: [DONE]\n\n")
        return steps

    @staticmethod
    def stream_head() -> bytes:
        return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"

    @staticmethod
    def data(body: object) -> bytes:
        return f"data: {json.dumps(body)}\n\n".encode()

    @classmethod
    def event(cls, delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return cls.data({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    @staticmethod
    def answer(status: int, body: object, headers: dict[str, str] | None = None) -> bytes:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return "\r\n".join([*lines, "", ""]).encode() + content

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            request = await self._read(reader)
            self.received.append(request)
            self.arrived.set()
            for step in self._steps(request):
                await self._play(step, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.disconnected.set()
        finally:
            self._open -= 1
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        return Received(head[0].split(" ")[1], headers, json.loads(content) if content else None)

    def _steps(self, request: Received) -> list[Step]:
        if request.path == "/v1/chat/completions":
            if self.chat is not None:
                return self.chat(request.body)
            self._last = self._replies.popleft() if self._replies else self._last
            return self._last
        if request.path not in self.routes:
            return [self.answer(404, {"detail": "Not Found"})]
        body = self.routes[request.path]
        return [self.answer(200, body(request.body) if callable(body) else body)]

    async def _play(self, step: Step, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
        elif isinstance(step, float):
            await asyncio.sleep(step)
        else:
            await reader.read()
            self.disconnected.set()


def _serve(server: LoopbackServer, ready: Callable[[asyncio.AbstractEventLoop], None]) -> None:
    async def main() -> None:
        listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        ready(asyncio.get_running_loop())
        async with listener:
            await listener.serve_forever()

    with asyncio.Runner() as runner:
        try:
            runner.run(main())
        except asyncio.CancelledError:
            return


@pytest.fixture
def loopback_server() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    started = threading.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    def ready(loop: asyncio.AbstractEventLoop) -> None:
        loops.append(loop)
        started.set()

    thread = threading.Thread(target=_serve, args=(server, ready), daemon=True)
    thread.start()
    assert started.wait(5)
    yield server
    loops[0].call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loops[0])])
    thread.join(5)
