"""What "he" or "it" in a sentence most likely speaks of: the name its paragraph is about. A guess, for English."""

import re
from collections.abc import Iterator

_SUBJECTS = "he|she|it|they|his|her|its|their"
_OPENING_PRONOUN = re.compile(
    rf"\W*(?:(?:\w+,|and|but|when|while|as|after|before|in) )?(?:{_SUBJECTS})\b", re.IGNORECASE
)
_PRONOUN = re.compile(rf"\b(?:{_SUBJECTS}|him|them|i|my|we|our)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r"\b(?:in|at|from|of|on|by|to|for|with|near|under|during|since)\s(?:the\s)?$", re.IGNORECASE)


def topics(sentences: list[str], names: list[list[str]]) -> Iterator[str | None]:
    """Yield for each sentence of a paragraph the name that its pronoun speaks of; None where it needs none.

    The paragraph's first name is its topic, until a sentence opens with another. So a sentence that says only "he"
    can still be reached from the one it is about (GraphReader's model resolves pronouns while it extracts).

    Args:
        sentences: The sentences of one paragraph, in order.
        names: The names in each, in text order, as written.
    """
    topic: str | None = None
    for sentence, own in zip(sentences, names, strict=True):
        opens_with_pronoun = _OPENING_PRONOUN.match(sentence) is not None
        refers = opens_with_pronoun or (not own and _PRONOUN.search(sentence) is not None)
        yield topic if refers else None
        if topic is None or not opens_with_pronoun:
            topic = _next_topic(sentence, own, topic)


def _next_topic(sentence: str, names: list[str], topic: str | None) -> str | None:
    known = set(topic.split()) if topic is not None else set()
    if any(known.intersection(name.split()) for name in names):
        return topic
    subjects = (name for name in names if not _PREPOSITION.search(sentence[: max(sentence.find(name), 0)]))
    return next(subjects, topic)
