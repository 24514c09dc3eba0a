"""Asking over HTTP: JSON and events, chats, repeats, stopping."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from longreader.agents.llm import ModelReply, ModelRequest, ScriptedModel
from longreader.app.service.hub import LOCAL, Hub

Check = Callable[[httpx2.Response, int, str], None]

FEE = "The yearly fee is twelve crowns."
ASK = "/v1/collections/default/ask"
KEY = {"Idempotency-Key": "once"}
QUESTION = {"question": "What is the yearly fee?", "mode": "retrieve"}


class Waiting(ScriptedModel):
    """Answers when it is let go; tells that it was asked and that it was cancelled."""

    def __init__(self) -> None:
        super().__init__(lambda _request: {"thought": "", "answer": FEE})
        self.asked, self.go, self.stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        return await super().complete(request)


@pytest.fixture
def model() -> ScriptedModel:
    def script(asked: ModelRequest) -> dict[str, object]:
        if asked.purpose == "standalone":
            return {"question": "Who founded the club?"}
        return {"thought": "", "answer": "Ada Brunn" if "Who founded" in asked.messages[-1].content else FEE}

    return ScriptedModel(script)


pytestmark = pytest.mark.usefixtures("document")


@pytest.fixture
async def web(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=address, timeout=20) as client:
        yield client


def events_of(text: str) -> list[tuple[int, str, Any]]:
    """Return the events on the wire: id, name, data."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


async def test_an_answer_with_citations_usage_and_trace(client: httpx2.AsyncClient, document: str):
    response = await client.post(ASK, json=QUESTION)
    assert response.status_code == 200
    told = response.json()
    assert (told["status"], told["text"]) == ("answered", FEE)
    assert told["citations"][0]["document_id"] == document
    assert told["citations"][0]["quote"] == FEE
    assert told["usage"]["call_count"] == 1
    assert told["trace_id"]
    assert response.headers["question-id"].startswith("q")


async def test_every_step_and_the_answer_as_it_comes_are_events(client: httpx2.AsyncClient):
    response = await client.post(ASK, json=QUESTION | {"stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    names = [name for _, name, _ in events]
    assert (names[0], names[-1]) == ("question", "answer")
    assert set(names) == {"question", "step", "answer_delta", "answer"}
    assert events[0][2]["question_id"] == response.headers["question-id"]
    text = ""
    for _, name, data in events:
        if name == "answer_delta":
            text = text[: data["start"]] + data["text"]
    assert text == events[-1][2]["text"] == FEE


async def test_what_goes_wrong_before_the_stream_has_its_status(client: httpx2.AsyncClient, is_problem: Check):
    for stream in (False, True):
        body = QUESTION | {"stream": stream}
        is_problem(await client.post("/v1/collections/none/ask", json=body), 404, "not_found")
        is_problem(await client.post(ASK, json=body | {"chat_id": "c0"}), 404, "not_found")
        is_problem(await client.post(ASK, json=body | {"question": ""}), 422, "invalid_request")
        is_problem(await client.post(ASK, json=body | {"mode": "guess"}), 422, "invalid_request")


async def test_what_goes_wrong_in_the_stream_is_an_event(client: httpx2.AsyncClient, is_problem: Check):
    body = QUESTION | {"question": "why so? " * 2400}
    is_problem(await client.post(ASK, json=body), 422, "question_too_long")
    *_, (_, name, problem) = events_of((await client.post(ASK, json=body | {"stream": True})).text)
    assert (name, problem["type"], problem["status"]) == ("error", "question_too_long", 422)


async def test_a_budget_is_at_most_the_services(client: httpx2.AsyncClient, hub: Hub):
    response = await client.post(ASK, json=QUESTION | {"budget": {"tokens": 1}})
    assert response.json()["status"] == "budget_spent"
    assert response.json()["usage"]["call_count"] == 0
    hub.settings.reading.budget.tokens = 1
    response = await client.post(ASK, json=QUESTION | {"budget": {"tokens": 10**9}})
    assert response.json()["status"] == "budget_spent"


async def test_a_follow_up_in_a_chat_is_rewritten_and_both_turns_are_kept(client: httpx2.AsyncClient, hub: Hub):
    async with hub.reader(LOCAL) as reader:
        chat = reader.make_chat()
        await client.post(ASK, json=QUESTION | {"chat_id": chat.chat_id})
        response = await client.post(ASK, json=QUESTION | {"question": "And who founded it?", "chat_id": chat.chat_id})
        assert response.json()["text"] == "Ada Brunn"
        turns = reader.turns(chat.chat_id)
        assert [turn.standalone for turn in turns] == [QUESTION["question"], "Who founded the club?"]
        assert turns[1].trace_id == response.json()["trace_id"]


async def test_a_chat_of_another_collection_is_not_found(client: httpx2.AsyncClient, hub: Hub, is_problem: Check):
    async with hub.reader(LOCAL) as reader:
        reader.make_collection("other")
        chat = reader.make_chat(collection="other")
    is_problem(await client.post(ASK, json=QUESTION | {"chat_id": chat.chat_id}), 404, "not_found")


@pytest.fixture
def slow(hub: Hub) -> Waiting:
    """Puts a model in place that waits until it is let go."""
    model = Waiting()
    hub.engine._model = model
    return model


async def test_the_same_request_is_answered_from_what_was_kept(client: httpx2.AsyncClient, model: Any):
    first = await client.post(ASK, json=QUESTION, headers=KEY)
    again = await client.post(ASK, json=QUESTION, headers=KEY)
    assert again.json() == first.json()
    assert len(model.requests) == 1
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    streamed = events_of((await client.post(ASK, json=QUESTION | {"stream": True}, headers=KEY)).text)
    assert [name for _, name, _ in streamed] == ["question", "answer"]
    assert streamed[-1][2] == first.json()


async def test_another_request_with_the_key_is_refused(client: httpx2.AsyncClient, is_problem: Check):
    await client.post(ASK, json=QUESTION, headers=KEY)
    other = await client.post(ASK, json=QUESTION | {"question": "Who?"}, headers=KEY)
    is_problem(other, 422, "key_reused")


async def test_what_failed_may_be_sent_again(client: httpx2.AsyncClient, is_problem: Check):
    missing = await client.post("/v1/collections/none/ask", json=QUESTION, headers=KEY)
    is_problem(missing, 404, "not_found")
    assert (await client.post(ASK, json=QUESTION, headers=KEY)).status_code == 200


async def test_of_a_deleted_document_nothing_is_repeated(
    client: httpx2.AsyncClient, hub: Hub, document: str, is_problem: Check
):
    await client.post(ASK, json=QUESTION, headers=KEY)
    async with hub.reader(LOCAL) as reader:
        await reader.delete(document)
    is_problem(await client.post(ASK, json=QUESTION, headers=KEY), 404, "not_found")


async def test_while_it_is_served_it_is_not_served_again(slow: Waiting, client: httpx2.AsyncClient, is_problem: Check):
    first = asyncio.create_task(client.post(ASK, json=QUESTION, headers=KEY))
    await slow.asked.wait()
    is_problem(await client.post(ASK, json=QUESTION, headers=KEY), 409, "key_in_use")
    slow.go.set()
    assert (await first).status_code == 200


async def test_a_question_is_stopped_by_its_id(slow: Waiting, web: httpx2.AsyncClient, is_problem: Check):
    asked = asyncio.create_task(web.post(ASK, json=QUESTION))
    await slow.asked.wait()
    [listed] = (await web.get("/v1/questions")).json()
    assert listed["state"] == "reading"
    assert (await web.delete(f"/v1/questions/{listed['question_id']}")).status_code == 204
    is_problem(await asked, 409, "question_cancelled")
    assert slow.stopped.is_set()
    assert (await web.get("/v1/questions")).json() == []
    is_problem(await web.delete(f"/v1/questions/{listed['question_id']}"), 404, "not_found")


async def test_a_streamed_question_is_stopped_by_its_id(slow: Waiting, web: httpx2.AsyncClient):
    async with web.stream("POST", ASK, json=QUESTION | {"stream": True}) as response:
        await slow.asked.wait()
        await web.delete(f"/v1/questions/{response.headers['question-id']}")
        *_, (_, name, problem) = events_of((await response.aread()).decode())
    assert (name, problem["type"]) == ("error", "question_cancelled")
    assert slow.stopped.is_set()


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_goes_away_stops_the_model_call(slow: Waiting, address: str, stream: bool):
    async with httpx2.AsyncClient(base_url=address) as leaving:
        asked = asyncio.create_task(leaving.post(ASK, json=QUESTION | {"stream": stream}))
        await slow.asked.wait()
        asked.cancel()
        await asyncio.wait([asked])
    await asyncio.wait_for(slow.stopped.wait(), 10)


async def test_silence_is_filled_with_comments(slow: Waiting, web: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("longreader.app.service.events.HEARTBEAT_SECONDS", 0.01)
    async with web.stream("POST", ASK, json=QUESTION | {"stream": True}) as response:
        async for line in response.aiter_lines():
            if line.startswith(":"):
                slow.go.set()
            if line == "event: answer":
                break
        else:
            raise AssertionError("the answer did not come")


async def test_a_mistake_in_a_stream_is_logged_without_names(
    client: httpx2.AsyncClient, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def stumble(_request: ModelRequest) -> ModelReply:
        raise ZeroDivisionError

    monkeypatch.setattr(model, "complete", stumble)
    response = await client.post(ASK, json=QUESTION | {"stream": True})
    assert events_of(response.text)[-1][2]["type"] == "internal_error"
    assert "POST /v1/collections/{collection}/ask" in caplog.text
    assert ASK not in caplog.text
