import asyncio

from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import Expected, ReplyCache, ScriptedModel, build_stack


async def test_a_call_that_waits_before_its_next_try_holds_no_slot(request_for):
    busy = ModelUnavailable("busy", retry_after_seconds=0.3)
    script = [Expected(busy, contains="slow"), Expected("late", contains="slow"), Expected("soon", contains="quick")]
    with ScriptedModel(script) as inner:
        stack = build_stack(inner, None, slots=1)
        slow = asyncio.create_task(stack.complete(request_for("slow")))
        await asyncio.sleep(0.05)
        quick = await asyncio.wait_for(stack.complete(request_for("quick")), 0.2)
        assert not slow.done()
        assert (quick.text, (await slow).text) == ("soon", "late")


async def test_a_reply_from_the_cache_needs_no_slot(tmp_path, request_for):
    cache = ReplyCache(tmp_path / "replies.sqlite")
    inner = ScriptedModel([Expected("once")])
    for _ in range(2):
        assert (await build_stack(inner, cache, slots=1).complete(request_for())).text == "once"
    cache.close()


async def test_what_is_below_shows_through(request_for, tmp_path):
    inner = ScriptedModel([], window_tokens=777, name="qwen")
    cache = ReplyCache(tmp_path / "replies.sqlite")
    stack = build_stack(inner, cache, slots=1)
    assert (stack.name, stack.window_tokens, stack.counter) == ("qwen", 777, inner.counter)
    await stack.close()
    assert inner.closed
    cache.close()
