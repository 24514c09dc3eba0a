"""Asking through the whole stack, down to a model server on loopback: its tokens reach the client as they come, and a
client that goes away stops it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from longreader.app.service.hub import Hub
from longreader.app.settings import ModelSettings, Settings
from longreader.graph_store.embedder import HashEmbedder

ASK = {"question": "What is the yearly fee?", "mode": "retrieve", "stream": True}
BEGUN = '{"thought": "It is told.", "answer": "The yearly fee is twelve cro'


@pytest.fixture
def settings(loopback_server: Any, tmp_path: Any) -> Settings:
    loopback_server.routes["/v1/models"] = {"object": "list", "data": [{"id": "m", "object": "model"}]}
    return Settings(data_folder=tmp_path / "data", model=ModelSettings(url=loopback_server.url))


@pytest.fixture
async def hub(document: str, settings: Settings) -> AsyncIterator[Hub]:
    async with Hub(settings, None, HashEmbedder()) as hub:
        yield hub


async def pieces(response: httpx2.Response) -> AsyncIterator[str]:
    """Yield the answer so far, after each piece of it."""
    name, text = "", ""
    async for line in response.aiter_lines():
        name = line.removeprefix("event: ") if line.startswith("event: ") else name
        if name == "answer_delta" and line.startswith("data: "):
            piece = json.loads(line.removeprefix("data: "))
            text = text[: piece["start"]] + piece["text"]
            yield text


async def test_a_piece_comes_while_the_model_still_writes_and_leaving_stops_it(address: str, loopback_server: Any):
    loopback_server.says(BEGUN, hangs=True)
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        async with client.stream("POST", "/v1/collections/default/ask", json=ASK) as response:
            assert await anext(pieces(response)) == "The yearly fee is twelve cro"
            assert not loopback_server.disconnected.is_set()
        assert await asyncio.to_thread(loopback_server.disconnected.wait, 10)
        async with asyncio.timeout(10):
            while (await client.get("/v1/questions")).json():  # noqa: ASYNC110 (the service is asked)
                await asyncio.sleep(0.02)


async def test_a_stream_that_is_cut_is_begun_anew_and_goes_on_for_the_client(address: str, loopback_server: Any):
    loopback_server.says(BEGUN, finish_reason=None)
    loopback_server.says('{"thought": "", "answer": "The yearly fee is ', 'ten or twelve crowns."}')
    async with (
        httpx2.AsyncClient(base_url=address, timeout=30) as client,
        client.stream("POST", "/v1/collections/default/ask", json=ASK) as response,
    ):
        told = [text async for text in pieces(response)]
    assert (told[0], told[-1]) == ("The yearly fee is twelve cro", "The yearly fee is ten or twelve crowns.")
    assert len(loopback_server.chats) == 2
