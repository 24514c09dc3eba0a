"""The chat model of the embedded server: the transport, kept company by the server's life.

The server is started at the first call. A call that was cancelled leaves it busy for a while, and a server that died
(out of memory) must be started again: both are put right before the next call, so that the caller never meets them.
"""

import asyncio

from ..agents.llm import ChatModel, ModelReply, ModelRequest, OpenAITransport, TokenCounter, discover
from .bridge import closed_error
from .embedded_server import EmbeddedServer


class EmbeddedModel:
    """A chat model whose server is a child process of this one. ``counter`` knows the weights' own vocabulary."""

    def __init__(self, server: EmbeddedServer, counter: TokenCounter) -> None:
        self.name = server.model_name
        self.window_tokens = server.window_tokens
        self.counter = counter
        self._server = server
        self._transport: ChatModel | None = None
        self._starting = asyncio.Lock()
        self._cancelled = False
        self._closed = False

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`. Starts the server if it does not run."""
        transport = await self._ready()
        try:
            return await transport.complete(request)
        except asyncio.CancelledError:
            self._cancelled = True
            raise

    async def start(self) -> None:
        """Start the server if it does not run, and wait until it answers."""
        await self._ready()

    async def close(self) -> None:
        """Release connections and stop the server, for good."""
        self._closed = True
        if self._transport is not None:
            await self._transport.close()
        await self._server.stop()

    async def _ready(self) -> ChatModel:
        async with self._starting:
            if self._closed:
                raise closed_error()
            await self._server.start()
            if self._cancelled:
                await self._server.settle()
                self._cancelled = False
            if self._transport is None:
                self._transport = await self._connect()
            return self._transport

    async def _connect(self) -> ChatModel:
        server, key = self._server, self._server.api_key
        found = await discover(server.base_url, key, server.model_name, server.window_tokens)
        return OpenAITransport(found, key, self.counter)
