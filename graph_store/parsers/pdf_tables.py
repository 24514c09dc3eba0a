"""Which lines of a PDF page are rows of a table, and the cells of a row. Their columns are in pdf_grid.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .pdf_lines import Line
from .pdf_words import Word

_MARKER = re.compile(r"[•◦▪▫●○■□‣⁃·*–—-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]")
_CURRENCY = re.compile(r"[$€£¥₹]|US\$|\(?[$€£¥]\(?|\(")
_TRAILER = re.compile(r"[)%]+|\)\s*%")
_NUMBER = re.compile(r"[(−–-]?[$€£¥]?[(−–-]?\d[\d,.]*[)%]*|n/a|[—–-]")
_LOOSE_TRAILER = re.compile(r"(?<=\d) (?=[)%])")
_LEADERS = re.compile(r"(?:\s*\.){4,}\s*|\s*…{2,}\s*")
_NEARBY_LINES = 3
_WIDE_GAP = 2.5
_TIGHT_GAP = 0.4
_HEAD_PITCH = 1.3


@dataclass(slots=True)
class Cell:
    """The text of a cell and where it stands."""

    text: str
    left: float
    right: float

    def add(self, words: list[Word], blank: str) -> None:
        """Put words that belong to the cell behind its text."""
        self.text += blank + " ".join(word.text for word in words)
        self.right = max(self.right, words[-1].right)


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
    for i in range(len(lines) - 2, -1, -1):
        is_head = flags[i + 1] and (_is_tight_head(lines[i], gaps[i + 1]) or _is_top_of_head(lines[i], lines[i + 1]))
        flags[i] = flags[i] or is_head
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


def _is_tight_head(line: Line, below: list[tuple[float, float]]) -> bool:
    """Tell whether a line has a gap wider than a blank over each gap of the row below that lies under it."""
    under = [gap for gap in below if line.left < gap[0] and gap[1] < line.right]
    own = [(a.right, b.left) for a, b in pairwise(line.words) if b.left - a.right > _TIGHT_GAP * line.height]
    return bool(under) and all(_aligned([gap], [own]) for gap in under)


def _is_top_of_head(line: Line, below: Line) -> bool:
    """Tell whether a line stands close above one cell of a row, and inside its width; a row's first cell is a label."""
    if len(line.segments) > 1 or not 0 < below.top - line.top < _HEAD_PITCH * line.height:
        return False
    spans = ((cell[0].left - 1, cell[-1].right + 1) for cell in below.segments[1:])
    return any(left <= line.left and line.right <= right for left, right in spans)


def _fits_between(lines: list[Line], i: int, row: int, width: float) -> bool:
    line, above = lines[i], lines[i - 1]
    close = 0 <= line.top - above.top < 3 * max(line.height, above.height)
    return close and line.right - line.left < 0.65 * width and lines[row].height > line.height * 0.7


def _gaps(line: Line) -> list[tuple[float, float]]:
    segments = line.segments[1:] if _MARKER.fullmatch(line.segments[0][0].text) else line.segments
    return [(a[-1].right, b[0].left) for a, b in pairwise(segments)]


def _aligned(gaps: list[tuple[float, float]], others: list[list[tuple[float, float]]]) -> bool:
    return any(a[0] < b[1] and b[0] < a[1] for a in gaps for other in others for b in other)


def row_cells(line: Line) -> list[Cell]:
    """Return the cells of a row: a currency sign goes with its number, a closing bracket with the one before."""
    cells: list[Cell] = []
    joins_next = False
    for words in _cells(line):
        text = " ".join(word.text for word in words)
        if cells and (joins_next or _TRAILER.fullmatch(text)):
            cells[-1].add(words, "")
        elif len(cells) == 1 and _MARKER.fullmatch(cells[0].text):
            cells[0].add(words, " ")
        else:
            cells.append(Cell(text, min(word.left for word in words), max(word.right for word in words)))
        joins_next = bool(_CURRENCY.fullmatch(text))
    return [part for cell in cells for part in _without_leaders(cell)]


def _without_leaders(cell: Cell) -> list[Cell]:
    parts = [part for part in _LEADERS.split(_LOOSE_TRAILER.sub("", cell.text)) if part]
    if len(parts) < 2:
        return [Cell(part, cell.left, cell.right) for part in parts]
    # The row of dots between two parts has most of the room: each part keeps its end of the cell.
    scale = (cell.right - cell.left) / max(len(cell.text), 1)
    first, *middle, last = parts
    inner = [Cell(part, cell.right - scale * len(last), cell.right) for part in [*middle, last]]
    return [Cell(first, cell.left, cell.left + scale * len(first)), *inner]


def _cells(line: Line) -> Iterator[list[Word]]:
    """Yield the words of the segments: a currency sign at the end goes to the next, numbers side by side part."""
    carried: list[Word] = []
    last = len(line.segments) - 1
    for i, segment in enumerate(line.segments):
        if carried:
            yield carried
            carried = []
        if len(segment) > 1 and i > 0 and all(is_number(word.text) for word in segment):
            yield from ([word] for word in segment)
            continue
        words = segment
        if i < last and len(words) > 1 and _CURRENCY.fullmatch(words[-1].text):
            words, carried = words[:-1], words[-1:]
        yield words


def is_number(text: str) -> bool:
    """Tell whether a word is a figure, or a dash that stands for one."""
    return bool(_NUMBER.fullmatch(text))
