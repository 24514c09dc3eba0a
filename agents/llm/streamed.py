"""Puts the events of one stream together, after checking their form: servers send all kinds of things."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

BLANK_RUN_CHARS = 200
TOKEN_CHARS = 64
"""No vocabulary's tokens are that long on average: a reply beyond it is written by a server that keeps no limit."""


class _Wire(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class _Delta(_Wire):
    content: str | None = None


class _Choice(_Wire):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _PromptDetails(_Wire):
    cached_tokens: int | None = None


class _Figures(_Wire):
    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: _PromptDetails | None = None


class _Event(_Wire):
    choices: list[_Choice] | None = None
    usage: _Figures | None = None


@dataclass(slots=True)
class Streamed:
    """What has come out of one stream so far.

    Attributes:
        stops_at_blanks: watch for white space without end.
        max_tokens: the limit of the reply, which not every server keeps.
        started: at least one event has come.
        figures: the server's own token figures, if it gives them.
    """

    stops_at_blanks: bool
    max_tokens: int
    finish_reason: Literal["stop", "length"] | None = None
    started: bool = False
    figures: _Figures | None = None
    _parts: list[str] = field(default_factory=list)
    _chars: int = 0
    _blank_chars: int = 0

    @property
    def text(self) -> str:
        """The reply so far, thoughts included."""
        return "".join(self._parts)

    @property
    def cached_tokens(self) -> int | None:
        """How many prompt tokens the server reused, if it tells."""
        details = self.figures.prompt_tokens_details if self.figures else None
        return details.cached_tokens if details else None

    @property
    def runs_away(self) -> bool:
        """A grammar allows white space between two tokens of JSON without end, and small models take it; a server may
        also write on beyond the limit."""
        blank = self.stops_at_blanks and self._blank_chars > BLANK_RUN_CHARS
        return blank or self._chars > self.max_tokens * TOKEN_CHARS

    def add(self, received: object) -> None:
        """Add one event.

        Raises:
            ValueError: it has not the form of one.
        """
        event = _Event.model_validate(received)
        self.started = True
        self.figures = event.usage or self.figures
        for choice in event.choices or []:
            self._add_text(choice.delta.content or "")
            if choice.finish_reason is not None:
                self.finish_reason = "length" if choice.finish_reason == "length" else "stop"
        if self.runs_away:
            self.finish_reason = "length"

    def _add_text(self, text: str) -> None:
        self._parts.append(text)
        self._chars += len(text)
        tail = len(text) - len(text.rstrip())
        self._blank_chars = self._blank_chars + tail if tail == len(text) else tail
