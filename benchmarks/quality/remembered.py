"""Remembers how long each model call took, so that a run from cached replies still tells the seconds."""

import json
from copy import copy
from pathlib import Path

from longreader.agents.llm import ChatModel, ModelReply, ModelRequest
from longreader.agents.llm.reply_cache import request_key

from .line_file import append_line, whole_lines


class RememberedModel:
    """A chat model over the stack with the reply cache.

    Attributes:
        seconds, reused_prompt_tokens: of all calls so far, as they were when the calls were made.
    """

    def __init__(self, inner: ChatModel, path: Path) -> None:
        self.name = inner.name
        self.window_tokens = inner.window_tokens
        self.counter = inner.counter
        self.seconds = 0.0
        self.reused_prompt_tokens = 0
        self._inner = inner
        self._path = path
        self._made: dict[str, tuple[float, int]] = {}
        for line in whole_lines(path):
            key, seconds, reused = json.loads(line)
            self._made[key] = (seconds, reused)

    def for_one_question(self) -> "RememberedModel":
        """Return the same model with counts of its own, so that questions asked at the same time are told apart."""
        one = copy(self)
        one.seconds, one.reused_prompt_tokens = 0.0, 0
        return one

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`."""
        reply = await self._inner.complete(request)
        key = request_key(self.name, request)[:20]
        if not reply.from_cache:
            self._made[key] = (round(reply.seconds, 3), reply.cached_tokens or 0)
            append_line(self._path, json.dumps([key, *self._made[key]]))
        seconds, reused = self._made.get(key, (0.0, 0))
        self.seconds += seconds
        self.reused_prompt_tokens += reused
        return reply

    async def close(self) -> None:
        """Do nothing: the stack below belongs to the services."""
