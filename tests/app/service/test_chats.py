"""The routes of chats and traces."""

from collections.abc import Callable

import httpx2
import pytest
from longreader.app.service.hub import LOCAL, Hub

Check = Callable[[httpx2.Response, int, str], None]

ASK = {"question": "What is the yearly fee?", "mode": "retrieve"}


pytestmark = pytest.mark.usefixtures("document")


async def asked(client: httpx2.AsyncClient, **more: str) -> str:
    response = await client.post("/v1/collections/default/ask", json=ASK | more)
    assert response.status_code == 200
    return response.json()["trace_id"]


async def test_a_chat_is_made_read_renamed_exported_and_deleted(client: httpx2.AsyncClient, is_problem: Check):
    made = await client.post("/v1/chats", json={})
    assert (made.status_code, made.json()["title"], made.json()["turn_count"]) == (201, "", 0)
    address = f"/v1/chats/{made.json()['chat_id']}"
    trace_id = await asked(client, chat_id=made.json()["chat_id"])
    chat = (await client.get(address)).json()
    assert (chat["title"], chat["turn_count"]) == (ASK["question"], 1)
    [turn] = chat["turns"]
    assert (turn["answer"]["text"], turn["trace_id"], turn["status"]) == ("twelve crowns", trace_id, "kept")
    renamed = await client.patch(address, json={"title": "Fees"})
    assert (await client.get("/v1/chats")).json() == [renamed.json()]
    exported = await client.get(f"{address}/export.md")
    assert exported.headers["content-type"].startswith("text/markdown")
    assert exported.text.startswith("# Fees\n")
    assert "twelve crowns" in exported.text
    assert (await client.delete(address)).status_code == 204
    for response in (
        await client.get(address),
        await client.get(f"{address}/export.md"),
        await client.patch(address, json={"title": "x"}),
        await client.delete(address),
    ):
        is_problem(response, 404, "not_found")


async def test_chats_are_of_a_collection(client: httpx2.AsyncClient, is_problem: Check):
    await client.post("/v1/collections", json={"name": "other"})
    made = (await client.post("/v1/chats", json={"collection": "other", "title": "Theirs"})).json()
    await client.post("/v1/chats", json={"title": "Ours"})
    assert (await client.get("/v1/chats", params={"collection": "other"})).json() == [made]
    assert [chat["title"] for chat in (await client.get("/v1/chats")).json()] == ["Ours", "Theirs"]
    assert (await client.get("/v1/chats", params={"limit": 1, "offset": 1})).json() == [made]
    is_problem(await client.post("/v1/chats", json={"collection": "none"}), 404, "not_found")
    is_problem(await client.get("/v1/chats", params={"collection": "none"}), 404, "not_found")
    is_problem(await client.post("/v1/chats", json={"title": "x" * 201}), 422, "invalid_request")


async def test_a_turn_loses_its_answer_with_the_document(client: httpx2.AsyncClient, hub: Hub, document: str):
    chat_id = (await client.post("/v1/chats", json={})).json()["chat_id"]
    await asked(client, chat_id=chat_id)
    async with hub.reader(LOCAL) as reader:
        await reader.delete(document)
    [turn] = (await client.get(f"/v1/chats/{chat_id}")).json()["turns"]
    assert (turn["question"], turn["answer"], turn["status"]) == (ASK["question"], None, "document deleted")
    assert "Document deleted" in (await client.get(f"/v1/chats/{chat_id}/export.md")).text


async def test_traces_are_listed_and_fetched(client: httpx2.AsyncClient, hub: Hub, document: str, is_problem: Check):
    first, second = await asked(client), await asked(client)
    listed = (await client.get("/v1/traces")).json()
    assert [line["trace_id"] for line in listed] == [second, first]
    [older] = (await client.get("/v1/traces", params={"limit": 1, "offset": 1})).json()
    assert (older["trace_id"], older["status"], older["collection"]) == (first, "kept", "default")
    trace = (await client.get(f"/v1/traces/{first}")).json()
    assert trace["answer"]["text"] == "twelve crowns"
    assert [call["purpose"] for call in trace["calls"]] == ["answer"]
    is_problem(await client.get("/v1/traces/t0"), 404, "not_found")
    async with hub.reader(LOCAL) as reader:
        await reader.delete(document)
    is_problem(await client.get(f"/v1/traces/{first}"), 404, "not_found")
    assert {line["status"] for line in (await client.get("/v1/traces")).json()} == {"document deleted"}
