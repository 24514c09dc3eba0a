"""Lines of a PDF to blocks: paragraphs, headings and tables. Mending words cut at line ends is in pdf_hyphens.py."""

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .blocks import Block
from .pdf_grid import table_rows
from .pdf_hyphens import Vocabulary
from .pdf_lines import Line, left_to_right
from .pdf_tables import is_list_item, table_flags

_SENTENCE_END = re.compile(r"[.!?:;…。][\"'”’)\]]*$")
_HEADING_WORDS = 20
_LARGER = 1.12
_SAME_SIZE = 0.95
_INDENT = 0.8
_LOOSER = 1.3
_LEAST_WORDS = 3


@dataclass(slots=True)
class _Group:
    """Lines of one block."""

    lines: list[Line]
    table: bool = False


@dataclass(slots=True)
class _Style:
    """What is usual in the document: the font height of its text, and its lines' distance as a share of it.

    ``even`` tells whether one height prevails; in some old files each glyph has its own, and heights say nothing.
    """

    height: float
    pitch: float
    bold: bool
    even: bool
    heading_heights: list[float] = field(default_factory=list)


def layout(pages: list[list[Line]]) -> list[Block]:
    """Return the blocks of all pages in order; a paragraph that runs over a page's end is one block."""
    style = _style(pages)
    vocabulary = Vocabulary(line.text for lines in pages for line in lines)
    groups = [group for lines in pages for group in _groups(lines, style)]
    headings = {id(group) for group in groups if _is_heading(group, style)}
    style.heading_heights = _apart({_rounded(g.lines[0].height) for g in groups if id(g) in headings})
    blocks: list[Block] = []
    paragraph: list[Line] = []
    for group in groups:
        plain = not group.table and id(group) not in headings
        if plain and paragraph and _runs_on(paragraph, group.lines[0]):
            paragraph += group.lines
            continue
        if paragraph:
            blocks.append(_paragraph(paragraph, vocabulary))
        paragraph = group.lines if plain else []
        if group.table:
            blocks.append(Block("\n".join(table_rows(left_to_right(group.lines))), page=group.lines[0].page))
        elif not plain:
            block = _paragraph(group.lines, vocabulary)
            blocks.append(Block(block.text, level=_level(group, style), page=block.page))
    return [*blocks, _paragraph(paragraph, vocabulary)] if paragraph else blocks


def _style(pages: list[list[Line]]) -> _Style:
    heights: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    pitches: list[float] = []
    for lines in pages:
        for line in lines:
            heights[_rounded(line.height)] += len(line.text)
            bold[line.bold] += len(line.text)
        pitches += [
            (after.top - before.top) / before.height
            for before, after in pairwise(lines)
            if before.top < after.top < before.top + 2.5 * before.height and _same_height(before, after)
        ]
    height = max(heights, key=lambda height: heights[height])
    pitch = statistics.quantiles(pitches, n=3)[0] if len(pitches) > 1 else 1.2
    even = heights[height] > 0.3 * heights.total()
    return _Style(height, max(pitch, 1.0), bold[True] > bold[False], even)


def _rounded(height: float) -> float:
    return round(height * 2) / 2


def _apart(heights: set[float]) -> list[float]:
    """Return heights from the largest down, without those that are next to the same as a larger one."""
    kept: list[float] = []
    for height in sorted(heights, reverse=True):
        if not kept or height < kept[-1] * _SAME_SIZE:
            kept.append(height)
    return kept


def _same_height(before: Line, after: Line) -> bool:
    return abs(before.height - after.height) <= 0.12 * max(before.height, after.height)


def _groups(lines: list[Line], style: _Style) -> Iterator[_Group]:
    group: _Group | None = None
    width = max((line.right for line in lines), default=0) - min((line.left for line in lines), default=0)
    for line, in_table in zip(lines, table_flags(left_to_right(lines), width), strict=True):
        if group and group.table == in_table and not _breaks(group.lines, line, in_table, style):
            group.lines.append(line)
            continue
        if group:
            yield group
        group = _Group([line], in_table)
    if group:
        yield group


def _breaks(lines: list[Line], line: Line, in_table: bool, style: _Style) -> bool:
    before = lines[-1]
    pitch = (line.top - before.top) / max(before.height, line.height)
    if in_table:
        return not 0 <= pitch < 3 * style.pitch
    if pitch < 0:
        return not _runs_on(lines, line)
    if (style.even and not _same_height(before, line)) or before.bold != line.bold:
        return True
    if pitch > _pitch_within(lines, style) * _LOOSER and not (pitch < 2.5 and _goes_on(before, line)):
        return True
    return is_list_item(line) or _ends_short_or_indents(lines, line)


def _pitch_within(lines: list[Line], style: _Style) -> float:
    """Return the distance of a block's last two lines, if it is wider than what is usual: the text is set wide."""
    if len(lines) < 2 or lines[-1].top < lines[-2].top:
        return style.pitch
    return max(style.pitch, (lines[-1].top - lines[-2].top) / lines[-1].height)


def _goes_on(before: Line, line: Line) -> bool:
    return line.text[:1].islower() and not _SENTENCE_END.search(before.text)


def _ends_short_or_indents(lines: list[Line], line: Line) -> bool:
    before = lines[-1]
    if not _SENTENCE_END.search(before.text):
        return False
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    indented = line.left - before.left > _INDENT * line.height and not is_list_item(lines[0])
    short = before.right < max(right, line.right) - 0.2 * (max(right, line.right) - left)
    return indented or (short and len(lines) > 1)


def _runs_on(lines: list[Line], line: Line) -> bool:
    """Tell whether a paragraph goes on in the next column or on the next page."""
    before = lines[-1]
    if line.page > before.page + 1 or not _same_height(before, line) or is_list_item(line):
        return False
    apart = line.page != before.page or line.top < before.top
    return apart and (_goes_on(before, line) or _is_full(lines, line))


def _is_full(lines: list[Line], line: Line) -> bool:
    """Tell whether the last of some lines breaks off before ``line`` for want of room, in the middle of a sentence."""
    before = lines[-1]
    if _SENTENCE_END.search(before.text) or len(lines) < 2 or before.bold != line.bold or not line.text[0].isalnum():
        return False
    room = max(other.right for other in lines) - before.right
    return len(before.words) > _LEAST_WORDS and room < line.words[0].right - line.words[0].left + 0.5 * line.height


def _is_heading(group: _Group, style: _Style) -> bool:
    first = group.lines[0]
    text = " ".join(line.text for line in group.lines)
    if group.table or len(group.lines) > 3 or len(text.split()) > _HEADING_WORDS or len(text) > 200:
        return False
    letters = sum(map(str.isalpha, text))
    if (
        letters < 2
        or letters * 2 < len(text.replace(" ", ""))
        or text.endswith((",", ";"))
        or not (text[0].isalnum() or text[0] in '([“"‘')
    ):
        return False
    larger = style.even and first.height > style.height * _LARGER
    bold = first.bold and not style.bold and first.height > style.height * 0.85
    return larger or (bold and not text.endswith("."))


def _level(group: _Group, style: _Style) -> int:
    height = _rounded(group.lines[0].height)
    return min(sum(other * _SAME_SIZE > height for other in style.heading_heights) + 1, 6)


def _paragraph(lines: list[Line], vocabulary: Vocabulary) -> Block:
    text = ""
    breaks: list[tuple[int, int]] = []
    for before, line in zip([lines[0], *lines], lines, strict=False):
        text = vocabulary.join(text, line.text) if text else line.text
        if line.page != before.page:
            breaks.append((len(text) - len(line.text), line.page))
    return Block(text, page=lines[0].page, page_breaks=tuple(breaks))
