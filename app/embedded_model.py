"""The chat model of the embedded server: the transport, kept company by the server's life.

A call that was cancelled leaves the server busy for a while, and a server that died (out of memory) must be started
again. Both are put right before the next call, so that the caller never meets them.
"""

import asyncio

from ..agents.llm import ChatModel, ModelReply, ModelRequest
from .embedded_server import EmbeddedServer


class EmbeddedModel:
    """A chat model whose server is a child process of this one."""

    def __init__(self, transport: ChatModel, server: EmbeddedServer) -> None:
        self.name = transport.name
        self.window_tokens = transport.window_tokens
        self.counter = transport.counter
        self._transport = transport
        self._server = server
        self._cancelled = False

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`. Starts the server if it does not run."""
        await self._server.start()
        if self._cancelled:
            await self._server.settle()
            self._cancelled = False
        try:
            return await self._transport.complete(request)
        except asyncio.CancelledError:
            self._cancelled = True
            raise

    async def close(self) -> None:
        """Release connections and stop the server."""
        await self._transport.close()
        await self._server.stop()
