"""Server-sent events: how they are written, and the comments that keep a silent connection open."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from pydantic import BaseModel

HEARTBEAT_SECONDS = 15.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def described(example: str) -> dict[str, Any]:
    """Return what the OpenAPI document says of a stream: the form of each event (OpenAPI 3.2), and an example."""
    text = {"type": "string"}
    event = {"type": "object", "properties": {"id": text, "event": text, "data": text}, "required": ["data"]}
    return {"text/event-stream": {"itemSchema": event, "example": example}}


def event_stream(events: AsyncGenerator[bytes, None], headers: dict[str, str] | None = None) -> EventSourceResponse:
    """Return a response that sends events as they come."""
    return EventSourceResponse(_kept_alive(events), headers=HEADERS | (headers or {}))


def written(number: int, name: str, data: BaseModel) -> bytes:
    """Return one event on the wire; ``number`` is its id."""
    return format_sse_event(data_str=data.model_dump_json(), event=name, id=str(number))


async def _kept_alive(events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """Yield the events, and a comment wherever none comes for a while."""
    async with aclosing(events):
        following = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                done, _ = await asyncio.wait([following], timeout=HEARTBEAT_SECONDS)
                if not done:
                    yield KEEPALIVE_COMMENT
                    continue
                if (event := following.result()) is None:
                    return
                yield event
                following = asyncio.ensure_future(anext(events, None))
        finally:
            following.cancel()
            await asyncio.wait([following])
