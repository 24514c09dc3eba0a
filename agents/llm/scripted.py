"""A model that says what it is told to, for tests and examples. It ships with the package.

It keeps the contract, the window promise included, and fails on a request that was not planned and on a reply that
nobody asked for.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from pydantic import BaseModel

from ..errors import WindowExceeded
from .model import Message, ModelReply, ModelRequest

Said = str | Mapping[str, Any] | BaseModel
Script = Callable[[ModelRequest], Said]

MESSAGE_TOKENS = 4


class ScriptedCounter:
    """Counts a token for every four characters of each word, rounded up; a message costs four more."""

    def count_text(self, text: str) -> int:
        """Return the number of tokens of ``text`` alone."""
        return sum((len(word) + 3) // 4 for word in text.split())

    def count_messages(self, messages: tuple[Message, ...]) -> int:
        """Return the number of prompt tokens of the messages."""
        return sum(self.count_text(message.content) + MESSAGE_TOKENS for message in messages)


@dataclass(frozen=True, slots=True)
class Expected:
    """One planned reply.

    Attributes:
        reply: text, an object that is written as JSON, or an exception that is raised.
        purpose: answers only requests of this purpose; None answers any.
        contains: answers only if the last message contains this text, or if this function of the request says so.
        finish_reason: "length" plays a reply that was cut at its limit.
        times: how often it may be used; None means any number, none included.
    """

    reply: Said | Exception
    purpose: str | None = None
    contains: str | Callable[[ModelRequest], bool] | None = None
    finish_reason: Literal["stop", "length"] = "stop"
    times: int | None = 1

    def matches(self, request: ModelRequest) -> bool:
        """Tell whether this reply is meant for the request."""
        if self.purpose is not None and self.purpose != request.purpose:
            return False
        if callable(self.contains):
            return self.contains(request)
        return self.contains is None or self.contains in request.messages[-1].content


class UnplannedRequest(AssertionError):
    """The script has no reply for this request."""


class UnusedReply(AssertionError):
    """The script has replies that nobody asked for."""


class ScriptedModel:
    """A chat model that follows a script: a list of `Expected` replies, tried in order, or a function of the request.

    Attributes:
        requests: every request so far, refused ones included.
    """

    def __init__(
        self,
        script: Sequence[Expected] | Script,
        *,
        window_tokens: int = 8192,
        name: str = "scripted",
        cached_tokens: int | None = None,
    ) -> None:
        self.name = name
        self.window_tokens = window_tokens
        self.counter = ScriptedCounter()
        self.requests: list[ModelRequest] = []
        self.closed = False
        self._script = script if callable(script) else None
        self._left: list[tuple[Expected, int | None]] = [] if callable(script) else [(e, e.times) for e in script]
        self._cached_tokens = cached_tokens

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request from the script; see `ChatModel`."""
        self.requests.append(request)
        await asyncio.sleep(0)
        prompt_tokens = self.counter.count_messages(request.messages)
        if prompt_tokens + request.max_tokens > self.window_tokens:
            raise WindowExceeded(
                f"{prompt_tokens} + {request.max_tokens} tokens do not fit {self.window_tokens}.",
                prompt_tokens=prompt_tokens,
                max_tokens=request.max_tokens,
                window_tokens=self.window_tokens,
            )
        expected = Expected(self._script(request)) if self._script else self._take(request)
        if isinstance(expected.reply, Exception):
            raise expected.reply
        text = _written(expected.reply)
        fitting = self._cut(text, request.max_tokens)
        finish_reason = "length" if fitting != text else expected.finish_reason
        if request.on_text:
            for word in re.finditer(r"\S+\s*", fitting):
                request.on_text(fitting[: word.end()])
                await asyncio.sleep(0)
        tokens = self.counter.count_text(fitting)
        return ModelReply(fitting, finish_reason, prompt_tokens, tokens, 0.0, self._cached_tokens)

    async def close(self) -> None:
        """Note that the model was closed."""
        self.closed = True

    def assert_done(self) -> None:
        """Raise `UnusedReply` if a planned reply was not asked for."""
        unused = [expected for expected, times in self._left if times]
        if unused:
            raise UnusedReply(f"{len(unused)} replies were not asked for, the first: {unused[0]!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.assert_done()

    def _cut(self, text: str, max_tokens: int) -> str:
        """Return what of the text fits, as a server would: cut in the middle of a word if need be."""
        while self.counter.count_text(text) > max_tokens:
            text = text[: max(0, len(text) - 4 * (self.counter.count_text(text) - max_tokens))].rstrip()
        return text

    def _take(self, request: ModelRequest) -> Expected:
        for index, (expected, times) in enumerate(self._left):
            if times != 0 and expected.matches(request):
                self._left[index] = (expected, None if times is None else times - 1)
                return expected
        last = request.messages[-1].content
        raise UnplannedRequest(f"No reply is planned for purpose {request.purpose!r}; it ends: …{last[-300:]!r}")


def _written(said: Said) -> str:
    if isinstance(said, str):
        return said
    return said.model_dump_json() if isinstance(said, BaseModel) else json.dumps(said, ensure_ascii=False)
