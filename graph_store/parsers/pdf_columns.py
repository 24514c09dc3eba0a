"""Parts the words of a page into columns of prose, before lines are made, and puts the columns into reading order."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from .pdf_words import Word

_LEAST_LINES = 4
_LEAST_WORDS = 3
_RUN_GAP = 1.1
"""A gap of this share of the font's height ends a run of words."""

_SAME_HEIGHT = 0.5
_FILLED = 0.7
_PARTLY_FILLED, _HALF_FILLED, _MOSTLY_FILLED = 0.25, 0.5, 0.75
_LEVEL = 0.7


@dataclass(slots=True)
class _Run:
    """Words that follow each other in the file and on one line of the page."""

    words: list[Word]
    left: float
    right: float
    top: float
    bottom: float

    def takes(self, word: Word, usual_height: float) -> bool:
        gap = max(word.left - self.right, self.left - word.right)
        return gap < _RUN_GAP * max(word.height, usual_height) and self.shares(word) > _SAME_HEIGHT * min(
            word.height, self.height
        )

    def add(self, word: Word) -> None:
        self.words.append(word)
        self.left, self.right = min(self.left, word.left), max(self.right, word.right)
        self.top, self.bottom = min(self.top, word.top), max(self.bottom, word.bottom)

    def shares(self, other: "Word | _Run") -> float:
        return min(self.bottom, other.bottom) - max(self.top, other.top)

    def crosses(self, x: float) -> bool:
        return self.left < x < self.right

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def is_text(self) -> bool:
        return len(self.words) >= _LEAST_WORDS and sum(map(_is_word, self.words)) >= _LEAST_WORDS


def in_columns(words: list[Word]) -> list[list[Word]]:
    """Part the words of a page where columns of prose stand side by side.

    Args:
        words: in the order of the file.

    Returns:
        Groups of words in reading order. A group takes the whole width of the page, or is a column between two such
        groups; tables are never parted.
    """
    return [[word for run in group for word in run.words] for group in _parted(_runs(words))]


def _runs(words: list[Word]) -> list[_Run]:
    runs: list[_Run] = []
    # In some old files each glyph has its own height: the taller ones come closest to that of the font.
    usual_height = sorted(word.height for word in words)[len(words) * 3 // 4] if words else 0.0
    for word in words:
        if runs and runs[-1].takes(word, usual_height):
            runs[-1].add(word)
        else:
            runs.append(_Run([word], word.left, word.right, word.top, word.bottom))
    return runs


def _parted(runs: list[_Run]) -> list[list[_Run]]:
    gutter = _gutter(runs)
    if gutter is None:
        return [runs]
    groups: list[list[_Run]] = []
    whole: list[_Run] = []
    for band, over in _bands(runs, gutter):
        left, right = [run for run in band if run.right <= gutter], [run for run in band if run.left >= gutter]
        if _are_columns(left, right):
            groups += [whole, *_parted(left), *_parted(right)]
            whole = over
        else:
            whole = whole + band + over
    return [group for group in [*groups, whole] if group]


def _gutter(runs: list[_Run]) -> float | None:
    """Return the x that leaves the most lines of text on the side with the fewer of them."""
    texts = [run for run in runs if run.is_text]
    lefts, rights = sorted(run.left for run in texts), sorted(run.right for run in texts)
    best, best_count = None, _LEAST_LINES - 1
    for x in lefts:
        gutter = x - 0.5
        count = min(bisect_right(rights, gutter), len(lefts) - bisect_left(lefts, gutter))
        if count > best_count:
            best, best_count = gutter, count
    return best


def _bands(runs: list[_Run], gutter: float) -> list[tuple[list[_Run], list[_Run]]]:
    """Return, from top to bottom, the runs beside the gutter and those below them that stand across it.

    What stands on a line with a run across the gutter belongs to that line.
    """
    crossing = sorted((run for run in runs if run.crosses(gutter)), key=lambda run: run.middle)
    middles = [run.middle for run in crossing]
    bands: list[tuple[list[_Run], list[_Run]]] = [([], [run]) for run in crossing] + [([], [])]
    for run in runs:
        if run.crosses(gutter):
            continue
        place = bisect_left(middles, run.middle)
        near = (i for i in (place - 1, place) if 0 <= i < len(crossing))
        beside = next((i for i in near if crossing[i].shares(run) > _SAME_HEIGHT * run.height), None)
        if beside is None:
            bands[place][0].append(run)
        else:
            bands[beside][1].append(run)
    return bands


def _are_columns(left: list[_Run], right: list[_Run]) -> bool:
    """Tell whether runs beside a gutter are two columns of wrapped text, and not the cells of a table.

    The rows of a table stand at the same heights and are of uneven length; where lines do, they have to be even.
    """
    heights = {round(2 * run.middle) + step for run in left for step in (-1, 0, 1)}
    level = sum(round(2 * run.middle) in heights for run in right) > _LEVEL * len(right)
    less, more = sorted((_filled(left), _filled(right)))
    if level:
        return less >= _MOSTLY_FILLED
    return less >= _HALF_FILLED or (less >= _PARTLY_FILLED and more >= _MOSTLY_FILLED)


def _filled(runs: list[_Run]) -> float:
    """Return the share of wrapped text that fills its column; the labels of a chart below it weigh little."""
    texts = [run for run in runs if run.is_text]
    if len(texts) < _LEAST_LINES:
        return 0.0
    width = max(run.right for run in texts) - min(run.left for run in texts)
    filled = sum(run.width for run in texts if run.width > _FILLED * width)
    return filled / sum(run.width for run in runs)


def _is_word(word: Word) -> bool:
    return sum(map(str.isalpha, word.text)) * 2 > len(word.text)
