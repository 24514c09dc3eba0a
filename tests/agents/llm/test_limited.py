import asyncio

import pytest
from longreader.agents.llm import LimitedModel, ModelReply, ModelRequest, ScriptedModel


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
