"""Which lines of a PDF page are rows of a table, and how a row is written."""

import re
from collections.abc import Iterator
from itertools import pairwise

from .blocks import table_row
from .pdf_lines import Line

_MARKER = re.compile(r"[•◦▪▫●○■□‣⁃·*–—-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]")
_CURRENCY = re.compile(r"[$€£¥₹]|US\$|\(?[$€£¥]\(?|\(")
_TRAILER = re.compile(r"[)%]+|\)\s*%")
_NUMBER = re.compile(r"[(−–-]?[$€£¥]?[(−–-]?\d[\d,.]*[)%]*|n/a|[—–-]")
_LOOSE_TRAILER = re.compile(r"(?<=\d) (?=[)%])")
_LEADERS = re.compile(r"(?:\s*\.){4,}\s*|\s*…{2,}\s*")
_NEARBY_LINES = 3
_WIDE_GAP = 2.5


def is_list_item(line: Line) -> bool:
    """Tell whether a line starts with a bullet or a number of a list."""
    words = line.words
    return len(words) > 1 and bool(_MARKER.fullmatch(words[0].text))


def table_flags(lines: list[Line], width: float) -> list[bool]:
    """Tell for each line of a page whether it is a row of a table; ``width`` is that of the page's text.

    A row has cells that are far apart, or whose gap stands above or below a gap of its neighbour. A line of one cell
    between two rows belongs to the table if it is short.
    """
    gaps = [_gaps(line) for line in lines]
    flags = [_is_row(line, gaps[i], gaps[max(i - 1, 0) : i] + gaps[i + 1 : i + 2]) for i, line in enumerate(lines)]
    rows = [i for i, flag in enumerate(flags) if flag]
    for before, after in pairwise(rows):
        between = range(before + 1, after)
        if len(between) <= _NEARBY_LINES and all(_fits_between(lines, i, before, width) for i in between):
            for i in between:
                flags[i] = True
    return flags


def _is_row(line: Line, own: list[tuple[float, float]], neighbours: list[list[tuple[float, float]]]) -> bool:
    wide = any(gap[1] - gap[0] > _WIDE_GAP * line.height for gap in own)
    return wide or _aligned(own, neighbours) or bool(_LEADERS.search(line.text))


def _fits_between(lines: list[Line], i: int, row: int, width: float) -> bool:
    line, above = lines[i], lines[i - 1]
    close = 0 <= line.top - above.top < 3 * max(line.height, above.height)
    return close and line.right - line.left < 0.65 * width and lines[row].height > line.height * 0.7


def _gaps(line: Line) -> list[tuple[float, float]]:
    segments = line.segments[1:] if _MARKER.fullmatch(line.segments[0][0].text) else line.segments
    return [(a[-1].right, b[0].left) for a, b in pairwise(segments)]


def _aligned(gaps: list[tuple[float, float]], others: list[list[tuple[float, float]]]) -> bool:
    return any(a[0] < b[1] and b[0] < a[1] for a in gaps for other in others for b in other)


def row_text(line: Line) -> str:
    """Return a row as a line: a currency sign goes with its number, a bracket or percent sign with the one before."""
    cells: list[str] = []
    joins_next = False
    for text in _cells(line):
        if cells and (joins_next or _TRAILER.fullmatch(text)):
            cells[-1] += text
        elif cells and len(cells) == 1 and _MARKER.fullmatch(cells[0]):
            cells[0] += f" {text}"
        else:
            cells.append(text)
        joins_next = bool(_CURRENCY.fullmatch(text))
    parted = [part for cell in cells for part in _LEADERS.split(_LOOSE_TRAILER.sub("", cell))]
    return table_row(part for part in parted if part)


def _cells(line: Line) -> Iterator[str]:
    """Yield the texts of the segments: a currency sign at the end goes to the next, numbers side by side part."""
    carried = ""
    last = len(line.segments) - 1
    for i, segment in enumerate(line.segments):
        words = [word.text for word in segment]
        if len(words) > 1 and i > 0 and all(map(_NUMBER.fullmatch, words)):
            yield carried + words[0]
            yield from words[1:]
            carried = ""
            continue
        sign = words.pop() if i < last and len(words) > 1 and _CURRENCY.fullmatch(words[-1]) else ""
        yield carried + " ".join(words)
        carried = sign
