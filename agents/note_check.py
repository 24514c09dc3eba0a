"""What of a model's notes holds: facts that their chunk bears out, key elements that stand in it, and their places.

Writing notes is notes.py. Nothing here asks a model.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from ..graph_store.document import Span
from ..graph_store.english import FUNCTION_WORDS, WEAK_NOUNS
from ..graph_store.key_element import normalise, singular
from ..graph_store.quote import find_quote, fold
from ..graph_store.sentences import sentences
from .replies import FACT_CHARS
from .support import STEM_LETTERS, content_words, stems

# A fact of which less than this share of the words stands in one sentence and its neighbours was not read there: a
# small model also joins names and figures of the chunk that have nothing to do with each other.
BORNE_OUT_SHARE = 0.8
PLACED_SHARE = 0.5
# An answer of which fewer words are not its question's only repeats it.
LEAST_ADDED = 3
CUT_CHARS = 20
# What stands beside a sentence is one more, or as many short ones ("Mm-hmm.") as make up so many words.
CLOSE_WORDS = 25
_WORD = re.compile(r"[^\W_]+")
ENDS = '.!?…)"”。！？'
_TELLS_NOTHING = FUNCTION_WORDS | WEAK_NOUNS


class ChunkText:
    """A chunk's text, against which facts are checked.

    Args:
        close_words: the words on each side of a sentence that stand close to it; one sentence at least.
    """

    def __init__(self, text: str, close_words: int = CLOSE_WORDS) -> None:
        self._text = text
        self._close_words = close_words
        self._words = content_words(text)
        self._forms = set(_words(text))
        self._stems = stems(self._forms)

    def bears_out(self, fact: str, given: str = "") -> bool:
        """Tell whether every name and number of a fact stands in the chunk, and most of its words close together.

        A fact that was cut at the longest length allowed is not borne out: its end is missing.

        Args:
            given: a question whose words need not stand there, but for names and numbers, if enough others do.
        """
        words = content_words(fact)
        if not words or (len(fact) >= FACT_CHARS - CUT_CHARS and fact[-1] not in ENDS):
            return False
        known = stems(content_words(given))
        added = {word for word in words if word[:STEM_LETTERS] not in known}
        # What is said of a number must all stand with it: "a decrease of 2.0 million" needs the decrease.
        least = 1.0 if any(map(str.isdigit, "".join(added))) else BORNE_OUT_SHARE
        is_added = bool(given) and len(added) >= LEAST_ADDED and self._share_close(added) >= least
        is_told = is_added or self._share_close(words) >= BORNE_OUT_SHARE
        return is_told and self._has_numbers(words) and self._has_names(fact)

    def key_elements(self, fact: str, written: Iterable[str]) -> tuple[str, ...]:
        """Return the key elements, each once, that stand in the fact or in the chunk and name something."""
        kept: dict[str, str] = {}
        for element in written:
            key = normalise(element)
            if key and not _TELLS_NOTHING.issuperset(key.split()) and self._holds(fact, element):
                kept.setdefault(key, " ".join(element.split()))
        return tuple(kept.values())

    def place(self, fact: str) -> Span | None:
        """Return the span of a verbatim fact, else of the sentence with most of its words if it has half of them."""
        if exact := find_quote(self._text, fact):
            return exact
        words = content_words(fact)
        shared = {span: len(words & held) for span, held in self._sentences.items()}
        best = max(shared, key=lambda span: (shared[span], -len(span), -span.start), default=None)
        return best if best is not None and shared[best] >= PLACED_SHARE * len(words) else None

    @cached_property
    def _sentences(self) -> dict[Span, set[str]]:
        return {span: content_words(span.of(self._text)) for span in sentences(self._text)}

    def _share_close(self, words: set[str]) -> float:
        """Return the share of words, up to their endings, that stand in the best sentence and those beside it."""
        wanted = stems(words)
        return max((len(wanted & near) / len(wanted) for near in self._close), default=0.0)

    @cached_property
    def _close(self) -> list[set[str]]:
        """For each sentence the stems that stand in it and beside it."""
        held = [stems(words) for words in self._sentences.values()]
        lengths = [self._length(span.of(self._text)) for span in self._sentences]
        sides = (
            (*self._beside(lengths, range(i - 1, -1, -1)), *self._beside(lengths, range(i + 1, len(held))))
            for i in range(len(held))
        )
        return [own.union(*(held[j] for j in places)) for own, places in zip(held, sides, strict=True)]

    @cached_property
    def _folded(self) -> str:
        return fold(self._text)[0]

    def _has(self, word: str) -> bool:
        return word in self._forms or word[:STEM_LETTERS] in self._stems

    def _has_numbers(self, words: set[str]) -> bool:
        # "One" is a pronoun more often than a number.
        numbers = {word for word in words if any(map(str.isdigit, word)) and word != "1"}
        return numbers <= self._words

    def _has_names(self, fact: str) -> bool:
        found = list(_WORD.finditer(fact))
        names = [match[0].casefold() for match in found[1:] if match[0][0].isupper()]
        return self._forms.issuperset(names) and (not found or self._has_opening(fact, found[0]))

    def _has_opening(self, fact: str, first: "re.Match[str]") -> bool:
        """Tell whether a fact's first word, in capitals in any case, is no name or stands in the chunk.

        With a comma behind it ("Additionally, …") it joins statements.
        """
        word = first[0].casefold()
        return word in FUNCTION_WORDS or fact[first.end() : first.end() + 1] == "," or self._has(word)

    def _length(self, sentence: str) -> int:
        """Return the words of a sentence; rows and headings, which tell things apart, count as long."""
        is_said = sentence.rstrip()[-1:] in ENDS and not any(map(str.isdigit, sentence))
        return len(sentence.split()) if is_said else self._close_words

    def _beside(self, lengths: Sequence[int], places: Iterable[int]) -> Iterator[int]:
        """Yield the nearest places on one side: one sentence, or as many as make up the words that stand close."""
        length = 0
        for place in places:
            if length >= self._close_words:
                break
            yield place
            length += lengths[place]

    def _holds(self, fact: str, element: str) -> bool:
        in_fact = {singular(word) for word in _words(fact)}
        words = [singular(word) for word in _words(element)]
        return in_fact.issuperset(words) or fold(element)[0] in self._folded


def _words(text: str) -> list[str]:
    return [match[0].casefold() for match in _WORD.finditer(text)]
