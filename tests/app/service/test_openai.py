"""OpenAI's wire, with the `openai` package as the client."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from longreader.agents.llm import ModelReply, ModelRequest, ScriptedModel
from longreader.app.service.hub import LOCAL, Hub

FEE = "The yearly fee is twelve crowns."
MESSAGES: list[Any] = [
    {"role": "system", "content": "Answer like a pirate."},
    {"role": "user", "content": [{"type": "text", "text": "What is the yearly fee?"}]},
]
FOLLOW_UP: list[Any] = [{"role": "assistant", "content": FEE}, {"role": "user", "content": "And who founded it?"}]
MODE = {"mode": "retrieve"}


@pytest.fixture
def model() -> ScriptedModel:
    def script(asked: ModelRequest) -> dict[str, object]:
        if asked.purpose == "standalone":
            return {"question": "Who founded the club?"}
        return {"thought": "", "answer": "Ada Brunn" if "Who founded" in asked.messages[-1].content else FEE}

    return ScriptedModel(script)


pytestmark = pytest.mark.usefixtures("document")


@pytest.fixture
async def api(address: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


async def test_collections_are_models(api: openai.AsyncOpenAI, hub: Hub):
    async with hub.reader(LOCAL) as reader:
        reader.make_collection("reports")
    assert [model.id async for model in api.models.list()] == ["default", "reports"]
    assert (await api.models.retrieve("reports")).owned_by == "longreader"
    with pytest.raises(openai.NotFoundError) as caught:
        await api.models.retrieve("none")
    assert caught.value.code == "not_found"


async def test_an_answer_with_its_citations_as_annotations(api: openai.AsyncOpenAI, address: str, document: str):
    completion = await api.chat.completions.create(model="default", messages=MESSAGES, extra_body=MODE)
    [choice] = completion.choices
    assert (choice.message.content, choice.finish_reason) == (FEE, "stop")
    assert choice.message.annotations is not None
    cited: Any = choice.message.annotations[0].url_citation
    assert (cited.document_id, cited.quote, cited.page, cited.title) == (document, FEE, 1, "Rules of the club")
    assert cited.url.startswith(f"{address}/v1/collections/default/documents/{document}/text?start=")
    assert (cited.start_index, cited.end_index) == (0, len(FEE))
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens > 0
    assert completion.id.startswith("chatcmpl-")


async def test_a_stream_tells_steps_pieces_citations_and_usage(api: openai.AsyncOpenAI, document: str):
    stream = await api.chat.completions.create(
        model="default", messages=MESSAGES, stream=True, stream_options={"include_usage": True}, extra_body=MODE
    )
    chunks = [chunk async for chunk in stream]
    deltas: list[Any] = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert deltas[0].role == "assistant"
    pieces = [delta.content for delta in deltas if delta.content]
    assert len(pieces) > 1
    assert "".join(pieces) == FEE
    steps = "".join(delta.model_extra.get("reasoning_content", "") for delta in deltas)
    assert "select: " in steps
    last = next(chunk for chunk in reversed(chunks) if chunk.choices)
    assert last.choices[0].finish_reason == "stop"
    assert deltas[-1].model_extra["annotations"][0]["url_citation"]["document_id"] == document
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens > 0


async def test_earlier_messages_let_a_follow_up_lean_on_them(api: openai.AsyncOpenAI, model: ScriptedModel):
    messages = [*MESSAGES, *FOLLOW_UP]
    completion = await api.chat.completions.create(model="default", messages=messages, extra_body=MODE)
    assert completion.choices[0].message.content == "Ada Brunn"
    rewriting = model.requests[0]
    assert rewriting.purpose == "standalone"
    assert "What is the yearly fee?" in rewriting.messages[-1].content
    assert not any("pirate" in message.content for request in model.requests for message in request.messages)


async def test_a_trace_of_a_follow_up_goes_with_any_document(api: openai.AsyncOpenAI, hub: Hub, tmp_path: Path):
    """What a client sends as an earlier answer may be taken from any of them."""
    (tmp_path / "other.md").write_text("The boathouse keeper is Per Dahl.", encoding="utf-8")
    async with hub.reader(LOCAL) as reader:
        other = await reader.add(tmp_path / "other.md")
        messages = [
            *MESSAGES,
            {"role": "assistant", "content": FEE},
            {"role": "user", "content": "And who founded it?"},
        ]
        completion = await api.chat.completions.create(model="default", messages=messages, extra_body=MODE)
        trace_id = (completion.model_extra or {})["trace_id"]
        assert other.document_id in reader.trace(trace_id).quoted_document_ids


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"model": "none"}, openai.NotFoundError, "not_found"),
        ({"messages": [{"role": "assistant", "content": "Hm."}]}, openai.UnprocessableEntityError, "invalid_request"),
        ({"messages": []}, openai.UnprocessableEntityError, "invalid_request"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            openai.UnprocessableEntityError,
            "invalid_request",
        ),
    ],
)
async def test_errors_have_openais_form(
    api: openai.AsyncOpenAI, stream: bool, change: dict[str, Any], kind: type[openai.APIStatusError], code: str
):
    asked: dict[str, Any] = {"model": "default", "messages": MESSAGES, "stream": stream}
    with pytest.raises(kind) as caught:
        await api.chat.completions.create(**(asked | change))
    assert (caught.value.code, caught.value.type) == (code, "invalid_request_error")


async def test_what_is_no_text_is_read_as_a_question_mark(address: str, model: ScriptedModel):
    said = [{"role": "user", "content": "Who? \ud800"}, {"role": "assistant", "content": "\udfff"}, *FOLLOW_UP[1:]]
    body = json.dumps({"model": "default", "messages": said, **MODE})
    async with httpx2.AsyncClient(base_url=address) as client:
        response = await client.post(
            "/v1/chat/completions", content=body, headers={"Content-Type": "application/json"}, timeout=20
        )
    assert response.status_code == 200
    assert "Who? ?" in model.requests[0].messages[-1].content


async def test_an_error_in_the_stream_is_raised_by_the_client(api: openai.AsyncOpenAI):
    asked = [{"role": "user", "content": "why so? " * 2400}]
    stream: Any = await api.chat.completions.create(model="default", messages=asked, stream=True)  # pyright: ignore
    with pytest.raises(openai.APIError, match="tokens"):
        _ = [chunk async for chunk in stream]


async def test_a_model_that_fails_is_a_server_error_that_tells_nothing(api: openai.AsyncOpenAI, hub: Hub):
    from longreader import ModelUnavailable
    from longreader.agents.llm import Expected

    failing = ScriptedModel([Expected(ModelUnavailable("No server at http://10.0.0.7"), times=None)])
    hub.engine._model = failing
    with pytest.raises(openai.InternalServerError) as caught:
        await api.chat.completions.create(model="default", messages=MESSAGES, extra_body=MODE)
    assert (caught.value.status_code, caught.value.type) == (503, "server_error")
    assert "10.0.0.7" not in str(caught.value)
    assert caught.value.response.headers["retry-after"]


async def test_leaving_the_stream_stops_the_model_call(api: openai.AsyncOpenAI, hub: Hub):
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
    stream: Any = await api.chat.completions.create(model="default", messages=MESSAGES, stream=True, extra_body=MODE)
    await asked.wait()
    await stream.close()
    await asyncio.wait_for(stopped.wait(), 10)
