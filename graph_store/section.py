"""The section of a passage: where it begins, and what stands above it, its heading and the head of its table.

Finding headings and tables in a file is the parsers'.
"""

import re
from bisect import bisect_right

from .document import Document, Span
from .table_row import is_row

_CAPTION = re.compile(r"(?:table|figure|fig\.|chart|exhibit|graph)\s+[\dA-Z]", re.IGNORECASE)
_PICTURE = re.compile(r"(?:figure|fig\.|chart|graph)\s+[\dA-Z]", re.IGNORECASE)


def lead_of(document: Document, span: Span) -> str:
    """Return the heading that a span stands under, and the first row of the table in whose midst it begins.

    A table's caption heads its rows and not the prose after it, a picture's caption heads nothing. A heading inside the
    span is none above it.

    Returns:
        "Heading", "Heading: First | Row", "First | Row", or nothing.
    """
    head = _table_head(document.text, span)
    return ": ".join(part for part in (_heading(document, span), head) if part)


def section_start(document: Document, span: Span) -> int:
    """Return where the section begins that a span begins in: the offset of its heading, or 0 before the first."""
    index = bisect_right(document.headings, span.start, key=lambda heading: heading.span.start) - 1
    return document.headings[index].span.start if index >= 0 else 0


def _heading(document: Document, span: Span) -> str:
    starts_in_table = is_row(_line(document.text, span.start))
    unfit = _PICTURE if starts_in_table else _CAPTION
    index = bisect_right(document.headings, span.start, key=lambda heading: heading.span.start) - 1
    for heading in reversed(document.headings[: index + 1]):
        if heading.span.end > span.start:
            return ""
        words = " ".join(heading.span.of(document.text).split())
        if not unfit.match(words):
            return words
    return ""


def _table_head(text: str, span: Span) -> str:
    block_start = text.rfind("\n\n", 0, span.start) + 2
    if block_start < 2 or not text[block_start : span.start].strip() or not is_row(_line(text, span.start)):
        return ""
    head = _line(text, block_start).strip()
    return head if is_row(head) else ""


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]
