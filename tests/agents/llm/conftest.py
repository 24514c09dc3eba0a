from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from longreader.agents.llm import Message, ModelRequest, OpenAITransport, ScriptedCounter, Server


@pytest.fixture
def request_for() -> Callable[..., ModelRequest]:
    def build(text: str = "How long is the river?", max_tokens: int = 50, **fields: Any) -> ModelRequest:
        return ModelRequest((Message("system", "Answer."), Message("user", text)), max_tokens, **fields)

    return build


@pytest.fixture
async def transport_to(loopback_server: Any) -> AsyncIterator[Callable[..., OpenAITransport]]:
    """Builds transports to the loopback server and closes them."""
    built: list[OpenAITransport] = []

    def build(*, window_tokens: int = 1000, timeouts: dict[str, float] | None = None, **fields: Any) -> OpenAITransport:
        server = replace(Server(loopback_server.url, "openai", "m", window_tokens), **fields)
        built.append(OpenAITransport(server, None, ScriptedCounter(), **(timeouts or {})))
        return built[-1]

    yield build
    for transport in built:
        await transport.close()
