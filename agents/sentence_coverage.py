"""How much of a question a text tells, by its words: one sentence for ranking passages, and what an answer rests on.

Search ranks passages by all of their words and by their meaning as a whole. The sentence that answers a question holds
most of its words at once, in a passage that may be about something else; and what holds none of them answers another
question.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from ..graph_store.lexical import telling_words
from ..graph_store.sentences import sentences

_ENDINGS = ("ing", "ed", "es", "s", "ly")
_LEAST_STEM = 3
# They say what kind of answer is wanted, and stand beside the answer seldom.
_KINDS = frozenset(
    """year date name many much old number person people kind type amount time place profession trade today""".split()
)
LEAST_QUOTED_SHARE = 0.25
LEAST_READ_SHARE = 0.6
LEAST_LEAD_SHARE = 0.3


class QuestionWords:
    """A question's words, which count by their rarity among some texts; those that say nothing ("of") do not.

    English endings are taken off.

    Args:
        for_check: to tell whether a text speaks of what is asked, not which does most: words for the kind of answer do
            not count, and "based" is also "base", "stopped" also "stop".
    """

    def __init__(self, question: str, texts: Iterable[str], *, for_check: bool = False) -> None:
        self._root = _root if for_check else _stem
        stems = [self._stems(text) for text in texts]
        spread = Counter(stem for words in stems for stem in words)
        asked = (word for word in telling_words(question) if not (for_check and word in _KINDS))
        self._weights = {s: math.log(1 + (len(stems) + 0.5) / (spread[s] + 0.5)) for s in map(self._root, asked)}
        self._whole = sum(self._weights.values())

    def share(self, text: str) -> float:
        """Return the share of the words that a text has, from 0 to 1; 1 where there is none to look for."""
        if not self._whole:
            return 1.0
        return sum(self._weights[stem] for stem in self._stems(text) & self._weights.keys()) / self._whole

    def _stems(self, text: str) -> set[str]:
        return {self._root(word) for word in telling_words(text)}


def sentence_coverage(question: str, texts: Sequence[str]) -> list[float]:
    """Return for each text the largest share of the question's words that one of its sentences has, from 0 to 1."""
    return _best_shares(QuestionWords(question, texts), texts)


def most_told(question: str, texts: Sequence[str]) -> float:
    """Return the largest share of the question's words that one sentence of the texts has; kinds do not count."""
    return max(_best_shares(QuestionWords(question, texts, for_check=True), texts), default=0.0)


def _best_shares(words: QuestionWords, texts: Sequence[str]) -> list[float]:
    return [max((words.share(text[s.start : s.end]) for s in sentences(text)), default=0.0) for text in texts]


def is_to_the_point(question: str, quotes: Iterable[str], read: Sequence[str], rests_on: Iterable[str]) -> bool:
    """Tell whether what an answer rests on speaks of what is asked (docs/decisions/0023).

    Args:
        question: as asked.
        quotes: the sentences that bear the answer out.
        read: the texts that were read, by which words are rare.
        rests_on: those of them that the quotes stand in, and the answer.
    """
    words = QuestionWords(question, read, for_check=True)
    return words.share(" ".join(quotes)) >= LEAST_QUOTED_SHARE or words.share(" ".join(rests_on)) >= LEAST_READ_SHARE


def leads_on(look_up: str, read: Sequence[str], rests_on: Iterable[str]) -> bool:
    """Tell whether what a finding rests on has to do with its look-up at all, so that a later one may build on it.

    Arguments as in `is_to_the_point`.
    """
    return QuestionWords(look_up, read, for_check=True).share(" ".join(rests_on)) >= LEAST_LEAD_SHARE


def _stem(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _LEAST_STEM), "")
    return word.removesuffix(ending)


def _root(word: str) -> str:
    stem = _stem(word)
    is_doubled = (
        word.endswith(("ing", "ed")) and len(stem) > _LEAST_STEM and stem[-1] == stem[-2] and stem[-1] not in "sl"
    )
    stem = stem[:-1] if is_doubled else stem
    return stem.removesuffix("e") if len(stem) > _LEAST_STEM else stem
