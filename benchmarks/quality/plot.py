"""Quality against tokens as an SVG drawing: a panel for each task, a dot for each way."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from xml.sax.saxutils import escape

from .results import Cell
from .table import JUDGED_FROM

COLUMNS = 3
WIDTH, HEIGHT = 300, 220
LEFT, TOP, RIGHT, BOTTOM = 44, 30, 28, 36
LEGEND = 50
# Told apart by people who see few colours, and in grey by their brightness (Okabe and Ito, 2008).
COLORS = ("#000000", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#999999", "#7b3294", "#f0e442")
FONT = 'font-family="sans-serif" font-size="10"'


@dataclass(frozen=True, slots=True)
class Axes:
    """Places values in a panel: tokens on a logarithmic scale from one power of ten to another, quality from 0 to 1."""

    x: float
    y: float
    low: int
    high: int

    def place(self, tokens: float, quality: float) -> tuple[float, float]:
        """Return the point in the drawing."""
        share = (math.log10(max(tokens, 1)) - self.low) / (self.high - self.low)
        across = LEFT + share * (WIDTH - LEFT - RIGHT)
        down = TOP + (1 - quality) * (HEIGHT - TOP - BOTTOM)
        return round(self.x + across, 1), round(self.y + down, 1)


def plot(cells: Sequence[Cell]) -> str:
    """Return the drawing of all cells."""
    panels: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        panels[cell.set_name, cell.task].append(cell)
    colors = dict(zip(dict.fromkeys(cell.way for cell in cells), cycle(COLORS), strict=False))
    rows = -(-len(panels) // COLUMNS)
    # The legend needs the width of two panels.
    width, height = WIDTH * min(max(len(panels), 2), COLUMNS), HEIGHT * rows + LEGEND
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {FONT}>', f'<rect {size} fill="white"/>']
    lines += _legend(colors)
    tokens = [max(cell.figures.median_tokens, 1) for cell in cells]
    low = math.floor(math.log10(min(tokens, default=1)))
    high = max(math.ceil(math.log10(max(tokens, default=10))), low + 1)
    for number, ((set_name, task), found) in enumerate(panels.items()):
        axes = Axes(WIDTH * (number % COLUMNS), LEGEND + HEIGHT * (number // COLUMNS), low, high)
        lines += _panel(axes, f"{set_name}: {task}, {found[0].metric}", found, colors)
    return "\n".join([*lines, "</svg>", ""])


def _legend(colors: dict[str, str]) -> Iterator[str]:
    for number, (way, color) in enumerate(colors.items()):
        x, y = 14 + 118 * (number % 5), 14 + 16 * (number // 5)
        yield f'<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>'
        yield _text(x + 8, y + 4, way)
    yield _text(14, LEGEND + 4, f"hollow: fewer than {JUDGED_FROM} questions, reported and not judged")


def _panel(axes: Axes, title: str, found: Sequence[Cell], colors: dict[str, str]) -> Iterator[str]:
    yield _text(axes.x + LEFT, axes.y + TOP - 10, title)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        left, y = axes.place(10**axes.low, share)
        right, _ = axes.place(10**axes.high, share)
        yield f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#dddddd"/>'
        yield _text(left - 6, y + 4, f"{100 * share:.0f}", "end")
    for power in range(axes.low, axes.high + 1):
        x, y = axes.place(10**power, 0.0)
        yield _text(x, y + 14, f"{10**power:,}", "middle")
    middle, _ = axes.place(10 ** ((axes.low + axes.high) / 2), 0.0)
    yield _text(middle, axes.y + HEIGHT - 8, "tokens a question (median)", "middle")
    for cell in found:
        x, y = axes.place(cell.figures.median_tokens, cell.quality)
        count, color = cell.figures.question_count, colors[cell.way]
        look = (
            f'r="5" fill="{color}" stroke="white"' if count >= JUDGED_FROM else f'r="4" fill="white" stroke="{color}"'
        )
        told = f"{escape(cell.way)}: {100 * cell.quality:.1f} of {count} questions"
        yield f'<circle cx="{x}" cy="{y}" {look}><title>{told}</title></circle>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
