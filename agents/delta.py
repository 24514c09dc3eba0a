"""The answer while it is being written: pieces of the manager's reply, sent as they come.

A preview: what the reader says in the end (a refusal, what was found when the budget ended) may differ, and the answer
that follows is what counts. Answers that are put together by code (scan, summary) come at once and have no pieces.
"""

from collections.abc import Callable, Mapping

from pydantic import BaseModel

from .wording import is_refusal

# Shorter than that, it may still become "not in the document".
HELD_CHARS = 24


class AnswerDelta(BaseModel, frozen=True):
    """A piece of the answer. It follows the first ``start`` characters of what came before; where that was longer,
    the rest is taken back, because the model began anew."""

    start: int
    text: str


class AnswerWatch:
    """Watches the fields of a reply grow, and tells the answer's pieces."""

    def __init__(self, tell: Callable[[AnswerDelta], object]) -> None:
        self._tell = tell
        self._told = ""

    def __call__(self, fields: Mapping[str, object]) -> None:
        """Tell what is new in the answer so far."""
        text = str(fields.get("answer", "")).strip()
        if len(text) < HELD_CHARS or self._told.startswith(text) or is_refusal(text):
            return
        pairs = zip(self._told, text, strict=False)
        start = next((place for place, (old, new) in enumerate(pairs) if old != new), len(self._told))
        self._told = text
        self._tell(AnswerDelta(start=start, text=text[start:]))
