"""What is asked of the server itself: exact counts, replies in their schema, a cancel, priorities."""

import asyncio
import json
import re
import time
from collections import Counter
from pathlib import Path

import httpx2
import jsonschema
from longreader.agents.llm import Message, ModelRequest, OpenAITransport, Server, ServerCounter, TokenCounter
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 40},
        "year": {"type": "integer", "minimum": 1900, "maximum": 2030},
        "parts": {"type": "array", "items": {"type": "string", "maxLength": 30}, "maxItems": 3},
    },
    "required": ["name", "year", "parts"],
    "additionalProperties": False,
}
STRUCTURED_COUNT = 10
CALLS_AT_ONCE = 6
BACKGROUND_COUNT = 2 * CALLS_AT_ONCE
LOG_SECONDS = 20.0

CONVERSATIONS: tuple[tuple[Message, ...], ...] = (
    (Message("user", "Hi"),),
    (Message("system", "You are brief."), Message("user", "Which year? – 1907, naïvely; 東京.\n\n```x```")),
    (Message("user", "a"), Message("assistant", '{"n": 1}'), Message("user", "Again, " * 40)),
)


class Counts(BaseModel):
    """Conversations whose prompt tokens are the same by the folder's tokenizer, by /tokenize and in the usage."""

    conversation_count: int
    equal_count: int


class Structured(BaseModel):
    """Replies that fit their schema."""

    reply_count: int
    valid_count: int


class Cancelled(BaseModel):
    """Whether vLLM's log tells that it dropped a request whose caller went away, and after how long."""

    in_log: bool
    seconds: float


class Prioritised(BaseModel):
    """How many of the background calls sent before a question's call ended after it."""

    background_count: int
    overtaken_count: int


async def counts(transport: OpenAITransport, server: Server, vocabulary: TokenCounter | None) -> Counts:
    """Count the prompts of some conversations in three ways."""
    by_server = ServerCounter(server)
    equal = 0
    for messages in CONVERSATIONS:
        reply = await transport.complete(ModelRequest(messages, 1))
        told = {reply.prompt_tokens, await asyncio.to_thread(by_server.count_messages, messages)}
        told |= {vocabulary.count_messages(messages)} if vocabulary else set()
        equal += len(told) == 1
    return Counts(conversation_count=len(CONVERSATIONS), equal_count=equal)


async def structured(transport: OpenAITransport) -> Structured:
    """Ask for replies in a schema, warmer than questions do, so that only the grammar holds them."""
    valid = 0
    for seed in range(STRUCTURED_COUNT):
        words = Message("user", f"Invent a machine, number {seed}. Reply with JSON: name, year, parts.")
        reply = await transport.complete(ModelRequest((words,), 150, SCHEMA, temperature=1.0, seed=seed))
        valid += _fits(reply.text)
    return Structured(reply_count=STRUCTURED_COUNT, valid_count=valid)


async def ended(server: Server, key: str) -> Counter[str]:
    """Ask a vLLM for its replies so far by how they ended: "stop", "length" at their limit, "abort" by the caller."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, trust_env=False) as client:
        response = await client.get(f"{server.base_url}/metrics")
    return read_ended(response.raise_for_status().text)


def read_ended(metrics: str) -> Counter[str]:
    """Add up what the metrics say, over all engines of the server."""
    counts: Counter[str] = Counter()
    for sample in (it for family in text_string_to_metric_families(metrics) for it in family.samples):
        if sample.name == "vllm:request_success_total":
            counts[sample.labels["finished_reason"]] += int(sample.value)
    return counts


async def cancelled(transport: OpenAITransport, log: Path) -> Cancelled:
    """Cancel a long reply after its first words, and wait for vLLM's log to tell so."""
    before = _aborts(log)
    written = asyncio.Event()
    messages = (Message("user", "Count from 1 to 500, one number a line."),)
    call = asyncio.create_task(transport.complete(ModelRequest(messages, 1500, on_text=lambda _: written.set())))
    await written.wait()
    call.cancel()
    started = time.monotonic()
    # A file is watched, which tells nobody.
    while _aborts(log) == before and time.monotonic() - started < LOG_SECONDS:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return Cancelled(in_log=_aborts(log) > before, seconds=round(time.monotonic() - started, 1))


async def prioritised(transport: OpenAITransport) -> Prioritised:
    """Send more calls of the background than the server takes at once, then a question's; see who is overtaken."""
    ended: list[str] = []

    async def call(name: str, in_background: bool) -> None:
        messages = (Message("user", f"{name}: tell about rivers."),)
        await transport.complete(ModelRequest(messages, 40 if in_background else 5, in_background=in_background))
        ended.append(name)

    calls = [asyncio.create_task(call(f"note {number}", True)) for number in range(BACKGROUND_COUNT)]
    await asyncio.sleep(1)
    await asyncio.gather(*calls, call("question", False))
    overtaken = len(ended) - 1 - ended.index("question")
    return Prioritised(background_count=BACKGROUND_COUNT, overtaken_count=overtaken)


def _fits(text: str) -> bool:
    try:
        jsonschema.validate(json.loads(text), SCHEMA)
    except (ValueError, jsonschema.ValidationError):
        return False
    return True


def _aborts(log: Path) -> int:
    return len(re.findall(r"Request \S+ aborted", log.read_text(encoding="utf-8", errors="replace")))
