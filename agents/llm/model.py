"""The contract of a chat model: what is asked of it and what comes back. Every layer of the stack keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call.

    Attributes:
        messages: the rendered prompt.
        max_tokens: the most tokens that may be written.
        schema: JSON schema that the reply must match, or None for free text.
        temperature: 0 is greedy.
        seed: for sampling above temperature 0.
        purpose: the prompt's name, for traces and metrics; not part of the cache key.
        document_ids: documents whose text is in the prompt: when one is deleted, its cached replies go too.
        is_repair: asks to correct a malformed reply, for traces and metrics; not part of the cache key.
        in_background: nobody waits for it: others come first; not part of the cache key.
        on_text: is told the reply so far, again and again while it is written; begins anew where a call is repeated,
            and hears nothing of a reply from the cache.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    schema: Mapping[str, Any] | None = None
    temperature: float = 0.0
    seed: int = 0
    purpose: str = ""
    document_ids: frozenset[str] = field(default_factory=frozenset)
    is_repair: bool = False
    in_background: bool = False
    on_text: Callable[[str], object] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What came back. ``cached_tokens`` (prompt tokens that the server reused) is None where it does not say;
    ``from_cache`` tells that no call was made: the reply was on disk. ``waited_seconds`` passed before a slot of the
    server was free; ``seconds`` does not count them."""

    text: str
    finish_reason: Literal["stop", "length"]
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cached_tokens: int | None = None
    from_cache: bool = False
    waited_seconds: float = 0.0


class TokenCounter(Protocol):
    """Counts tokens with the served model's own vocabulary and chat template."""

    def count_text(self, text: str) -> int:
        """Return the number of tokens of ``text`` alone."""
        ...

    def count_messages(self, messages: tuple[Message, ...]) -> int:
        """Return the number of prompt tokens of the messages, chat template and generation prompt included."""
        ...


class ChatModel(Protocol):
    """A model that answers requests. Implementations are safe to call from many tasks of one event loop."""

    name: str
    window_tokens: int
    counter: TokenCounter

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request.

        Raises:
            WindowExceeded: the prompt and ``max_tokens`` do not fit ``window_tokens``; nothing was sent.
            ModelUnavailable: the server cannot be reached or refuses; ``retryable``.
            ModelCutOff: the stream ended without a finish reason.
        A reply cut at ``max_tokens`` is returned with ``finish_reason="length"``: the caller decides.
        Cancelling the task stops the call at the server.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
