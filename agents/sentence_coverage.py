"""How much of a question one sentence tells: what puts the passage with the answer before those on its subject.

Search ranks passages by all of their words and by their meaning as a whole. The sentence that answers a question holds
most of its words at once, in a passage that may be about something else.
"""

import math
from collections import Counter
from collections.abc import Sequence

from ..graph_store.lexical import telling_words
from ..graph_store.sentences import sentences

_ENDINGS = ("ing", "ed", "es", "s", "ly")
_LEAST_STEM = 3


def sentence_coverage(question: str, texts: Sequence[str]) -> list[float]:
    """Return for each text the largest share of the question's words that one of its sentences has, from 0 to 1.

    Words count by their rarity among ``texts``, those that say nothing ("of", "the") not at all; English endings are
    taken off.
    """
    asked = _stems(question)
    in_texts = Counter(stem for text in texts for stem in _stems(text))
    weights = {stem: math.log(1 + (len(texts) + 0.5) / (in_texts[stem] + 0.5)) for stem in asked}
    whole = sum(weights.values()) or 1.0

    def share(sentence: str) -> float:
        return sum(weights[stem] for stem in _stems(sentence) & asked) / whole

    return [max((share(text[span.start : span.end]) for span in sentences(text)), default=0.0) for text in texts]


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in telling_words(text)}


def _stem(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _LEAST_STEM), "")
    return word.removesuffix(ending)
