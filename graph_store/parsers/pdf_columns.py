"""The order in which the lines of a page are read: columns of prose one after the other, tables row by row."""

from __future__ import annotations

import statistics
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .pdf_lines import Line, Word

_LEAST_LINES = 4
_LEAST_WORDS = 3.0


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Return the lines of a page, from top to bottom, with those of prose columns parted and put in order."""
    gutter = _gutter(lines)
    if gutter is None:
        return lines
    ordered: list[Line] = []
    region: list[Line] = []
    for line in [*lines, None]:
        if line is not None and _leaves_free(line, gutter):
            region.append(line)
            continue
        ordered.extend(_columns(region, gutter))
        region = []
        if line is not None:
            ordered.append(line)
    return ordered


def _columns(region: list[Line], gutter: float) -> list[Line]:
    left = [part for line in region if (part := _part(line, gutter, left=True))]
    right = [part for line in region if (part := _part(line, gutter, left=False))]
    if not (_is_prose(left) and _is_prose(right)):
        return region
    return in_reading_order(left) + in_reading_order(right)


def _part(line: Line, gutter: float, *, left: bool) -> Line | None:
    segments = [segment for segment in line.segments if (segment[-1].right <= gutter) == left]
    return type(line)(segments, line.page) if segments else None


def _leaves_free(line: Line, gutter: float) -> bool:
    return all(segment[-1].right <= gutter or segment[0].left >= gutter for segment in line.segments)


def _is_prose(lines: list[Line]) -> bool:
    """Tell whether lines are wrapped text: most fill their column in one segment of several words."""
    if len(lines) < _LEAST_LINES:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    filled = sum(line.right - line.left > 0.7 * width for line in lines)
    in_one = sum(len(line.segments) == 1 for line in lines)
    words = statistics.mean(sum(_is_word(word) for word in line.words) for line in lines)
    return filled * 2 >= len(lines) and in_one * 3 >= len(lines) * 2 and words >= _LEAST_WORDS


def _is_word(word: Word) -> bool:
    return sum(map(str.isalpha, word.text)) * 2 > len(word.text)


def _gutter(lines: list[Line]) -> float | None:
    """Return the x that most gaps between segments share, if it is one that could part columns."""
    gaps = [(before[-1].right, after[0].left) for line in lines for before, after in pairwise(line.segments)]
    # Columns whose lines do not stand at the same heights show no gaps: there the edges of the lines tell.
    if len(gaps) < _LEAST_LINES:
        return _edge_gutter(lines)
    events = sorted([(left, 1) for left, _ in gaps] + [(right, -1) for _, right in gaps])
    depth = best_depth = 0
    best = None
    for (x, change), (after, _) in zip(events, [*events[1:], (events[-1][0], 0)], strict=True):
        depth += change
        if depth > best_depth:
            best, best_depth = (x + after) / 2, depth
    return best if best_depth >= _LEAST_LINES else None


def _edge_gutter(lines: list[Line]) -> float | None:
    if len(lines) < 2 * _LEAST_LINES:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    middle = (left + right) / 2
    on_left = [line.right for line in lines if line.right < middle + (right - left) * 0.1]
    on_right = [line.left for line in lines if line.left > middle - (right - left) * 0.1]
    if len(on_left) < _LEAST_LINES or len(on_right) < _LEAST_LINES or max(on_left) >= min(on_right):
        return None
    return (max(on_left) + min(on_right)) / 2
