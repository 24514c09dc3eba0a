"""What the code around the model costs: questions against the same prompts sent by a plain client.

A question is asked through the library, and the requests that it made are sent again, one after the other, by the
`openai` package to the same server, in alternating order. At temperature 0 the replies are the same, so what is left
is ours.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import openai
from longreader import Reader
from longreader.agents.llm import (
    ChatModel,
    ModelReply,
    ModelRequest,
    OpenAITransport,
    ReplyCache,
    Server,
    build_stack,
    discover,
)
from longreader.agents.llm.vocabulary import GgufVocabulary
from longreader.app import weights
from longreader.app.embedded_server import EmbeddedServer
from longreader.app.settings import Settings

EXAMPLES = Path(__file__).parent.parent / "examples"
MODES: tuple[Literal["retrieve", "auto"], ...] = ("retrieve", "auto")
KINDS = ("pinpoint", "two_hop")
ROUNDS = 2
"""How often each side is timed; the best counts."""


class _Recorded:
    """A model's stack that begins with an empty cache whenever it is told to, and remembers the calls since then."""

    def __init__(self, transport: ChatModel, folder: Path, slots: int) -> None:
        self.name, self.window_tokens, self.counter = transport.name, transport.window_tokens, transport.counter
        self._transport, self._folder, self._slots = transport, folder, slots
        self._round = 0
        self.renew()

    def renew(self) -> None:
        """Forget all replies and requests."""
        self._round += 1
        self.requests: list[ModelRequest] = []
        self._stack = build_stack(
            self._transport, ReplyCache(self._folder / f"replies-{self._round}.sqlite"), self._slots
        )

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`."""
        reply = await self._stack.complete(request)
        if not reply.from_cache:
            self.requests.append(request)
        return reply

    async def close(self) -> None:
        """Release connections."""
        await self._stack.close()


def overhead_ratio(folder: Path, real_model: bool) -> tuple[float, str]:
    """Return the seconds of the questions over those of their bare calls, and a line about each question.

    Args:
        folder: an empty folder for the example.
        real_model: ask the model of the settings; else a server with a fixed delay.
    """
    with _embedded(folder) if real_model else _delaying() as (url, key, name, counter):
        settings = Settings()
        server = asyncio.run(discover(url, key, name, settings.model.window_tokens))
        recorded = _Recorded(OpenAITransport(server, key, counter), folder, server.slots)
        with Reader(folder / "data", model=recorded) as reader:
            reader.add(EXAMPLES / "ansholm.pdf")
            plain = openai.OpenAI(base_url=f"{server.base_url}/v1", api_key=key or "none", max_retries=0)
            return _compare(reader, recorded, plain, server)


def _compare(reader: Reader, recorded: _Recorded, plain: openai.OpenAI, server: Server) -> tuple[float, str]:
    ours = bare = 0.0
    lines = ["| mode | question | calls | seconds | bare calls |", "|---|---|---|---|---|"]
    for mode in MODES:
        for question in _questions():
            # The first time is not counted: it loads the collection, and tells which requests are made.
            requests, _ = _asked(reader, recorded, question, mode)
            sides: tuple[list[float], list[float]] = [], []
            for turn in range(2 * ROUNDS):
                if turn % 4 in (0, 3):
                    sides[0].append(_asked(reader, recorded, question, mode)[1])
                else:
                    sides[1].append(_sent(plain, server, requests))
            ours, bare = ours + min(sides[0]), bare + min(sides[1])
            best = f"{min(sides[0]):.2f} | {min(sides[1]):.2f}"
            lines.append(f"| {mode} | {question} | {len(requests)} | {best} |")
    return ours / bare, "\n".join(lines)


def _questions() -> list[str]:
    lines = (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    known = [json.loads(line) for line in lines]
    return [next(q["question"] for q in known if q["kind"] == kind) for kind in KINDS]


def _asked(
    reader: Reader, recorded: _Recorded, question: str, mode: Literal["retrieve", "auto"]
) -> tuple[list[ModelRequest], float]:
    recorded.renew()
    started = time.perf_counter()
    reader.ask(question, mode=mode)
    return recorded.requests, time.perf_counter() - started


def _sent(plain: openai.OpenAI, server: Server, requests: list[ModelRequest]) -> float:
    started = time.perf_counter()
    for request in requests:
        with plain.chat.completions.create(**_body(server, request)) as events:
            for _ in events:
                pass
    return time.perf_counter() - started


def _body(server: Server, request: ModelRequest) -> dict[str, Any]:
    return {
        "model": server.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "stream": True,
        "response_format": server.response_format(dict(request.schema or {})),
        "extra_body": server.extra_body(),
    }


_Found = tuple[str, str | None, str | None, GgufVocabulary]


@contextmanager
def _delaying() -> Iterator[_Found]:
    command = [sys.executable, str(Path(__file__).with_name("delaying_server.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), None, None, _vocabulary()
        finally:
            process.terminate()


@contextmanager
def _embedded(folder: Path) -> Iterator[_Found]:
    settings = Settings().model
    child = EmbeddedServer(_weights(), folder / "model-server.log", window_tokens=settings.window_tokens)
    asyncio.run(child.start())
    try:
        yield child.base_url, child.api_key, child.model_name, _vocabulary()
    finally:
        asyncio.run(child.stop())


def _vocabulary() -> GgufVocabulary:
    return GgufVocabulary(_weights())


def _weights() -> Path:
    settings = Settings().model
    found = weights.path(settings.weights, settings.cache_folder)
    assert found is not None, "the weights are not on this machine: `longreader model pull`"
    return found
