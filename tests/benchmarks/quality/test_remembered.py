from pathlib import Path

from longreader.agents.llm import CachedModel, Message, ModelReply, ModelRequest, ReplyCache, ScriptedModel

from benchmarks.quality.remembered import RememberedModel

REQUEST = ModelRequest((Message("user", "How long is the Tessel?"),), 50)


class TimedModel(ScriptedModel):
    """Takes two seconds by its own word."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        reply = await super().complete(request)
        return ModelReply(reply.text, "stop", reply.prompt_tokens, reply.completion_tokens, 2.0, cached_tokens=5)


async def test_a_reply_from_the_cache_tells_the_seconds_of_its_call(tmp_path: Path):
    inner = TimedModel(lambda request: "212 km")
    stack = CachedModel(inner, ReplyCache(tmp_path / "replies.sqlite"))
    path = tmp_path / "call-seconds.jsonl"
    model = RememberedModel(stack, path)
    await model.complete(REQUEST)
    await model.complete(REQUEST)
    assert (len(inner.requests), model.seconds, model.reused_prompt_tokens) == (1, 4.0, 10)
    path.write_text(path.read_text(encoding="ascii") + '["cut off', encoding="ascii")
    later = RememberedModel(stack, path)
    reply = await later.complete(REQUEST)
    assert (reply.from_cache, later.seconds) == (True, 2.0)
    assert (later.name, later.window_tokens) == (inner.name, inner.window_tokens)
