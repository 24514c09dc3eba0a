"""How much a key may ask in a minute: questions, and the model's tokens that they took.

How many questions are under way at once, for all keys, is questions.py's. Of workers that share a database, the
allowances are theirs together: workers/allowance_rows.py.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from .problems import TooManyRequests

_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """The most questions and tokens of a key in a minute."""

    questions: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Levels:
    """What is left of a key's questions and tokens. They fill up evenly, to their full sizes in a minute.

    Tokens are known only afterwards, so that they may be overdrawn; time pays it back.
    """

    questions: float
    tokens: float

    def filled(self, sizes: Sizes, seconds: float) -> "Levels":
        """Return what is there after some seconds more."""
        minutes = seconds / _SECONDS
        return Levels(
            min(sizes.questions, self.questions + minutes * sizes.questions),
            min(sizes.tokens, self.tokens + minutes * sizes.tokens),
        )

    def require(self, sizes: Sizes) -> None:
        """Refuse a question for which nothing is left.

        Raises:
            TooManyRequests: ``fields["retry_after_seconds"]`` tells for how long.
        """
        if seconds := max(0.0, (1 - self.questions) * _SECONDS / sizes.questions):
            raise TooManyRequests(f"A key may ask {sizes.questions} questions a minute.", retry_after_seconds=seconds)
        if seconds := max(0.0, (1 - self.tokens) * _SECONDS / sizes.tokens):
            raise TooManyRequests(f"A key may use {sizes.tokens:,} tokens a minute.", retry_after_seconds=seconds)


class Rates(Protocol):
    """The allowances of all keys. Requests without a key are not counted: they come from this machine."""

    async def admit(self, key_id: str | None) -> None:
        """Count a question.

        Raises:
            TooManyRequests: the key's allowance is used up; ``fields["retry_after_seconds"]`` tells for how long.
        """
        ...

    def charge(self, key_id: str | None, tokens: int) -> None:
        """Count the tokens of a model call."""
        ...


class OwnRates:
    """The allowances that a service of one process has in its memory; see `Rates`."""

    def __init__(self, sizes: Sizes, clock: Callable[[], float] = time.monotonic) -> None:
        self._sizes = sizes
        self._clock = clock
        self._keys: dict[str, tuple[Levels, float]] = {}

    async def admit(self, key_id: str | None) -> None:
        """Count a question; see `Rates`."""
        if key_id is not None:
            self.level(key_id).require(self._sizes)
            self._take(key_id, Levels(1, 0))

    def charge(self, key_id: str | None, tokens: int) -> None:
        """Count the tokens of a model call; see `Rates`."""
        if key_id is not None:
            self._take(key_id, Levels(0, tokens))

    def level(self, key_id: str) -> Levels:
        """Return what is left of a key's allowance."""
        full = Levels(self._sizes.questions, self._sizes.tokens)
        levels, filled = self._keys.get(key_id, (full, self._clock()))
        return levels.filled(self._sizes, self._clock() - filled)

    def _take(self, key_id: str, taken: Levels) -> None:
        left = self.level(key_id)
        self._keys[key_id] = Levels(left.questions - taken.questions, left.tokens - taken.tokens), self._clock()
