"""Charts of Office files as tables: categories down, series across. Reads the values that the file keeps, no sheets."""

from .blocks import Block, table_row
from .decoding import clean
from .number_format import shown_number
from .office_package import paragraph_text
from .xml_tree import Element, child, children, descendants, short_name

_CACHES = frozenset({"c:strCache", "c:numCache", "c:strLit", "c:numLit"})


def chart_blocks(root: Element) -> list[Block]:
    """Return the chart's title and its table of values."""
    chart = child(root, "c:chart")
    if chart is None:
        return []
    title = _rich_text(child(chart, "c:title"))
    plot_area = child(chart, "c:plotArea")
    plots = [] if plot_area is None else list(plot_area)
    series = [ser for plot in plots for ser in children(plot, "c:ser")]
    lines = _rows(series, _axis_title(plots))
    return [block for block in (Block(title), Block("\n".join(filter(None, lines)))) if block.text]


def chart_title(root: Element) -> str:
    """Return the chart's title, or nothing."""
    return _rich_text(child(root, "c:chart", "c:title"))


def _rows(series: list[Element], corner: str) -> list[str]:
    names = [_label(child(ser, "c:tx"), number) for number, ser in enumerate(series, 1)]
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    for ser in series:
        for index, label in _points(child(ser, "c:cat")) or _points(child(ser, "c:xVal")):
            categories.setdefault(index, label)
        columns.append(dict(_points(child(ser, "c:val")) or _points(child(ser, "c:yVal"))))
    places = sorted(categories.keys() | {index for column in columns for index in column})
    if not places:
        return []
    rows = (table_row([categories.get(index, ""), *(column.get(index, "") for column in columns)]) for index in places)
    return [table_row([corner or "Category", *names]), *rows]


def _axis_title(plots: list[Element]) -> str:
    axes = (axis for axis in plots if short_name(axis.tag) in {"c:catAx", "c:dateAx"})
    return next((title for axis in axes if (title := _rich_text(child(axis, "c:title")))), "")


def _label(text: Element | None, number: int) -> str:
    if text is None:
        return f"Series {number}"
    values = [value for _, value in _points(text)] or [clean(v.text or "") for v in descendants(text, "c:v")]
    return " ".join(values) or f"Series {number}"


def _points(source: Element | None) -> list[tuple[int, str]]:
    """Return (index, text) of the kept values; the levels of a category of several are joined, the outermost first."""
    if source is None:
        return []
    levels = list(descendants(source, "c:lvl"))
    if levels:
        return _joined_levels([_kept(level, "") for level in levels])
    return [pair for kept in source.iter() if short_name(kept.tag) in _CACHES for pair in _kept(kept, _format(kept))]


def _joined_levels(levels: list[list[tuple[int, str]]]) -> list[tuple[int, str]]:
    """Join levels, innermost first; an outer label stands once for all points up to the next one."""
    joined: list[tuple[int, str]] = []
    for index, label in levels[0]:
        outer = [max((p for p in level if p[0] <= index), default=(0, ""))[1] for level in reversed(levels[1:])]
        joined.append((index, " ".join([*outer, label])))
    return joined


def _kept(cache: Element, code: str) -> list[tuple[int, str]]:
    pairs: list[tuple[int, str]] = []
    for point in children(cache, "c:pt"):
        value = child(point, "c:v")
        text = clean(value.text or "") if value is not None else ""
        index = point.get("idx", "")
        if index.isdecimal():
            pairs.append((int(index), shown_number(text, point.get("formatCode") or code) if code else text))
    return pairs


def _format(cache: Element) -> str:
    if short_name(cache.tag) not in {"c:numCache", "c:numLit"}:
        return ""
    code = child(cache, "c:formatCode")
    return (code.text if code is not None else None) or "General"


def _rich_text(title: Element | None) -> str:
    if title is None:
        return ""
    text = " ".join(map(paragraph_text, descendants(title, "a:p"))).strip() or " ".join(
        value.text or "" for value in descendants(title, "c:v")
    )
    return " ".join(clean(text).split())
