"""What a model's notes leave out of a chunk: sentences that none of its facts holds, and names and dates of those that
one does. Nothing here asks a model."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..graph_store.key_element import normalise, singular
from ..graph_store.note import AtomicFact
from .support import content_words

HELD_SHARE = 0.6
"""A fact holds a sentence if so many of the sentence's words stand in it."""

_WORD = re.compile(r"[^\W_]+")


def passed_over(facts: Sequence[AtomicFact], sentences: Sequence[AtomicFact]) -> list[AtomicFact]:
    """Return the sentences of a chunk, as facts, that none of the facts holds."""
    held = [content_words(fact.text) for fact in facts]
    return [sentence for sentence in sentences if not _is_held(content_words(sentence.text), held)]


def _is_held(words: set[str], held: Sequence[set[str]]) -> bool:
    return not words or any(len(words & fact) >= HELD_SHARE * len(words) for fact in held)


def completed(fact: AtomicFact, sentences: Sequence[AtomicFact]) -> AtomicFact:
    """Return a fact with the key elements of the sentences at its place that stand in it too.

    A small model names four or five, and leaves out dates and the very names.
    """
    if fact.span is None:
        return fact
    elements = {normalise(element): element for element in fact.key_elements}
    words = {singular(word) for word in _WORD.findall(fact.text.casefold())}
    for sentence in sentences:
        if sentence.span is not None and sentence.span.overlaps(fact.span):
            for element in sentence.key_elements:
                if words.issuperset(singular(word) for word in _WORD.findall(element.casefold())):
                    elements.setdefault(normalise(element), element)
    return replace(fact, key_elements=tuple(elements.values()))
