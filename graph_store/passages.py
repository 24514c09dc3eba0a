"""Cuts a chunk into passages, the unit of search and of evidence. Chunks are cut in chunking.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .chunk import Chunk, Passage
from .document import Span
from .sentences import sentences

_BLOCK_END = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\S[^\n]*")
_WORD = re.compile(r"\S+")
_CELL_BREAK = " | "
_SHORT_WORDS = 25
_HEADING_WORDS = 15
_CHARACTERS_A_WORD = 12
"""Where blanks are rare (Chinese, long addresses), this many characters count as a word."""


@dataclass(slots=True)
class _Run:
    """Neighbouring pieces that will be one passage; ``open`` while further short blocks may join."""

    start: int
    end: int
    word_count: int
    open: bool = True


def cut_passages(chunk: Chunk, text: str, max_words: int = 120) -> list[Passage]:
    """Cut a chunk into passages: paragraphs, runs of short ones, pieces of long ones, rows of a table.

    Args:
        chunk: whose span lies in ``text``.
        text: the text of the whole document.
        max_words: 1 or more; no passage has more words.

    Returns:
        Passages numbered from 1, in order and disjoint, stripped of surrounding white space. Together they hold every
        character of the chunk that is not white space.
    """
    if max_words < 1:
        raise ValueError(f"max_words must be at least 1, not {max_words}")
    runs: list[_Run] = []
    for block in _blocks(text, chunk.span):
        _append_block(runs, text, block, max_words)
    return [
        Passage(f"{chunk.chunk_id}-{number}", chunk.chunk_id, chunk.document_id, number, Span(run.start, run.end))
        for number, run in enumerate(runs, 1)
    ]


def _append_block(runs: list[_Run], text: str, block: Span, max_words: int) -> None:
    word_count = _word_count(text, block)
    lead = runs[-1] if runs and runs[-1].open else None
    if word_count < _SHORT_WORDS:
        if lead and lead.word_count + word_count <= max_words:
            lead.end, lead.word_count = block.end, lead.word_count + word_count
            return
        runs.extend(_Run(piece.start, piece.end, count) for piece, count in _pieces(text, block, max_words))
        return
    lead = _split_off_heading(runs, text) if lead else None
    pieces = list(_pieces(text, block, max_words))
    room = max_words - lead.word_count if lead else max_words
    if lead and pieces[0][1] > room > 0:
        pieces = list(_pieces(text, block, max_words, first_words=room))
    for piece, count in pieces:
        if lead and lead.word_count + count <= max_words:
            lead.end, lead.word_count, lead.open = piece.end, lead.word_count + count, False
        else:
            runs.append(_Run(piece.start, piece.end, count, open=False))
        lead = None


def _split_off_heading(runs: list[_Run], text: str) -> _Run | None:
    """Return a run that holds only the headings at the end of the last run, or nothing where it has none."""
    run = runs[-1]
    run.open = False
    heading_start = run.end
    for block in reversed(list(_blocks(text, Span(run.start, run.end)))):
        if not _looks_like_heading(block.of(text)):
            break
        heading_start = block.start
    if heading_start == run.end:
        return None
    if heading_start > run.start:
        heading = Span(heading_start, run.end)
        run.end = run.start + len(text[run.start : heading_start].rstrip())
        run.word_count = _word_count(text, Span(run.start, run.end))
        runs.append(_Run(heading.start, heading.end, _word_count(text, heading)))
    return runs[-1]


def _looks_like_heading(block: str) -> bool:
    one_line = "\n" not in block and _CELL_BREAK not in block
    return one_line and block[-1] not in ".!?;,…" and len(block.split()) <= _HEADING_WORDS


def _pieces(text: str, block: Span, max_words: int, first_words: int | None = None) -> Iterator[tuple[Span, int]]:
    """Yield a block in pieces of at most ``max_words`` (the first: ``first_words``), with their counts of words."""
    room = first_words or max_words
    start = end = block.start
    held = 0
    for atom in _atoms(text, block, max_words):
        count = _word_count(text, atom)
        if held and held + count > room:
            yield Span(start, end), held
            start, held, room = atom.start, 0, max_words
        elif not held:
            start = atom.start
        end, held = atom.end, held + count
    if held:
        yield Span(start, end), held


def _atoms(text: str, block: Span, max_words: int) -> Iterator[Span]:
    """Yield what a block is made of and should not be torn: rows or sentences, or words of one that is too long."""
    if _CELL_BREAK in block.of(text):
        lines = _LINE.finditer(text, block.start, block.end)
        parts = [span for line in lines for span in _stripped(text, line.start(), line.end())]
    else:
        shift = block.start
        parts = [Span(part.start + shift, part.end + shift) for part in sentences(block.of(text))]
    for part in parts:
        if _word_count(text, part) <= max_words:
            yield part
        else:
            yield from _words(text, part, max_words)


def _words(text: str, part: Span, max_words: int) -> Iterator[Span]:
    for match in _WORD.finditer(text, part.start, part.end):
        word = Span(match.start(), match.end())
        step = len(word) if _word_count(text, word) <= max_words else _CHARACTERS_A_WORD
        for start in range(word.start, word.end, step):
            yield Span(start, min(start + step, word.end))


def _blocks(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for match in _BLOCK_END.finditer(text, span.start, span.end):
        yield from _stripped(text, start, match.start())
        start = match.end()
    yield from _stripped(text, start, span.end)


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if inner := piece.strip():
        stripped_start = start + piece.index(inner[0])
        yield Span(stripped_start, stripped_start + len(inner))


def _word_count(text: str, span: Span) -> int:
    return max(len(span.of(text).split()), -(-len(span) // _CHARACTERS_A_WORD))
