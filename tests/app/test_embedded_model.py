"""The embedded model over a loopback server that stands in for the child process."""

import asyncio
from typing import Any, cast

import pytest
from longreader.agents.llm import Message, ModelReply, ModelRequest, ScriptedCounter, ScriptedModel
from longreader.app.embedded_model import EmbeddedModel
from longreader.app.embedded_server import EmbeddedServer

REQUEST = ModelRequest((Message("user", "Hi"),), 10)


class RecordingServer:
    """Writes down what it is asked to do."""

    model_name = "tiny"
    window_tokens = 4096
    api_key = "k"

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


@pytest.fixture
def server() -> RecordingServer:
    return RecordingServer()


@pytest.fixture
def model(server: RecordingServer) -> EmbeddedModel:
    return EmbeddedModel(cast(EmbeddedServer, server), ScriptedCounter())


async def test_nothing_is_started_before_the_first_call(model: EmbeddedModel, server: RecordingServer):
    assert (model.name, model.window_tokens, server.did) == ("tiny", 4096, [])


async def test_the_server_is_started_before_each_call_and_stopped_at_the_end(
    model: EmbeddedModel, server: RecordingServer
):
    model._transport = ScriptedModel(lambda request: "Hello")
    assert (await model.complete(REQUEST)).text == "Hello"
    await model.close()
    assert server.did == ["start", "stop"]


async def test_after_a_cancelled_call_the_server_settles_once(model: EmbeddedModel, server: RecordingServer):
    model._transport = HangingModel([])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await model.complete(REQUEST)
    model._transport = ScriptedModel(lambda request: "Hello")
    await model.complete(REQUEST)
    await model.complete(REQUEST)
    assert server.did == ["start", "start", "settle", "start"]
