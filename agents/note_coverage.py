"""What a model's notes leave out of a chunk: sentences that none of its facts holds. Nothing here asks a model."""

from collections.abc import Sequence

from ..graph_store.note import AtomicFact
from .support import content_words

HELD_SHARE = 0.6
"""A fact holds a sentence if so many of the sentence's words stand in it."""


def passed_over(facts: Sequence[AtomicFact], sentences: Sequence[AtomicFact]) -> list[AtomicFact]:
    """Return the sentences of a chunk, as facts, that none of the facts holds."""
    held = [content_words(fact.text) for fact in facts]
    return [sentence for sentence in sentences if not _is_held(content_words(sentence.text), held)]


def _is_held(words: set[str], held: Sequence[set[str]]) -> bool:
    return not words or any(len(words & fact) >= HELD_SHARE * len(words) for fact in held)
