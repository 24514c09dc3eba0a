"""Where on its page a span of a PDF's text stands: the stored text laid over the page's words again.

The text was made from those words: heads and feet were left out, cut words joined, table cells parted by bars. So only
letters and digits are compared.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING

from .document import Span

if TYPE_CHECKING:
    from .parsers.pdf_page import PageWords, PlacedWord

_CONTEXT = 80
"""Characters on either side that tell the right one of several like places."""

_MOST_PAIRS = 4_000_000
"""Comparing word by word is given up beyond so many pairs: seconds of work."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, from the upper left corner of the page as it is seen."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """A page's size in points, and the boxes of a span on it, one a line. None where the span has no letter or digit,
    or the page's words do not hold it."""

    page: int
    width: float
    height: float
    boxes: tuple[Box, ...]


def boxes_on(page: "PageWords", text: str, span: Span) -> tuple[Box, ...]:
    """Return the boxes of a span, one a line, from the first word to the last.

    Args:
        page: the page's words.
        text: the page's text as stored.
        span: a part of that text.
    """
    words = [(number, word) for number, line in enumerate(page.lines) for word in line]
    seen = _Folded(word.text for _, word in words)
    before, quote, after = (_fold(part) for part in (text[: span.start], span.of(text), text[span.end :]))
    found = seen.find(quote, before[-_CONTEXT:], after[:_CONTEXT]) if quote else []
    if quote and not found:
        found = _like([_fold(word.text) for _, word in words], text, span)
    runs = groupby(enumerate(found), key=lambda place: (words[place[1]][0], place[1] - place[0]))
    return tuple(_around(words[index][1] for _, index in run) for _, run in runs)


class _Folded:
    """The letters and digits of some words in a row."""

    def __init__(self, words: Iterable[str]) -> None:
        folded = [_fold(word) for word in words]
        self._text = "".join(folded)
        self._words = [index for index, word in enumerate(folded) for _ in word]

    def find(self, quote: str, before: str, after: str) -> list[int]:
        """Return the indexes of the words that hold the quote, at the place whose surroundings are the most alike."""
        places = list(self._places(quote))
        if not places:
            return []

        def likeness(start: int) -> int:
            end = start + len(quote)
            left = _common(reversed(before), reversed(self._text[max(0, start - _CONTEXT) : start]))
            return left + _common(after, self._text[end : end + _CONTEXT])

        start = max(places, key=likeness)
        return sorted(set(self._words[start : start + len(quote)]))

    def _places(self, quote: str) -> Iterator[int]:
        start = self._text.find(quote)
        while start >= 0:
            yield start
            start = self._text.find(quote, start + 1)


def _like(words: list[str], text: str, span: Span) -> list[int]:
    """Return the indexes of the words that stand for the span where all of the page is compared word by word."""
    stored: list[str] = []
    wanted: set[int] = set()
    offset = 0
    for written in text.split():
        offset = text.index(written, offset)
        if folded := _fold(written):
            if span.overlaps(Span(offset, offset + len(written))):
                wanted.add(len(stored))
            stored.append(folded)
        offset += len(written)
    if len(words) * len(stored) > _MOST_PAIRS:
        return []
    blocks = SequenceMatcher(None, words, stored, autojunk=False).get_matching_blocks()
    return [block.a + i for block in blocks for i in range(block.size) if block.b + i in wanted]


def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many characters both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _around(words: "Iterable[PlacedWord]") -> Box:
    edges = [(word.left, word.top, word.right, word.bottom) for word in words]
    left, top, right, bottom = zip(*edges, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))
