"""Speaks the OpenAI wire to one server: one request, one streamed reply, every failure as a typed error.

Owns neither retries, nor the limit on parallel calls, nor the cache: those are layers above (stack.py).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import ModelCutOff, ModelUnavailable, WindowExceeded
from .dialect import Server, is_loopback
from .model import ModelReply, ModelRequest, TokenCounter
from .refusal import from_api_error
from .streamed import Streamed
from .thinking import without_thinking

if TYPE_CHECKING:
    import openai
    from openai import AsyncStream

CONNECT_SECONDS = 10.0
FIRST_TOKEN_SECONDS = 600.0
NEXT_TOKEN_SECONDS = 60.0
BACKGROUND_PRIORITY = 1
"""For servers that take priorities: a question's call has 0, and the lower goes first."""

log = logging.getLogger(__name__)


class OpenAITransport:
    """A chat model behind an OpenAI-compatible server.

    Args:
        server: what `discover` found.
        counter: counts with the served model's vocabulary; called in worker threads.
        first_token_seconds: longest wait from sending to the first token; reading a prompt on a CPU takes minutes.
        next_token_seconds: longest wait between two tokens.
    """

    def __init__(
        self,
        server: Server,
        api_key: str | None,
        counter: TokenCounter,
        *,
        first_token_seconds: float = FIRST_TOKEN_SECONDS,
        next_token_seconds: float = NEXT_TOKEN_SECONDS,
    ) -> None:
        self.name = server.model
        self.window_tokens = server.window_tokens
        self.counter = counter
        self._server = server
        self._sends_priority = server.takes_priority
        self._first_token_seconds = first_token_seconds
        self._next_token_seconds = next_token_seconds
        self._client = _client(server.base_url, api_key)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`."""
        prompt_tokens = await asyncio.to_thread(self.counter.count_messages, request.messages)
        if prompt_tokens + request.max_tokens > self.window_tokens:
            raise WindowExceeded(
                f"The prompt ({prompt_tokens} tokens) and the reply ({request.max_tokens}) do not fit "
                f"the window ({self.window_tokens}).",
                prompt_tokens=prompt_tokens,
                max_tokens=request.max_tokens,
                window_tokens=self.window_tokens,
            )
        started = time.monotonic()
        streamed = await self._stream(request)
        return await asyncio.to_thread(self._reply, streamed, prompt_tokens, time.monotonic() - started)

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _stream(self, request: ModelRequest) -> Streamed:
        import httpx2
        import openai

        streamed = Streamed(stops_at_blanks=request.schema is not None, max_tokens=request.max_tokens)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._first_token_seconds) as deadline, self._open(request) as events:
                async for event in events:
                    deadline.reschedule(loop.time() + self._next_token_seconds)
                    streamed.add(event)
                    if request.on_text and streamed.text:
                        request.on_text(without_thinking(streamed.text))
                    if streamed.runs_away:
                        break
        except TimeoutError as error:
            raise ModelUnavailable(
                "The model server does not go on.",
                hint="It hangs, or the time-out is too short.",
                purpose=request.purpose,
            ) from error
        except openai.APIError as error:
            raise from_api_error(error, started=streamed.started) from error
        except httpx2.HTTPError as error:
            raise ModelCutOff("The connection broke during the reply.") from error
        except ValueError as error:
            raise ModelCutOff("The stream of the model server is damaged.") from error
        return streamed

    @asynccontextmanager
    async def _open(self, request: ModelRequest) -> "AsyncIterator[AsyncIterator[object]]":
        """Open the stream; leaving the block in any way, a cancel too, closes it, which stops the server's work."""
        stream = await self._create(request)
        try:
            yield stream
        finally:
            await stream.close()

    async def _create(self, request: ModelRequest) -> "AsyncStream[object]":
        """Send the request. A server that refuses a priority, as older ones do, is sent none from then on."""
        import openai

        body = self._body(request)
        try:
            return await self._send(body)
        except openai.BadRequestError as error:
            if "priority" not in body or "priority" not in error.message.lower():
                raise
            log.info("The model server does not schedule by priority: %s", error.message)
            self._sends_priority = False
            return await self._send(self._body(request))

    async def _send(self, body: dict[str, Any]) -> "AsyncStream[object]":
        import openai

        # Events as they come: to walk over the request's types and to build an object of each event, as
        # `chat.completions.create` does, took a tenth of the service's Python under load. streamed.py checks the form.
        return await self._client.post(
            "/chat/completions", cast_to=object, body=body, stream=True, stream_cls=openai.AsyncStream[object]
        )

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        extra = self._server.extra_body()
        if self._sends_priority and request.in_background:
            extra["priority"] = BACKGROUND_PRIORITY
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stream": True,
            **extra,
        }
        if self._server.streams_usage:
            body["stream_options"] = {"include_usage": True}
        if request.schema is not None:
            body["response_format"] = self._server.response_format(dict(request.schema))
        return body

    def _reply(self, streamed: Streamed, prompt_tokens: int, seconds: float) -> ModelReply:
        if streamed.finish_reason is None:
            raise ModelCutOff("The stream ended before the reply did.", received_chars=len(streamed.text))
        figures = streamed.figures
        return ModelReply(
            text=without_thinking(streamed.text),
            finish_reason=streamed.finish_reason,
            prompt_tokens=figures.prompt_tokens if figures else prompt_tokens,
            completion_tokens=figures.completion_tokens if figures else self.counter.count_text(streamed.text),
            seconds=seconds,
            cached_tokens=streamed.cached_tokens,
        )


def _client(base_url: str, api_key: str | None) -> "openai.AsyncOpenAI":
    """Return a client that takes nothing from the environment but, for servers elsewhere, the proxy."""
    # Half a second to import, and listing documents does without.
    import httpx2
    import openai

    # openai looks into httpx where any thread has begun to load it, as langgraph does, and fails where it is not whole.
    with suppress(ImportError):
        import_module("httpx")
    timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
    return openai.AsyncOpenAI(
        base_url=f"{base_url}/v1",
        api_key=api_key or "none",
        max_retries=0,
        timeout=timeout,
        default_headers={"OpenAI-Organization": openai.omit, "OpenAI-Project": openai.omit},  # pyright: ignore[reportArgumentType]
        http_client=openai.DefaultAsyncHttpx2Client(timeout=timeout, trust_env=not is_loopback(base_url)),
    )
