"""Lines of a PDF page: words put together to lines and cut to segments, column by column in reading order."""

import statistics
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise

from .pdf_columns import in_columns
from .pdf_words import Word

_CELL_GAP = 1.1
"""A gap of this share of the font's height may part two cells."""

_SAME_ROW = 0.4
"""Words that share this part of the lower one's height stand on one line; raised and lowered ones do."""


@dataclass(slots=True)
class Line:
    """A line of a page (or of a column of it): one segment, or the cells of a table row."""

    segments: list[list[Word]]
    page: int = 0

    @property
    def words(self) -> list[Word]:
        """All words from left to right."""
        return [word for segment in self.segments for word in segment]

    @property
    def text(self) -> str:
        """The words of the line with blanks between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """The left edge."""
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        """The right edge."""
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        """The upper edge of the tallest word."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """The lower edge of the lowest word."""
        return max(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        """The font height of most of its characters."""
        words = sorted(self.words, key=lambda word: word.height)
        return words[len(words) // 2].height

    @property
    def bold(self) -> bool:
        """Whether most of its characters are bold."""
        return sum(len(word.text) if word.bold else -len(word.text) for word in self.words) > 0


def lines_of(words: list[Word], page: int) -> list[Line]:
    """Return the lines of a page in reading order; ``words`` are in the order of the file, ``page`` counts from 1."""
    cell_gap = max(_CELL_GAP, 1.8 * _word_space(words))
    return [Line(_segments(row, cell_gap), page) for column in in_columns(words) for row in _rows(column)]


def left_to_right(lines: list[Line]) -> list[Line]:
    """Return lines as they are, or mirrored where most are of a script that runs to the left.

    So the cells of a table stand in reading order from left to right in any script; words keep their order in a cell.
    """
    if sum(1 if _runs_left(line.words) else -1 for line in lines) <= 0:
        return lines
    return [_mirrored(line) for line in lines]


def _mirrored(line: Line) -> Line:
    segments = [[replace(word, left=-word.right, right=-word.left) for word in part] for part in line.segments]
    return Line(sorted(segments, key=lambda part: min(word.left for word in part)), line.page)


def _word_space(words: list[Word]) -> float:
    """Return the usual gap between neighbouring words as a share of their height, at most 1."""
    shares = [
        _gap(before, word) / word.height for before, word in pairwise(words) if _overlap(before, word) >= _SAME_ROW
    ]
    return statistics.median([share for share in shares if 0 < share < 1] or [0])


def _rows(words: list[Word]) -> list[list[Word]]:
    """Put words of one height on the page together, from top to bottom; words stand in their reading direction."""
    rows: list[list[Word]] = []
    tallest: list[Word] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom) / 2):
        near = range(max(len(rows) - 3, 0), len(rows))
        best = max(near, key=lambda i: _overlap(tallest[i], word), default=None)
        if best is None or _overlap(tallest[best], word) < _SAME_ROW:
            rows.append([word])
            tallest.append(word)
            continue
        rows[best].append(word)
        tallest[best] = max(tallest[best], word, key=lambda word: word.height)
    return [sorted(row, key=lambda word: word.left, reverse=_runs_left(row)) for row in rows]


def _overlap(one: Word, other: Word) -> float:
    """Return the share of the lower word's height that stands at the height of the other one too."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / max(min(one.height, other.height), 0.1)


def _runs_left(row: list[Word]) -> bool:
    """Tell whether most letters are of a script that is written from right to left."""
    letters = [character for word in row for character in word.text if character.isalpha()]
    return sum(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in letters[:200]) * 2 > len(letters[:200])


def _segments(row: list[Word], cell_gap: float) -> list[list[Word]]:
    """Cut a row at gaps that are wider than those between words; ``cell_gap`` is a share of the font's height."""
    segments = [[row[0]]]
    least = cell_gap * max(1.0, *(word.height for word in row))
    for before, word in pairwise(row):
        if _gap(before, word) > least:
            segments.append([word])
        else:
            segments[-1].append(word)
    return segments


def _gap(before: Word, word: Word) -> float:
    return max(word.left - before.right, before.left - word.right, 0)
