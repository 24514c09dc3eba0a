import asyncio

import pytest
from longreader.agents.llm import BackgroundModel, LimitedModel, ModelReply, ModelRequest, ScriptedModel


class Crowd(ScriptedModel):
    """Notes how many calls are inside at the same time."""

    def __init__(self) -> None:
        super().__init__(lambda _: "ok")
        self.inside = 0
        self.most = 0

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await asyncio.sleep(0.01)
            return await super().complete(request)
        finally:
            self.inside -= 1


@pytest.mark.parametrize("slots", [1, 3])
async def test_only_as_many_calls_as_slots(request_for, slots):
    crowd = Crowd()
    limited = LimitedModel(crowd, slots)
    await asyncio.gather(*(limited.complete(request_for(str(number))) for number in range(8)))
    assert crowd.most == slots
    assert [request.messages[-1].content for request in crowd.requests] == [str(number) for number in range(8)]


async def test_a_cancelled_call_gives_its_slot_back(request_for):
    crowd = Crowd()
    limited = LimitedModel(crowd, 1)
    running, waiting = (asyncio.create_task(limited.complete(request_for())) for _ in range(2))
    await asyncio.sleep(0)
    running.cancel()
    waiting.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    assert (await limited.complete(request_for())).text == "ok"


async def test_calls_in_the_background_let_the_others_pass(request_for):
    crowd = Crowd()
    limited = LimitedModel(crowd, 1)
    background = BackgroundModel(limited)
    calls = [(background, "b1"), (background, "b2"), (limited, "q1"), (limited, "q2")]
    await asyncio.gather(*(model.complete(request_for(text)) for model, text in calls))
    assert [request.messages[-1].content for request in crowd.requests] == ["b1", "q1", "q2", "b2"]


async def test_a_slot_that_comes_in_the_moment_of_a_cancel_is_not_lost(request_for):
    crowd = Crowd()
    limited = LimitedModel(crowd, 1)
    waiting = asyncio.create_task(limited.complete(request_for("waits")))
    await limited.complete(request_for("first"))
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert [request.messages[-1].content for request in crowd.requests] == ["first"]
    assert (await limited.complete(request_for())).text == "ok"


async def test_the_wait_for_a_slot_is_told_apart(request_for):
    limited = LimitedModel(Crowd(), 1)
    first, second = await asyncio.gather(*(limited.complete(request_for()) for _ in range(2)))
    assert first.waited_seconds < second.waited_seconds


async def test_calls_in_the_background_leave_a_quarter_of_many_slots(request_for):
    crowd = Crowd()
    limited = LimitedModel(crowd, 8)
    background = [asyncio.create_task(BackgroundModel(limited).complete(request_for(str(n)))) for n in range(20)]
    await asyncio.sleep(0)
    assert crowd.inside == 6
    urgent = await asyncio.gather(limited.complete(request_for("q1")), limited.complete(request_for("q2")))
    assert max(reply.waited_seconds for reply in urgent) < 0.005
    assert crowd.most == 8
    background[-1].cancel()
    done = await asyncio.gather(*background, return_exceptions=True)
    assert sum(isinstance(reply, ModelReply) for reply in done) == 19
    await asyncio.gather(*(limited.complete(request_for()) for _ in range(8)))
    assert crowd.most == 8
