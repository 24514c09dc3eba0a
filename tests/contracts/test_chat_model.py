"""What every chat model must do: the scripted double, the transport to a server, each layer of the stack on them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from longreader.agents.errors import WindowExceeded
from longreader.agents.llm import (
    BackgroundModel,
    Budget,
    CachedModel,
    ChatModel,
    Expected,
    LimitedModel,
    Message,
    MeteredModel,
    ModelRequest,
    OpenAITransport,
    ReplyCache,
    RetryingModel,
    ScriptedCounter,
    ScriptedModel,
    Server,
    build_stack,
)

REPLY = "Nine hundred miles."
REQUEST = ModelRequest((Message("user", "How long is the river?"),), 50)
LAYERS: dict[str, Callable[[ChatModel, ReplyCache], ChatModel]] = {
    "bare": lambda inner, _: inner,
    "limited": lambda inner, _: LimitedModel(inner, 2),
    "background": lambda inner, _: BackgroundModel(inner),
    "retrying": lambda inner, _: RetryingModel(inner),
    "cached": CachedModel,
    "metered": lambda inner, _: MeteredModel(inner, Budget(10_000, 100, 60.0)),
    "stack": lambda inner, cache: build_stack(inner, cache, 2),
}


def bottom(kind: str, server: Any, finish_reason: str) -> ChatModel:
    if kind == "scripted":
        expected = Expected(REPLY, finish_reason="length" if finish_reason == "length" else "stop", times=None)
        return ScriptedModel([expected], window_tokens=100)
    server.says(REPLY, finish_reason=finish_reason)
    return OpenAITransport(Server(server.url, "openai", "m", 100), None, ScriptedCounter())


@pytest.fixture(params=["scripted", "transport"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=LAYERS)
async def make(
    request: pytest.FixtureRequest, kind: str, loopback_server: Any, tmp_path: Path
) -> AsyncIterator[Callable[..., ChatModel]]:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    bottoms: list[ChatModel] = []

    def build(finish_reason: str = "stop") -> ChatModel:
        bottoms.append(bottom(kind, loopback_server, finish_reason))
        return LAYERS[request.param](bottoms[-1], cache)

    yield build
    for each in bottoms:
        await each.close()
    cache.close()


async def test_answers(make):
    model = make()
    reply = await model.complete(REQUEST)
    assert (reply.text, reply.finish_reason, reply.from_cache) == (REPLY, "stop", False)
    assert reply.prompt_tokens == model.counter.count_messages(REQUEST.messages)
    assert reply.completion_tokens == model.counter.count_text(REPLY)
    assert reply.seconds >= 0
    assert model.name


async def test_hands_a_cut_reply_back(make):
    assert (await make(finish_reason="length").complete(REQUEST)).finish_reason == "length"


async def test_tells_the_reply_while_it_is_written(make):
    heard: list[str] = []
    reply = await make().complete(replace(REQUEST, on_text=heard.append))
    assert heard[-1] == reply.text
    assert all(later.startswith(text) for text, later in pairwise(heard))


async def test_keeps_the_window(make):
    model = make()
    room = model.window_tokens - model.counter.count_messages(REQUEST.messages)
    assert (await model.complete(ModelRequest(REQUEST.messages, room))).text == REPLY
    with pytest.raises(WindowExceeded) as caught:
        await model.complete(ModelRequest(REQUEST.messages, room + 1))
    assert caught.value.fields["window_tokens"] == 100
    assert caught.value.fields["max_tokens"] == room + 1


async def test_serves_many_tasks(make):
    model = make()
    requests = [ModelRequest((Message("user", f"Question {number}?"),), 50) for number in range(6)]
    replies = await asyncio.gather(*(model.complete(request) for request in requests))
    assert [reply.text for reply in replies] == [REPLY] * 6


async def test_a_cancel_is_a_cancel(make):
    model = make()
    call = asyncio.create_task(model.complete(REQUEST))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await model.complete(REQUEST)).text == REPLY


async def test_can_be_closed_twice(make):
    model = make()
    await model.close()
    await model.close()
