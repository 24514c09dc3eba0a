"""A model server on loopback that takes a fixed time for every reply, so that what is around the model can be timed.

Speaks as llama-cpp-python's server does: streams, and holds replies to a schema. What it says is taken from the
prompt. Run in a process of its own: ``python benchmarks/delaying_server.py`` prints its URL.
"""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DELAY_SECONDS = 1.0
_READING_SHARE = 0.5
_EVENT_COUNT = 30
_QUOTE_CHARS = 60


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._send({"object": "list", "data": [{"id": "fixed-delay", "object": "model"}]})
        elif self.path == "/openapi.json":
            self._send({"info": {"title": "llama.cpp Python API, with a fixed delay"}})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        started = time.monotonic()
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = json.dumps(_filled(body["response_format"]["schema"], _quote(body["messages"][-1]["content"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        step = -(-len(text) // _EVENT_COUNT)
        parts = [text[i : i + step] for i in range(0, len(text), step)]
        for i, part in enumerate(parts):
            share = _READING_SHARE + (1 - _READING_SHARE) * (i + 1) / len(parts)
            time.sleep(max(0.0, started + DELAY_SECONDS * share - time.monotonic()))
            self._event({"content": part})
        self._event({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _send(self, answer: object) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _event(self, delta: dict[str, str], finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        event = {
            "id": "x",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "fixed-delay",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())


def _quote(prompt: str) -> str:
    """Return some words from the prompt's middle, where its passages stand."""
    middle = prompt[len(prompt) // 3 :]
    return " ".join(middle[:_QUOTE_CHARS].split()[1:-1])


def _filled(schema: dict[str, Any], words: str) -> Any:
    """Return a small value that the schema allows; every free text is ``words``."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: _filled(part, words) for name, part in schema["properties"].items()}
    if kind == "array":
        return [_filled(schema["items"], words)] * max(schema.get("minItems", 0), 1)
    return words[: schema.get("maxLength", len(words))] if kind == "string" else schema.get("minimum", 0)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
