"""Heads and feet that repeat from page to page, and page numbers: finds them and leaves them out."""

import re
from collections import Counter

from .pdf_lines import Line

_EDGE_LINES = 3
_LEAST_PAGES = 3
_SAME_PLACE = 6.0
"""Points: lines of different pages within the same band of this height stand in the same place."""

_NUMBER = re.compile(r"\d+|^[ivxlc]+(?= )|(?<= )[ivxlc]+$")
_PAGE_NUMBER = re.compile(r"[-–—\[( ]*(?:page )?(\d{1,4}|[ivxlc]{1,7})(?: (?:of|/) \d{1,4})?[-–—\]) ]*", re.IGNORECASE)


def without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Return the pages without lines at their edges that stand on three or more pages in the same place.

    Numbers count as equal. Only a run of such lines from the very top or bottom goes, so that a table head or a title
    that is repeated further inside stays. Bare page numbers go where they count up with the pages.
    """
    repeated = Counter(key for lines in pages for key in {_key(line) for line in _edges(lines)} if key)
    numbers = Counter(
        number - lines[0].page for lines in pages for number in {_page_number(line) for line in _edges(lines)} if number
    )

    def is_running(line: Line) -> bool:
        text, place = _key(line)
        near = (repeated[text, place + step] for step in (-1, 0, 1))
        if sum(near) >= _LEAST_PAGES:
            return True
        number = _page_number(line)
        return (
            _PAGE_NUMBER.fullmatch(line.text) is not None
            and (number is None or numbers[number - line.page] > 1)
            and len(pages) > 1
        )

    return [_trimmed(lines, is_running) for lines in pages]


def _trimmed(lines: list[Line], is_running) -> list[Line]:
    by_height = sorted(range(len(lines)), key=lambda i: lines[i].top)
    dropped: set[int] = set()
    for order in (by_height[:_EDGE_LINES], by_height[::-1][:_EDGE_LINES]):
        for i in order:
            if not is_running(lines[i]):
                break
            dropped.add(i)
    return [line for i, line in enumerate(lines) if i not in dropped]


def _edges(lines: list[Line]) -> list[Line]:
    by_height = sorted(lines, key=lambda line: line.top)
    return by_height if len(lines) <= 2 * _EDGE_LINES else by_height[:_EDGE_LINES] + by_height[-_EDGE_LINES:]


def _key(line: Line) -> tuple[str, int]:
    return _NUMBER.sub("#", line.text.lower()), round(line.top / _SAME_PLACE)


def _page_number(line: Line) -> int | None:
    match = _PAGE_NUMBER.fullmatch(line.text)
    return int(match[1]) if match and match[1].isdigit() else None
