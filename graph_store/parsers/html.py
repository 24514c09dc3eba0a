"""HTML to blocks: what a reader sees of a page's main text, without scripts, navigation and hidden parts."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from ..document import ParsedDocument
from .blocks import Block, assemble, table_row
from .decoding import clean, decode

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", re.I)
# fmt: off
_NOT_READ = frozenset({
    "script", "style", "noscript", "template", "button", "input", "select", "datalist", "textarea", "svg", "math",
    "canvas", "iframe", "object", "audio", "video", "map", "dialog", "menu", "head",
})
# fmt: on
_AROUND_THE_TEXT = frozenset({"nav", "aside", "footer"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog"})
_LISTS = frozenset({"ul", "ol"})
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "header", "hgroup", "hr", "html", "legend", "main", "p", "section", "summary",
    "td", "th", "tr",
})
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CLICKED = frozenset({*_HEADINGS, "summary", "dt"})
"""Where a button holds words to be read: a click on them shows what is below."""
_OPEN, _CLOSE = "open", "close"


def parse_html(data: bytes, title: str) -> ParsedDocument:
    """Read a web page. Its title is that of the head, else its first heading, else ``title``."""
    declared = _CHARSET.search(data[:4096])
    encoding = (declared[1] or declared[2]).decode("ascii", errors="replace") if declared else None
    soup = BeautifulSoup(decode(data, encoding), "lxml")
    head_title = " ".join(soup.title.get_text().split()) if soup.title else ""
    blocks = _Page().read(_main_part(soup), _NOT_READ | _AROUND_THE_TEXT)
    heading = next((block.text for block in sorted(_headings(blocks), key=lambda block: block.level)), "")
    return assemble(blocks, head_title or heading or title, "text/html")


def read_fragment(markup: str) -> list[Block]:
    """Read HTML inside a document of another format, where nothing stands around the text of a page."""
    return _Page().read(BeautifulSoup(markup, "lxml"), _NOT_READ)


def _main_part(soup: BeautifulSoup) -> Tag:
    """Return the element marked as the main one, if it holds much of the page's text."""
    main = soup.find("main") or soup.find(role="main")
    holds_much = isinstance(main, Tag) and len(main.get_text()) * 4 > len(soup.get_text())
    return main if isinstance(main, Tag) and holds_much else soup


def _headings(blocks: list[Block]) -> Iterator[Block]:
    return (block for block in blocks if block.level)


def _walk(root: Tag, not_read: frozenset[str]) -> Iterator[tuple[str, Tag | NavigableString]]:
    """Yield (open or close, tag) and (open, string) in document order; deep nesting needs no deep stack."""
    stack: list[tuple[str, Tag | NavigableString]] = [(_OPEN, root)]
    clicked_count = 0
    while stack:
        event, node = stack.pop()
        if isinstance(node, Tag) and event == _OPEN:
            if _is_junk(node, not_read - {"button"} if clicked_count else not_read):
                continue
            clicked_count += node.name in _CLICKED
            yield event, node
            stack.append((_CLOSE, node))
            stack.extend(
                (_OPEN, child) for child in reversed(node.contents) if isinstance(child, Tag | NavigableString)
            )
        else:
            clicked_count -= node.name in _CLICKED
            yield event, node


def _is_junk(tag: Tag, not_read: frozenset[str]) -> bool:
    return (
        tag.name in not_read
        or tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or tag.get("role") in _HIDDEN_ROLES
        or (tag.name == "li" and _links_to_translation(tag))
        or bool(_HIDDEN_STYLE.search(str(tag.get("style", ""))))
    )


def _links_to_translation(item: Tag) -> bool:
    children = [child for child in item.contents if str(child).strip()]
    return len(children) == 1 and isinstance(children[0], Tag) and children[0].has_attr("hreflang")


class _Page:
    """Collects blocks while the tree is walked; a list is one block, and so is an outermost table."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._lines: list[str] = []
        self._lists: list[int] = []
        self._marker = ""
        self._table_depth = 0
        self._cells: list[str] = []
        self._preformatted = 0

    def read(self, root: Tag, not_read: frozenset[str]) -> list[Block]:
        for event, node in _walk(root, not_read):
            if not isinstance(node, Tag):
                if not isinstance(node, PreformattedString):
                    self._words.append(str(node) if self._preformatted else str(node).replace("\n", " "))
            elif event == _OPEN:
                self._open(node)
            else:
                self._close(node)
        self._flush()
        self._close_lines()
        return self._blocks

    def _open(self, tag: Tag) -> None:
        name = tag.name
        if name == "br":
            self._words.append("\n")
        elif name == "table":
            self._table_depth += 1
            if self._table_depth == 1:
                self._flush()
                self._close_lines()
        elif self._table_depth:
            self._open_in_table(name)
        elif name in _LISTS:
            self._flush()
            start = str(tag.get("start"))
            self._lists.append(int(start) if start.isdecimal() else 1)
        elif name == "li":
            self._open_item(tag)
        elif name in _HEADINGS or name in _BLOCKS or name == "pre":
            self._flush()
            self._preformatted += name == "pre"

    def _open_in_table(self, name: str) -> None:
        if self._table_depth == 1 and name in {"td", "th", "caption"}:
            self._words.clear()
        elif name in _BLOCKS or name == "li":
            self._words.append(" ")

    def _open_item(self, tag: Tag) -> None:
        self._flush()
        ordered = tag.parent is not None and tag.parent.name == "ol"
        if not self._lists:
            self._lists.append(1)
        self._marker = "  " * (len(self._lists) - 1) + (f"{self._lists[-1]}. " if ordered else "- ")
        self._lists[-1] += 1

    def _close(self, tag: Tag) -> None:
        name = tag.name
        if name == "table":
            self._table_depth -= 1
            if self._table_depth == 0:
                self._words.clear()
                self._close_row()
                self._close_lines()
        elif self._table_depth:
            self._close_in_table(name)
        elif name in _HEADINGS:
            self._flush(level=_HEADINGS[name])
        elif name in _LISTS:
            self._flush()
            if self._lists:
                self._lists.pop()
            if not self._lists:
                self._close_lines()
        elif name == "li" or name in _BLOCKS or name == "pre":
            self._flush()
            self._preformatted -= name == "pre"

    def _close_in_table(self, name: str) -> None:
        if self._table_depth > 1:
            return
        if name in {"td", "th"}:
            self._cells.append(clean("".join(self._words)))
            self._words.clear()
        elif name == "caption":
            self._blocks.append(Block(_folded(self._words)))
            self._words.clear()
        elif name == "tr":
            self._close_row()

    def _close_row(self) -> None:
        if row := table_row(self._cells):
            self._lines.append(row)
        self._cells = []

    def _flush(self, level: int = 0) -> None:
        """End a paragraph: it becomes an item of the open list, or a block."""
        text = _kept(self._words) if self._preformatted else _folded(self._words)
        self._words.clear()
        if not text:
            return
        if self._lists and not level:
            self._lines.append(self._marker + text)
            self._marker = ""
            return
        self._close_lines()
        self._blocks.append(Block(" ".join(text.split()) if level else text, level=level))

    def _close_lines(self) -> None:
        if self._lines:
            self._blocks.append(Block("\n".join(self._lines)))
            self._lines = []


def _folded(words: list[str]) -> str:
    lines = (" ".join(line.split()) for line in clean("".join(words)).split("\n"))
    return "\n".join(line for line in lines if line)


def _kept(words: list[str]) -> str:
    lines = (line.rstrip() for line in clean("".join(words)).split("\n"))
    return "\n".join(line for line in lines if line)
