"""Markdown to blocks: markup removed, code and tables kept as lines. HTML inside it is read by html.py."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..document import ParsedDocument
from .blocks import Block, assemble, table_row

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")


def parse_markdown(text: str, title: str) -> ParsedDocument:
    """Read CommonMark with tables; the first top heading (or the front matter's title) is the title."""
    from markdown_it import MarkdownIt

    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    blocks = _Blocks().read(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body))
    named = _FRONT_TITLE.search(front[1]) if front else None
    headings = [block for block in blocks if block.level == 1] or [block for block in blocks if block.level]
    title = named[1] if named else headings[0].text if headings else title
    return assemble(blocks, title, "text/markdown")


class _Blocks:
    """Walks the tokens of a document; a list is one block with a line an item."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._items: list[str] = []
        self._markers: list[str] = []
        self._pending_marker = ""
        self._rows: list[str] = []
        self._cells: list[str] = []
        self._markup: list[str] = []

    def read(self, tokens: "Sequence[Token]") -> list[Block]:
        for index, token in enumerate(tokens):
            if self._markup and token.type != "html_block":
                self._close_html()
            match token.type:
                case "inline":
                    self._inline(tokens[index - 1], token)
                case "fence" | "code_block":
                    self._add(_BLANK_LINES.sub("\n", token.content.strip("\n")))
                case "html_block":
                    self._markup.append(token.content)
                case "bullet_list_open":
                    self._markers.append("-")
                case "ordered_list_open":
                    self._markers.append(str(token.attrGet("start") or 1))
                case "bullet_list_close" | "ordered_list_close":
                    self._markers.pop()
                    if not self._markers:
                        self._close_list()
                case "list_item_open":
                    self._open_item()
                case "tr_close":
                    self._rows.append(table_row(self._cells))
                    self._cells = []
                case "table_close":
                    self._add("\n".join(row for row in self._rows if row))
                    self._rows = []
        self._close_html()
        self._close_list()
        return self._blocks

    def _inline(self, opening: "Token", token: "Token") -> None:
        text = _inline_text(token)
        if opening.type in {"th_open", "td_open"}:
            self._cells.append(text)
        elif opening.type == "heading_open" and not self._markers:
            self._add(" ".join(text.split()), level=int(opening.tag[1:]))
        else:
            self._add(text)

    def _open_item(self) -> None:
        marker = self._markers[-1]
        if marker.isdigit():
            self._markers[-1] = str(int(marker) + 1)
            marker += "."
        self._pending_marker = "  " * (len(self._markers) - 1) + marker + " "

    def _close_html(self) -> None:
        """Read neighbouring blocks of HTML as one: blank lines split even a table."""
        from .html import read_fragment

        markup = "".join(self._markup)
        self._markup = []
        for block in read_fragment(markup) if markup else ():
            self._add(block.text, block.level)

    def _add(self, text: str, level: int = 0) -> None:
        if not self._markers:
            self._blocks.append(Block(text, level))
        elif text:
            self._items.append(self._pending_marker + text)
            self._pending_marker = ""

    def _close_list(self) -> None:
        self._blocks.append(Block("\n".join(self._items)))
        self._items = []


def _inline_text(token: "Token") -> str:
    """Return the words of an inline token: soft breaks become blanks, hard ones line ends."""
    parts: list[str] = []
    for child in token.children or []:
        match child.type:
            case "text" | "code_inline":
                parts.append(child.content)
            case "softbreak":
                parts.append(" ")
            case "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(child.content)
            case "html_inline" if child.content.lower().startswith("<br"):
                parts.append("\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
