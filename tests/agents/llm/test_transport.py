import asyncio
import re
import subprocess
import sys
from typing import Any

import pytest
from longreader.agents.errors import ModelCutOff, ModelError, ModelUnavailable, WindowExceeded
from longreader.agents.llm import OpenAITransport, ScriptedCounter, Server
from longreader.graph_store.errors import ConfigurationError

USAGE = {
    "prompt_tokens": 21,
    "completion_tokens": 4,
    "total_tokens": 25,
    "prompt_tokens_details": {"cached_tokens": 16},
}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


async def test_streams_a_reply_and_takes_the_servers_token_figures(loopback_server, transport_to, request_for):
    loopback_server.says("Nine ", "hundred ", "miles.", usage=USAGE)
    reply = await transport_to().complete(request_for(seed=3, temperature=0.5))
    assert (reply.text, reply.finish_reason) == ("Nine hundred miles.", "stop")
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens) == (21, 4, 16)
    assert reply.seconds > 0
    assert not reply.from_cache
    (sent,) = loopback_server.chats
    assert sent["messages"] == [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "How long is the river?"},
    ]
    assert (sent["model"], sent["max_tokens"], sent["seed"], sent["temperature"]) == ("m", 50, 3, 0.5)
    assert sent["stream"] is True
    assert sent["stream_options"] == {"include_usage": True}


async def test_counts_tokens_itself_where_the_server_does_not_tell(loopback_server, transport_to, request_for):
    loopback_server.says("Nine hundred miles.")
    reply = await transport_to(kind="llama-cpp-python", streams_usage=False).complete(request_for())
    counter = ScriptedCounter()
    assert reply.prompt_tokens == counter.count_messages(request_for().messages)
    assert reply.completion_tokens == counter.count_text("Nine hundred miles.")
    assert reply.cached_tokens is None
    assert "stream_options" not in loopback_server.chats[0]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("json_schema", {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA}}),
        ("json_object", {"type": "json_object", "schema": SCHEMA}),
    ],
)
async def test_sends_the_schema_in_the_servers_form(loopback_server, transport_to, request_for, form, expected):
    loopback_server.says('{"n": 1}')
    await transport_to(structured_output=form).complete(request_for(schema=SCHEMA))
    assert loopback_server.chats[0]["response_format"] == expected


async def test_bounds_the_white_space_of_vllms_replies_as_llama_cpp_does(loopback_server, transport_to, request_for):
    loopback_server.says('{"n": 1}')
    await transport_to(kind="vllm").complete(request_for(schema=SCHEMA))
    sent = loopback_server.chats[0]["response_format"]["json_schema"]["schema"]
    assert {key: sent[key] for key in SCHEMA} == SCHEMA
    bound = sent["x-guidance"]
    assert not bound["whitespace_flexible"]
    for name, sign in ("item_separator", ","), ("key_separator", ":"):
        assert all(re.fullmatch(bound[name], sign + space) for space in ("", " ", "\n    ", "\n\n\t"))
        assert not any(re.fullmatch(bound[name], sign + space) for space in ("  ", "\n" * 3, "\n" + " " * 21))


@pytest.mark.parametrize(
    ("kind", "penalty"),
    [("vllm", "repetition_penalty"), ("llama-server", "repeat_penalty"), ("llama-cpp-python", "repeat_penalty")],
)
async def test_switches_off_what_would_hinder_copying_quotes(loopback_server, transport_to, request_for, kind, penalty):
    loopback_server.says("ok")
    await transport_to(kind=kind).complete(request_for())
    assert loopback_server.chats[0][penalty] == 1.0


async def test_switches_thinking_off_only_where_that_is_understood(loopback_server, transport_to, request_for):
    loopback_server.says("ok")
    await transport_to(switches_thinking=True).complete(request_for())
    await transport_to().complete(request_for())
    first, second = loopback_server.chats
    assert first["chat_template_kwargs"] == {"enable_thinking": False}
    assert "chat_template_kwargs" not in second


async def test_only_calls_in_the_background_have_a_lower_priority(loopback_server, transport_to, request_for):
    loopback_server.says("ok")
    transport = transport_to(kind="vllm", takes_priority=True)
    await transport.complete(request_for())
    await transport.complete(request_for(in_background=True))
    await transport_to().complete(request_for(in_background=True))
    assert [sent.get("priority") for sent in loopback_server.chats] == [None, 1, None]


async def test_a_server_that_refuses_a_priority_is_sent_none_again(loopback_server, transport_to, request_for):
    loopback_server.refuses(400, {"message": "Got priority 1 but Priority scheduling is not enabled."})
    loopback_server.says("ok")
    transport = transport_to(kind="vllm", takes_priority=True)
    for _ in range(2):
        assert (await transport.complete(request_for(in_background=True))).text == "ok"
    assert [sent.get("priority") for sent in loopback_server.chats] == [1, None, None]


async def test_another_refusal_of_a_call_in_the_background_is_told(loopback_server, transport_to, request_for):
    loopback_server.refuses(400, {"message": "unknown field"})
    with pytest.raises(ConfigurationError, match="unknown field"):
        await transport_to(kind="vllm", takes_priority=True).complete(request_for(in_background=True))
    assert len(loopback_server.chats) == 1


async def test_a_reply_at_its_limit_says_so(loopback_server, transport_to, request_for):
    loopback_server.says("Nine hun", finish_reason="length")
    assert (await transport_to().complete(request_for())).finish_reason == "length"


async def test_sends_nothing_that_does_not_fit(loopback_server, transport_to, request_for):
    loopback_server.says("ok")
    request = request_for()
    prompt_tokens = ScriptedCounter().count_messages(request.messages)
    fitting = transport_to(window_tokens=prompt_tokens + 50)
    await fitting.complete(request)
    with pytest.raises(WindowExceeded) as caught:
        await transport_to(window_tokens=prompt_tokens + 49).complete(request)
    assert caught.value.fields == {
        "prompt_tokens": prompt_tokens,
        "max_tokens": 50,
        "window_tokens": prompt_tokens + 49,
    }
    assert len(loopback_server.chats) == 1


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([b"data: [DONE]\n\n"], id="nothing"),
        pytest.param(["part"], id="no finish reason"),
        pytest.param(["part", b'data: {"id": "x", "choi'], id="cut in the middle of an event"),
        pytest.param(["part", b'data: {"id": not json}\n\n'], id="not JSON"),
        pytest.param(["part", b'data: "a string"\n\n'], id="not an object"),
        pytest.param(["part", b"data: {}\n\ndata: [DONE]\n\n"], id="an object without choices"),
        pytest.param(["part", b"\xff\xfe\x00\n\n"], id="not text"),
    ],
)
async def test_a_damaged_stream_is_a_typed_error(loopback_server, transport_to, request_for, steps):
    sent = [loopback_server.event({"content": step}) if isinstance(step, str) else step for step in steps]
    loopback_server.plays([loopback_server.stream_head(), *sent])
    with pytest.raises(ModelCutOff):
        await transport_to().complete(request_for())


async def test_a_connection_that_breaks_in_the_reply_is_a_cut_off(loopback_server, transport_to, request_for):
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n"
    loopback_server.plays([head, loopback_server.event({"content": "part"})])
    with pytest.raises(ModelCutOff):
        await transport_to().complete(request_for())


@pytest.mark.parametrize(
    ("status", "headers", "retry_after"),
    [(429, {"retry-after": "7"}, 7.0), (429, {}, None), (500, {}, None), (503, {"retry-after": "Fri, 1 Jan"}, None)],
)
async def test_an_overloaded_server_is_unavailable(
    loopback_server, transport_to, request_for, status, headers, retry_after
):
    loopback_server.refuses(status, {"message": "busy"}, headers)
    with pytest.raises(ModelUnavailable) as caught:
        await transport_to().complete(request_for())
    assert caught.value.fields["status"] == status
    assert caught.value.fields["retry_after_seconds"] == retry_after
    assert len(loopback_server.chats) == 1, "retries belong to another layer"


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, {"message": "This model's maximum context length is 4096 tokens.", "code": None}, WindowExceeded),
        (400, {"message": "too long", "code": "context_length_exceeded"}, WindowExceeded),
        (400, {"message": "too big", "type": "exceed_context_size_error", "n_ctx": 512}, WindowExceeded),
        (500, {"message": "CUDA out of memory."}, ModelUnavailable),
        (400, {"message": "unknown field"}, ConfigurationError),
        (401, {"message": "bad key"}, ConfigurationError),
        (404, {"message": "no such model"}, ConfigurationError),
        (400, "only a string", ConfigurationError),
    ],
)
async def test_refusals_are_told_apart(loopback_server, transport_to, request_for, status, error, expected):
    loopback_server.refuses(status, error)
    with pytest.raises(expected):
        await transport_to().complete(request_for())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"message": "exceeds the context size", "type": "exceed_context_size_error"}, WindowExceeded),
        ({"message": "the worker died"}, ModelCutOff),
    ],
)
async def test_an_error_inside_the_stream(loopback_server, transport_to, request_for, error, expected):
    events = [loopback_server.event({"content": "part"}), loopback_server.data({"error": error})]
    loopback_server.plays([loopback_server.stream_head(), *events])
    with pytest.raises(expected):
        await transport_to().complete(request_for())


async def test_nobody_there(loopback_server, request_for):
    transport = OpenAITransport(Server("http://127.0.0.1:9", "openai", "m", 1000), None, ScriptedCounter())
    with pytest.raises(ModelUnavailable) as caught:
        await transport.complete(request_for())
    assert caught.value.retryable
    await transport.close()


async def test_a_loop_of_white_space_is_stopped(loopback_server, transport_to, request_for):
    loopback_server.says('{"n":', *["\n    "] * 60, hangs=True)
    reply = await transport_to().complete(request_for(schema=SCHEMA))
    assert reply.finish_reason == "length"
    assert await asyncio.to_thread(loopback_server.disconnected.wait, 5), "the server must be told to stop"


async def test_white_space_in_free_text_or_between_words_is_not_a_loop(loopback_server, transport_to, request_for):
    loopback_server.says("a", " " * 300, "b")
    assert (await transport_to().complete(request_for())).finish_reason == "stop"
    loopback_server.says('{"n":', *[" " * 150, "1"] * 4, "}")
    assert (await transport_to().complete(request_for(schema=SCHEMA))).finish_reason == "stop"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["<think>They", " ask…</think>\n\n", "Nine."], "Nine."),
        (["They ask…</th", "ink>Nine."], "Nine."),
        (["<think>They ask and ask"], ""),
        (['{"quote": "say </think> here"}'], '{"quote": "say </think> here"}'),
    ],
)
async def test_thoughts_never_reach_the_text(loopback_server, transport_to, request_for, parts, text):
    loopback_server.says(*parts)
    assert (await transport_to().complete(request_for())).text == text


async def test_thoughts_in_a_field_of_their_own_never_reach_the_text(loopback_server, transport_to, request_for):
    events = [
        loopback_server.event({"reasoning_content": "They ask…"}),
        loopback_server.event({"content": "Nine."}, "stop"),
    ]
    loopback_server.plays([loopback_server.stream_head(), *events])
    assert (await transport_to().complete(request_for())).text == "Nine."


async def test_waits_longer_for_the_first_token_than_for_the_next(loopback_server, transport_to, request_for):
    late_start: list[Any] = [loopback_server.stream_head(), 0.3, loopback_server.event({"content": "ok"}, "stop")]
    loopback_server.plays(late_start)
    patient = transport_to(timeouts={"first_token_seconds": 5.0, "next_token_seconds": 0.1})
    assert (await patient.complete(request_for())).text == "ok"


@pytest.mark.parametrize("parts", [[], ["Nine "]])
async def test_a_server_that_hangs_is_unavailable(loopback_server, transport_to, request_for, parts):
    loopback_server.says(*parts, hangs=True) if parts else loopback_server.plays(["hang"])
    timeouts = {"first_token_seconds": 5.0 if parts else 0.2, "next_token_seconds": 0.2 if parts else 5.0}
    with pytest.raises(ModelUnavailable):
        await transport_to(timeouts=timeouts).complete(request_for())
    assert await asyncio.to_thread(loopback_server.disconnected.wait, 5)


@pytest.mark.parametrize("parts", [[], ["Nine "]])
async def test_a_cancel_stops_the_call_at_the_server(loopback_server, transport_to, request_for, parts):
    loopback_server.says(*parts, hangs=True) if parts else loopback_server.plays(["hang"])
    call = asyncio.create_task(transport_to().complete(request_for()))
    await asyncio.to_thread(loopback_server.arrived.wait, 5)
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await asyncio.to_thread(loopback_server.disconnected.wait, 5)


async def test_takes_nothing_from_the_environment(loopback_server, transport_to, request_for, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "secret")
    loopback_server.says("ok")
    await transport_to().complete(request_for())
    assert "secret" not in str(loopback_server.received[0].headers)


async def test_every_failure_is_a_reader_error(loopback_server, transport_to, request_for):
    for status in (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529):
        loopback_server.refuses(status, {"message": "no"})
        with pytest.raises((ModelError, ConfigurationError)):
            await transport_to().complete(request_for())


BESIDE_A_SLOW_IMPORT = """
import sys, threading, time
import httpx2, openai
from importlib.abc import MetaPathFinder
from longreader.agents.llm import transport

begun = threading.Event()

class Slow(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "httpx._client":
            begun.set()
            time.sleep(2)

sys.meta_path.insert(0, Slow())
threading.Thread(target=__import__, args=("httpx",)).start()
assert begun.wait(60)
transport._client("http://127.0.0.1:1", None)
"""


def test_a_client_is_made_while_a_thread_loads_httpx():
    subprocess.run([sys.executable, "-c", BESIDE_A_SLOW_IMPORT], check=True, timeout=120)
