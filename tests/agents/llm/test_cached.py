import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import CachedModel, Expected, ModelReply, ModelRequest, ReplyCache, ScriptedModel


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ReplyCache]:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    yield cache
    cache.close()


class SlowModel(ScriptedModel):
    async def complete(self, request: ModelRequest) -> ModelReply:
        await asyncio.sleep(0.05)
        return await super().complete(request)


async def test_asks_once(cache, request_for):
    with ScriptedModel([Expected("Nine.")]) as inner:
        first, second = [await CachedModel(inner, cache).complete(request_for()) for _ in range(2)]
    assert (first.text, first.from_cache) == ("Nine.", False)
    assert (second.text, second.from_cache) == ("Nine.", True)
    assert (second.prompt_tokens, second.completion_tokens) == (first.prompt_tokens, first.completion_tokens)


async def test_equal_requests_at_the_same_time_are_one_call(cache, request_for):
    inner = SlowModel(lambda _: "Nine.")
    cached = CachedModel(inner, cache)
    requests = [request_for(), request_for("another"), request_for(), request_for()]
    replies = await asyncio.gather(*(cached.complete(request) for request in requests))
    assert len(inner.requests) == 2
    assert {reply.text for reply in replies} == {"Nine."}


async def test_a_cancelled_call_does_not_take_the_others_with_it(cache, request_for):
    inner = SlowModel(lambda _: "Nine.")
    cached = CachedModel(inner, cache)
    first, second = (asyncio.create_task(cached.complete(request_for())) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second).text == "Nine."
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_errors_are_not_kept(cache, request_for):
    inner = ScriptedModel([Expected(ModelUnavailable("down")), Expected("up")])
    cached = CachedModel(inner, cache)
    with pytest.raises(ModelUnavailable):
        await cached.complete(request_for())
    assert (await cached.complete(request_for())).text == "up"


async def test_a_document_forgotten_during_the_call_is_not_kept(cache, request_for):
    inner = SlowModel(lambda _: "Nine.")
    cached = CachedModel(inner, cache)
    call = asyncio.create_task(cached.complete(request_for(document_ids=frozenset({"d"}))))
    await asyncio.sleep(0.02)
    cache.forget("d")
    await call
    assert not (await cached.complete(request_for())).from_cache


async def test_junk_in_place_of_a_structured_reply_is_not_kept(cache, request_for):
    inner = ScriptedModel([Expected("The weather is fine."), Expected('{"a": 1}')])
    cached = CachedModel(inner, cache)
    request = request_for(schema={"type": "object"})
    assert (await cached.complete(request)).text == "The weather is fine."
    assert (await cached.complete(request)).text == '{"a": 1}'
    assert (await cached.complete(request)).from_cache
