"""The tools for agents, with the `mcp` package as the client: in this process, over HTTP, over a process's pipes."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from longreader import AsyncReader
from longreader.agents.llm import ModelReply, ModelRequest, ScriptedModel
from longreader.app.service.hub import LOCAL, Hub
from longreader.app.service.limits import OwnRates, Sizes
from longreader.app.service.mcp import make_server
from longreader.app.service.questions import Questions
from longreader.app.settings import Settings
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

TOOLS = ["ask", "list_documents", "read_chunk", "search"]
ASK = {"question": "What is the yearly fee?", "mode": "retrieve"}


pytestmark = pytest.mark.usefixtures("document")


@pytest.fixture
async def reader(document: str, hub: Hub) -> AsyncIterator[AsyncReader]:
    async with hub.reader(LOCAL) as reader:
        yield reader


def told(result: Any) -> Any:
    """Return what a tool returned, which has to be the same as text."""
    assert not result.is_error, result.content
    return result.structured_content


def in_process(reader: AsyncReader, questions: Questions | None = None) -> Client:
    return Client(make_server(lambda _context: (LOCAL, reader), questions or Questions(1, 0)))


async def test_search_read_and_ask(reader: AsyncReader, document: str):
    async with in_process(reader) as client:
        assert sorted(tool.name for tool in (await client.list_tools()).tools) == TOOLS
        [listed] = told(await client.call_tool("list_documents", {}))["result"]
        assert (listed["document_id"], listed["collection"], listed["status"]) == (document, "default", "ready")
        found = told(await client.call_tool("search", {"query": "yearly fee", "limit": 1}))["result"]
        assert "twelve crowns" in found[0]["text"]
        chunk = told(await client.call_tool("read_chunk", {"chunk_id": found[0]["chunk_id"]}))
        assert found[0]["text"] in chunk["text"]
        assert (chunk["title"], chunk["chunk_before"]) == ("Rules of the club", None)
        steps: list[str | None] = []

        async def heard(_progress: float, _total: float | None, message: str | None) -> None:
            steps.append(message)

        answer = told(await client.call_tool("ask", ASK, progress_callback=heard))
        assert (answer["status"], answer["text"]) == ("answered", "twelve crowns")
        assert answer["citations"][0]["document_id"] == document
        assert any(step and step.startswith("select: ") for step in steps)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", ASK | {"collection": "none"}, "no collection"),
        ("search", {"query": "fee", "collection": "none"}, "no collection"),
        ("read_chunk", {"chunk_id": "none"}, "no chunk"),
        ("list_documents", {"collection": "none"}, "no collection"),
        ("ask", {"question": "why so? " * 2400}, "tokens"),
    ],
)
async def test_errors_are_told_to_the_agent(reader: AsyncReader, tool: str, arguments: dict[str, Any], words: str):
    async with in_process(reader) as client:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert words in json.dumps([part.model_dump() for part in result.content])


async def test_a_question_takes_a_place_like_any_other(reader: AsyncReader):
    questions = Questions(1, 0)
    async with questions.asking("other") as other, in_process(reader, questions) as client:
        await other.start(reader.stream("What?", mode="retrieve"))
        result = await client.call_tool("ask", ASK)
        assert result.is_error
        assert "under way" in str(result.content)


async def test_the_programs_logging_stays_as_it_is(reader: AsyncReader):
    before = list(logging.root.handlers), logging.root.level
    in_process(reader)
    assert (list(logging.root.handlers), logging.root.level) == before


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_over_http(application: FastAPI, address: str, document: str, mode: Any):
    async with application.state.tools.running(), Client(f"{address}/mcp", mode=mode) as client:
        assert sorted(tool.name for tool in (await client.list_tools()).tools) == TOOLS
        steps: list[str | None] = []

        async def heard(_progress: float, _total: float | None, message: str | None) -> None:
            steps.append(message)

        answer = told(await client.call_tool("ask", ASK, progress_callback=heard))
        assert answer["text"] == "twelve crowns"
        assert any(step and step.startswith("select: ") for step in steps)


async def test_each_key_reaches_its_tenants_documents_alone(
    application: FastAPI, address: str, hub: Hub, rules: Path, model: ScriptedModel
):
    async with hub.reader("owner") as reader:
        document_id = (await reader.add(rules)).document_id
        [hit] = await reader.search("yearly fee", limit=1)
    seen: dict[str, list[str]] = {}
    async with application.state.tools.running():
        for tenant in ("owner", "stranger"):
            headers = {"Authorization": f"Bearer {hub.keys.make(tenant)[1]}"}
            async with (
                httpx2.AsyncClient(headers=headers) as http,
                Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
            ):
                listed = told(await client.call_tool("list_documents", {}))["result"]
                seen[tenant] = [document["document_id"] for document in listed]
                read = await client.call_tool("read_chunk", {"chunk_id": hit.chunk_id})
                asked = await client.call_tool("ask", ASK)
                assert (read.is_error, asked.is_error) == (tenant == "stranger", tenant == "stranger")
        async with httpx2.AsyncClient() as http:
            response = await http.post(f"{address}/mcp", json={}, headers={"Authorization": "Bearer none"})
            assert response.status_code == 401
    assert seen == {"owner": [document_id], "stranger": []}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_keys_questions_are_counted(application: FastAPI, address: str, hub: Hub, document: str, mode: Any):
    hub.rates = OwnRates(Sizes(1, 1_000_000))
    application.state.questions._rates = hub.rates
    headers = {"Authorization": f"Bearer {hub.keys.make(LOCAL)[1]}"}
    async with (
        application.state.tools.running(),
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
    ):
        assert not (await client.call_tool("ask", ASK)).is_error
        refused = await client.call_tool("ask", ASK)
        assert refused.is_error
        assert "1 questions a minute" in str(refused.content)


async def test_another_host_is_refused_on_loopback(application: FastAPI, address: str):
    """A page in a browser must not reach it by a name that leads here."""
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Host": "evil.example", "Accept": "application/json, text/event-stream"}
    async with application.state.tools.running(), httpx2.AsyncClient() as client:
        response = await client.post(f"{address}/mcp", json=asked, headers=headers)
    assert response.status_code in (400, 403, 421)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_leaving_stops_the_model_call(application: FastAPI, address: str, hub: Hub, document: str, mode: Any):
    asked, stopped = asyncio.Event(), asyncio.Event()

    class Waiting(ScriptedModel):
        async def complete(self, request: ModelRequest) -> ModelReply:
            asked.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
            raise AssertionError("unreachable")

    hub.engine._model = Waiting([])
    async with application.state.tools.running(), Client(f"{address}/mcp", mode=mode) as client:
        call = asyncio.create_task(client.call_tool("ask", ASK))
        await asked.wait()
        call.cancel()
        await asyncio.wait([call])
        if mode == "auto":
            await asyncio.wait_for(stopped.wait(), 10)
    # Before 2026-07-28 a cancel is a request of its own, which finds no session: there the connection's end counts.
    await asyncio.wait_for(stopped.wait(), 10)


async def test_the_command_speaks_over_pipes(document: str, settings: Settings):
    """It lists without a model."""
    environment = {"LONGREADER_DATA_FOLDER": str(settings.data_folder), "LONGREADER_MODEL__URL": "http://127.0.0.1:9"}
    environment |= {name: value for name, value in os.environ.items() if name == "LONGREADER_DATABASE_URL"}
    command = StdioServerParameters(
        command=sys.executable, args=["-c", "from longreader.app.main import run; run()", "mcp"], env=environment
    )
    async with Client(command) as client:
        assert sorted(tool.name for tool in (await client.list_tools()).tools) == TOOLS
        [listed] = told(await client.call_tool("list_documents", {}))["result"]
        assert listed["document_id"] == document
