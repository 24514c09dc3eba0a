"""A model server on loopback that answers every call alike, after a set delay or with a set fault.

    playing_model.py PORT DELAY_SECONDS

Port 0 is any free one; the port is printed. ``POST /play`` with ``{"fault": …, "delay_seconds": …}`` changes what it
does: "none", "429", "500", "cut" (the stream ends in the middle), "stall" (nothing comes after the first word).
"""

import asyncio
import contextlib
import json
import sys
from typing import Any

ANSWER = "The Tessel is 212 km long."


class Player:
    def __init__(self, delay_seconds: float) -> None:
        self.fault = "none"
        self.delay_seconds = delay_seconds

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path = head[0].split()[1]
        if path == "/v1/models" and self.fault in ("none", "cut", "stall"):
            await send(writer, 200, {"object": "list", "data": [{"id": "playing", "object": "model"}]})
        elif path == "/play":
            vars(self).update(json.loads(body))
            await send(writer, 200, {})
        elif path != "/v1/chat/completions" and path != "/v1/models":
            await send(writer, 404, {})
        elif self.fault in ("429", "500"):
            await send(writer, int(self.fault), {"error": {"message": "out of order"}})
        else:
            return await self._stream(reader, writer, json.loads(body))
        return True

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: Any) -> bool:
        reply = json.dumps(fill(body["response_format"]["json_schema"]["schema"]))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        await asyncio.sleep(self.delay_seconds / 2)
        half = len(reply) // 2
        event(writer, {"content": reply[:half]})
        await writer.drain()
        if self.fault == "cut":
            return False
        if self.fault == "stall":
            await reader.read()
            return False
        await asyncio.sleep(self.delay_seconds / 2)
        event(writer, {"content": reply[half:]})
        event(writer, {}, "stop")
        chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


async def send(writer: asyncio.StreamWriter, status: int, body: object) -> None:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    await writer.drain()


def event(writer: asyncio.StreamWriter, delta: dict[str, str], finish_reason: str | None = None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    told = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "playing", "choices": [choice]}
    chunk(writer, f"data: {json.dumps(told)}\n\n".encode())


def chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


def fill(schema: dict[str, Any]) -> Any:
    """Return a small value that the schema allows; every free text is the answer."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: fill(part) for name, part in schema["properties"].items()}
        case "array":
            return [fill(schema["items"])] * max(schema.get("minItems", 0), min(schema.get("maxItems", 1), 1))
        case "string":
            return ANSWER[: schema.get("maxLength", len(ANSWER))]
        case _:
            return schema.get("minimum", 0)


async def main() -> None:
    player = Player(float(sys.argv[2]))
    server = await asyncio.start_server(player.handle, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
