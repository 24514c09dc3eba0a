"""Plain text: paragraphs hard-wrapped or not, lists, verse, columns, and headings that look like ones."""

import re
from collections.abc import Iterator

from ..document import ParsedDocument
from .blocks import CELL_BREAK, Block, assemble, table_row

_COLUMN_GAP = re.compile(r"\t+|(?<=\S) {3,}(?=\S)")
_LIST_ITEM = re.compile(r"\s*(?:[-*+•◦▪–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+\S")
_UNDERLINE = re.compile(r"\s*([=\-~*_#])\1{2,}\s*")
_NAMED_HEADING = re.compile(
    r"(?:chapter|part|book|section|appendix|act|scene|volume|lecture|item)\s+(?:[ivxlc]+|\d+[a-z]?|[a-z]|one|two|three"
    r"|four|five|six|seven|eight|nine|ten)\b.{0,70}",
    re.IGNORECASE,
)
_NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-Z].{0,70}")
_WRAP_WIDTHS = range(35, 141)
_PARAGRAPH_LINE = 140


def parse_plain(text: str, title: str) -> ParsedDocument:
    """Read plain text. Lines that were wrapped to a width are joined; all others keep their line ends."""
    width = _wrap_width(text)
    blocks = (block for lines in _groups(text) for block in _blocks(lines, width))
    return assemble(blocks, title, "text/plain")


def _groups(text: str) -> Iterator[list[str]]:
    """Yield runs of lines between blank lines."""
    group: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            group.append(line.rstrip())
        elif group:
            yield group
            group = []
    if group:
        yield group


def _wrap_width(text: str) -> int:
    """Return the width that the lines of paragraphs were wrapped to, or 0 where they were not."""
    lengths = sorted(
        len(line) for lines in _groups(text) for line in lines[:-1] if not _COLUMN_GAP.search(line.strip())
    )
    if not lengths:
        return 0
    width = lengths[len(lengths) * 9 // 10]
    return width if width in _WRAP_WIDTHS else 0


def _blocks(lines: list[str], width: int) -> Iterator[Block]:
    lines = [line for line in lines if not _UNDERLINE.fullmatch(line)] or []
    if not lines:
        return
    if _is_table(lines):
        yield Block("\n".join(table_row(_COLUMN_GAP.split(line.strip())) for line in lines))
        return
    paragraph = ""
    for line, before in zip(lines, ["", *lines], strict=False):
        words = " ".join(line.split())
        if not paragraph:
            paragraph = words
        elif _is_wrap(before, line, width):
            paragraph = _join(paragraph, words)
        elif max(len(before), len(line)) > _PARAGRAPH_LINE or _starts_paragraph(before, line, width):
            yield _block(paragraph)
            paragraph = words
        else:
            paragraph += "\n" + words
    yield _block(paragraph)


def _is_table(lines: list[str]) -> bool:
    return len(lines) > 1 and sum(bool(_COLUMN_GAP.search(line.strip())) for line in lines) * 3 >= len(lines) * 2


def _is_wrap(before: str, line: str, width: int) -> bool:
    """Tell whether a line end is there only because the next word did not fit any more."""
    if not width or _LIST_ITEM.match(line):
        return False
    return len(before) + 1 + len(line.split(None, 1)[0]) > width - 2


def _starts_paragraph(before: str, line: str, width: int) -> bool:
    indented = len(line) - len(line.lstrip()) > len(before) - len(before.lstrip())
    return bool(width) and indented and before.rstrip().endswith((".", "!", "?", '"', "”")) and len(line) > width * 0.6


def _join(paragraph: str, words: str) -> str:
    """Join a wrapped line; a word cut by a hyphen keeps it, since plain text rarely cuts words."""
    return f"{paragraph}{words}" if paragraph.endswith("-") and not paragraph.endswith(" -") else f"{paragraph} {words}"


def _block(text: str) -> Block:
    return Block(text, level=_heading_level(text))


def _heading_level(text: str) -> int:
    if "\n" in text or len(text) > 80 or CELL_BREAK in text or (text[-1] in ".,;:?!" and not text[:-1].isupper()):
        return 0
    if _NAMED_HEADING.fullmatch(text):
        return 1
    if numbered := _NUMBERED_HEADING.fullmatch(text):
        return min(numbered[1].count(".") + 1, 6)
    letters = [character for character in text if character.isalpha()]
    return 2 if len(letters) >= 4 and text.isupper() and len(text.split()) <= 12 else 0
