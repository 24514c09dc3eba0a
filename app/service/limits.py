"""How much a key may ask in a minute: questions, and the model's tokens that they took.

How many questions are under way at once, for all keys, is questions.py's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from .problems import TooManyRequests

_SECONDS = 60.0


class Bucket:
    """An allowance that fills up evenly, to its full size in a minute. It may be overdrawn; time pays it back."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._level = float(size)
        self._filled = clock()

    def take(self, count: int) -> None:
        """Take out so many, whatever is left."""
        self._fill()
        self._level -= count

    def seconds_until(self, count: int) -> float:
        """Return the seconds until so many are there; 0 where they are."""
        self._fill()
        return max(0.0, (min(count, self._size) - self._level) * _SECONDS / self._size)

    def _fill(self) -> None:
        now = self._clock()
        self._level = min(self._size, self._level + (now - self._filled) * self._size / _SECONDS)
        self._filled = now


@dataclass(frozen=True, slots=True)
class _Allowance:
    questions: Bucket
    tokens: Bucket


class Rates:
    """The allowances of all keys. Requests without a key are not counted: they come from this machine.

    Args:
        questions: most questions of a key in a minute.
        tokens: most tokens of a key in a minute. They are known only afterwards, so that a question may overdraw them.
    """

    def __init__(self, questions: int, tokens: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._sizes = questions, tokens
        self._clock = clock
        self._keys: dict[str, _Allowance] = {}

    def admit(self, key_id: str | None) -> None:
        """Count a question.

        Raises:
            TooManyRequests: the key's allowance is used up; ``fields["retry_after_seconds"]`` tells for how long.
        """
        if key_id is None:
            return
        allowance = self._of(key_id)
        if seconds := allowance.questions.seconds_until(1):
            raise TooManyRequests(f"A key may ask {self._sizes[0]} questions a minute.", retry_after_seconds=seconds)
        if seconds := allowance.tokens.seconds_until(1):
            raise TooManyRequests(f"A key may use {self._sizes[1]:,} tokens a minute.", retry_after_seconds=seconds)
        allowance.questions.take(1)

    def charge(self, key_id: str | None, tokens: int) -> None:
        """Count the tokens of a model call."""
        if key_id is not None:
            self._of(key_id).tokens.take(tokens)

    def _of(self, key_id: str) -> _Allowance:
        if key_id not in self._keys:
            questions, tokens = (Bucket(size, self._clock) for size in self._sizes)
            self._keys[key_id] = _Allowance(questions, tokens)
        return self._keys[key_id]
