import asyncio
from typing import Any, cast

import pytest
from longreader.agents.llm import Message, ModelReply, ModelRequest, ScriptedModel
from longreader.app.embedded_model import EmbeddedModel
from longreader.app.embedded_server import EmbeddedServer

REQUEST = ModelRequest((Message("user", "Hi"),), 10)


class RecordingServer:
    """Writes down what it is asked to do."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def record() -> None:
            self.did.append(name)

        return record


class HangingModel(ScriptedModel):
    async def complete(self, request: ModelRequest) -> ModelReply:
        await asyncio.sleep(60)
        raise AssertionError("was not cancelled")


def embedded(transport: ScriptedModel) -> tuple[EmbeddedModel, RecordingServer]:
    server = RecordingServer()
    return EmbeddedModel(transport, cast(EmbeddedServer, server)), server


async def test_the_server_is_started_before_a_call_and_stopped_at_the_end():
    model, server = embedded(ScriptedModel(lambda request: "Hello"))
    assert (await model.complete(REQUEST)).text == "Hello"
    await model.close()
    assert server.did == ["start", "stop"]


async def test_after_a_cancelled_call_the_server_settles_once():
    model, server = embedded(HangingModel([]))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await model.complete(REQUEST)
    model._transport = ScriptedModel(lambda request: "Hello")
    await model.complete(REQUEST)
    await model.complete(REQUEST)
    assert server.did == ["start", "start", "settle", "start"]
