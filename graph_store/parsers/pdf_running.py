"""Heads and feet that repeat from page to page, and page numbers: finds them and leaves them out."""

import re
from collections import Counter
from itertools import takewhile

from .pdf_lines import Line

_EDGE_LINES = 3
_LEAST_PAGES = 3
_LEAST_LETTERS = 10
_EDGE_SHARE = 0.12
"""Share of the height between the highest and the lowest line of all pages that counts as an edge."""

_SAME_PLACE = 6.0
"""Points: lines of different pages within the same band of this height stand in the same place."""

_NUMBER = re.compile(r"\d+|^[ivxlc]+(?= )|(?<= )[ivxlc]+$")
_PAGE_NUMBER = re.compile(r"[-–—\[( ]*(?:page )?(\d{1,4}|[ivxlc]{1,7})(?: (?:of|/) \d{1,4})?[-–—\]) ]*", re.IGNORECASE)


def without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Return the pages without lines at their edges that stand on three or more pages in the same place.

    Numbers count as equal. Only a run of such lines from the very top or bottom goes, so that a table head or a title
    that is repeated further inside stays. A bare number goes only where it counts up with the pages. A document that
    would lose every line is left as it is.
    """
    running = _RunningLines(pages)
    trimmed = [_trimmed(lines, running) for lines in pages]
    return trimmed if any(trimmed) else pages


class _RunningLines:
    """Knows which lines repeat at the edges of pages."""

    def __init__(self, pages: list[list[Line]]) -> None:
        tops = [line.top for lines in pages for line in lines]
        margin = _EDGE_SHARE * (max(tops, default=0) - min(tops, default=0))
        self._upper, self._lower = min(tops, default=0) + margin, max(tops, default=0) - margin
        self._keys: Counter[tuple[str, int]] = Counter()
        self._offsets: Counter[int] = Counter()
        for lines in pages:
            edges = _edges(lines)
            self._keys.update({key for line in edges for key in _keys(line)})
            self._offsets.update({number - line.page for line in edges if (number := _page_number(line)) is not None})

    def __contains__(self, line: Line) -> bool:
        number = _page_number(line)
        if number is not None:
            return self._offsets[number - line.page] > 1
        if self._upper < line.top < self._lower:
            return False
        return any(
            sum(self._keys[text, place + step] for step in (-1, 0, 1)) >= _LEAST_PAGES for text, place in _keys(line)
        )


def _trimmed(lines: list[Line], running: _RunningLines) -> list[Line]:
    by_height = sorted(range(len(lines)), key=lambda i: lines[i].top)
    dropped: set[int] = set()
    for order in (by_height[:_EDGE_LINES], by_height[::-1][:_EDGE_LINES]):
        dropped.update(takewhile(lambda i: lines[i] in running, order))
    # Above columns, the left and the right part of a running head are lines of their own.
    heights = [lines[i].top for i in dropped]
    beside = {i for i in by_height if any(abs(lines[i].top - height) < 1 for height in heights)}
    return [line for i, line in enumerate(lines) if i not in dropped | beside]


def _edges(lines: list[Line]) -> list[Line]:
    by_height = sorted(lines, key=lambda line: line.top)
    return by_height if len(lines) <= 2 * _EDGE_LINES else by_height[:_EDGE_LINES] + by_height[-_EDGE_LINES:]


def _keys(line: Line) -> list[tuple[str, int]]:
    """Return what marks a line when it repeats: its text, and the longer of its parts where it has several."""
    parts = [" ".join(word.text for word in segment) for segment in line.segments] if len(line.segments) > 1 else []
    texts = [line.text, *(part for part in parts if sum(map(str.isalpha, part)) >= _LEAST_LETTERS)]
    return [(_NUMBER.sub("#", text.lower()), round(line.top / _SAME_PLACE)) for text in texts]


def _page_number(line: Line) -> int | None:
    match = _PAGE_NUMBER.fullmatch(line.text)
    return int(match[1]) if match and match[1].isdigit() else None
