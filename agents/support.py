"""Which sentences of the passages that were read bear an answer out. Decided by code, not by the model.

A small model names the right answer far more often than the number of the passage that it took it from
(docs/decisions/0002), so citations and the pointers of notebooks and units are found from the words of the answer.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..graph_store.chunk import Passage
from ..graph_store.collection import Collection
from ..graph_store.document import Span
from ..graph_store.english import FUNCTION_WORDS
from ..graph_store.sentences import sentences

_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: number for number, word in enumerate(_UNITS.split())}
_NUMBERS |= {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}

# English words whose endings differ mostly have these in common.
STEM_LETTERS = 4
ANSWER_WEIGHT = 3.0
# A question's word elsewhere in the passage says less than one in the sentence itself.
PASSAGE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or table row) of a passage, with its place in the document's text."""

    passage: Passage
    span: Span
    text: str


def content_words(text: str) -> set[str]:
    """Return the words that carry content, lower case, function words left out, number words as digits."""
    words: set[str] = set()
    tens = 0
    for word in _WORD.findall(text.casefold()):
        number = _NUMBERS.get(word)
        if number is None:
            tens = 0
            if word not in FUNCTION_WORDS:
                words.add(word.replace(",", ""))
        elif tens and 0 < number < 10:
            words.discard(str(tens))
            words.add(str(tens + number))
            tens = 0
        else:
            words.add(str(number))
            tens = number if number >= 20 else 0
    return words


def stems(words: Iterable[str]) -> set[str]:
    """Return the first four letters of words: "repair" and "repaired" are the same."""
    return {word[:STEM_LETTERS] for word in words}


def bearing(passages: Sequence[tuple[Passage, str]], answer: str, question: str, most: int = 3) -> list[Sentence]:
    """Return the sentences that bear ``answer`` out, the strongest first.

    Args:
        passages: what was read, with each passage's text.
        answer: as given; ``question`` decides between sentences that hold the same words of it.
        most: stop after this many; fewer come back when the answer's words are covered.

    Returns:
        None of them if no sentence shares a word with the answer, unless the answer has no word that could be
        shared ("yes"): then the sentence nearest to the question.
    """
    candidates = [sentence for passage, text in passages for sentence in sentences_of(passage, text)]
    scorer = _Scorer(candidates, {passage.passage_id: content_words(text) for passage, text in passages}, question)
    wanted, chosen = content_words(answer) - {"yes", "no"}, []
    if not wanted:
        return scorer.best(set(), candidates, 1)
    while wanted and len(chosen) < most:
        found = scorer.best(wanted, [c for c in candidates if scorer.words(c) & wanted and c not in chosen], 1)
        # A further citation must add more than a stray word.
        if not found or (chosen and len(scorer.words(found[0]) & wanted) < 2):
            break
        chosen += found
        wanted -= scorer.words(found[0])
    return chosen


def grounding(answer: str, texts: Iterable[str]) -> float:
    """Return the share of the answer's content words that stand in the texts; 0 for an answer without any."""
    words = content_words(answer)
    held = set().union(*(content_words(text) for text in texts))
    return len(words & held) / len(words) if words else 0.0


def stands_in(name: str, text: str) -> bool:
    """Tell whether a name stands in a text as it is written, and not as a part of a longer word."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def sentences_of(passage: Passage, text: str) -> list[Sentence]:
    """Return a passage's sentences and table rows in order."""
    start = passage.span.start
    spans = sentences(text)
    return [Sentence(passage, Span(start + s.start, start + s.end), s.of(text)) for s in spans]


def sentence_at(collection: Collection, document_id: str, span: Span) -> Sentence | None:
    """Return the first sentence that overlaps a span of a document's text; None where no passage holds it."""
    for chunk in collection.chunks(document_id):
        if not chunk.span.overlaps(span):
            continue
        for passage in collection.passages(chunk.chunk_id):
            if passage.span.overlaps(span):
                told = sentences_of(passage, collection.text_of(passage))
                return next((sentence for sentence in told if sentence.span.overlaps(span)), None)
    return None


class _Scorer:
    """Weighs shared words by their rarity among the sentences that were read (as idf does)."""

    def __init__(self, candidates: list[Sentence], passage_words: dict[str, set[str]], question: str) -> None:
        self._words = {candidate: content_words(candidate.text) for candidate in candidates}
        self._passage_words = passage_words
        self._asked = content_words(question)
        self._spread = Counter(word for words in self._words.values() for word in words)

    def words(self, sentence: Sentence) -> set[str]:
        return self._words[sentence]

    def best(self, wanted: set[str], candidates: list[Sentence], most: int) -> list[Sentence]:
        return sorted(candidates, key=lambda candidate: -self._score(candidate, wanted))[:most]

    def _score(self, candidate: Sentence, wanted: set[str]) -> float:
        words = self._words[candidate]
        around = self._passage_words[candidate.passage.passage_id] - words
        score = ANSWER_WEIGHT * self._weight(words & wanted) + self._weight(words & self._asked)
        return score + PASSAGE_WEIGHT * self._weight(around & self._asked)

    def _weight(self, words: set[str]) -> float:
        return sum(math.log(1 + len(self._words) / self._spread[word]) for word in words)
