"""Blocks in reading order, and the document made from them. Every parser hands its blocks over here."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..document import Heading, Page, ParsedDocument, Span

CELL_BREAK = " | "


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list, table or code block: text without blank lines.

    ``level`` is that of a heading, 0 for anything else. ``page`` is the 1-based page where the block starts;
    ``page_breaks`` are (offset in its text, page) for pages that start inside it.
    """

    text: str
    level: int = 0
    page: int = 1
    page_breaks: tuple[tuple[int, int], ...] = ()


def table_row(cells: Iterable[str]) -> str:
    """Return a table row as a line: cells with their white space folded, empty ones at the end left out."""
    folded = [" ".join(cell.split()) for cell in cells]
    while folded and not folded[-1]:
        folded.pop()
    return CELL_BREAK.join(folded) if any(folded) else ""


def assemble(blocks: Iterable[Block], title: str, media_type: str, page_count: int = 1) -> ParsedDocument:
    """Join blocks with blank lines and note where pages and headings lie; blocks of white space are left out."""
    texts: list[str] = []
    headings: list[Heading] = []
    page_starts: dict[int, int] = {}
    offset = 0
    for block in blocks:
        text = block.text.strip()
        if not text:
            continue
        lead = len(block.text) - len(block.text.lstrip())
        page_starts.setdefault(block.page, offset)
        for place, page in block.page_breaks:
            page_starts.setdefault(page, offset + min(max(place - lead, 0), len(text)))
        if block.level:
            headings.append(Heading(Span(offset, offset + len(text)), min(block.level, 6)))
        texts.append(text)
        offset += len(text) + 2
    text = "\n\n".join(texts)
    return ParsedDocument(title, media_type, text, _pages(page_starts, page_count, len(text)), tuple(headings))


def _pages(starts: dict[int, int], page_count: int, length: int) -> tuple[Page, ...]:
    """Return pages that tile the text; a page without text has an empty span where the next one starts."""
    pages: list[Page] = []
    end = length
    for number in range(page_count, 0, -1):
        start = 0 if number == 1 else min(starts.get(number, end), end)
        pages.append(Page(number, Span(start, end)))
        end = start
    return tuple(reversed(pages))
