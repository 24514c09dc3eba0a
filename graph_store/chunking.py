"""Cuts a document into chunks. Passages are cut in passages.py, sentences found in sentences.py."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from .chunk import Chunk
from .document import ParsedDocument, Span
from .passages import cut_passages
from .sentences import sentences

__all__ = ["CountTokens", "cut_chunks", "cut_passages"]

CountTokens = Callable[[str], int]

_SAMPLE_CHARS = 8_000

_BLOCK_END = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_END = re.compile(r"\n")
_WORD_END = re.compile(r"\s+")


def cut_chunks(
    parsed: ParsedDocument,
    document_id: str,
    count_tokens: CountTokens,
    max_tokens: int = 2000,
    *,
    counts_slowly: bool = False,
) -> list[Chunk]:
    """Cut a document into chunks whose spans tile its text.

    Paragraphs and table blocks stay whole and a heading stays with what follows it. Only a block that is larger than
    a chunk is cut: at line ends, else at sentence ends, else between words, else between characters.

    Args:
        parsed: the document; its headings mark which blocks are headings.
        document_id: becomes part of each chunk's id, "<document_id>-<index>".
        count_tokens: the served model's count; called about once for a block and once for a chunk.
        max_tokens: 1 or more; no chunk's own count is above it, unless one single character's is.
        counts_slowly: a count is a request: short blocks are estimated, and a count is taken about once for a chunk.
            Chunks may then be cut a few blocks earlier or later.
    """
    if max_tokens < 1:
        raise ValueError(f"max_tokens must be at least 1, not {max_tokens}")
    estimate = _estimate(parsed.text, count_tokens) if counts_slowly else None
    cutter = _Cutter(parsed.text, count_tokens, max_tokens, estimate)
    units = list(_units(parsed))
    pieces = cutter.balance_last(cutter.pack(units), units)
    return [_chunk(parsed, document_id, index, span, count) for index, (span, count) in enumerate(pieces)]


def _estimate(text: str, count_tokens: CountTokens) -> CountTokens:
    """Return what guesses the tokens of a part of a text from how many its middle has."""
    middle = max(0, len(text) - _SAMPLE_CHARS) // 2
    sample = text[middle : middle + _SAMPLE_CHARS]
    share = count_tokens(sample) / max(1, len(sample))
    return lambda part: 1 + int(len(part) * share)


def _units(parsed: ParsedDocument) -> Iterator[Span]:
    """Yield the blocks with the white space behind them, headings together with the block that they head."""
    heading_starts = {heading.span.start for heading in parsed.headings}
    ends = [match.end() for match in _BLOCK_END.finditer(parsed.text)]
    if parsed.text and (not ends or ends[-1] < len(parsed.text)):
        ends.append(len(parsed.text))
    unit_start = block_start = 0
    for end in ends:
        if block_start not in heading_starts or end == len(parsed.text):
            yield Span(unit_start, end)
            unit_start = end
        block_start = end


class _Cutter:
    """Packs units into pieces of at most ``max_tokens`` by their own count; a piece is a span and that count."""

    def __init__(
        self, text: str, count_tokens: CountTokens, max_tokens: int, estimate: CountTokens | None = None
    ) -> None:
        self._text = text
        self._count_tokens = count_tokens
        self._max_tokens = max_tokens
        self._estimate = estimate

    def _count(self, span: Span) -> int:
        return self._count_tokens(span.of(self._text))

    def pack(self, units: list[Span]) -> list[tuple[Span, int]]:
        pieces: list[tuple[Span, int]] = []
        held: list[tuple[Span, int]] = []
        held_tokens = 0
        for span in units:
            for piece in self._fitting(span):
                if held and held_tokens + piece[1] > self._max_tokens:
                    pieces.extend(self._close(held))
                    held, held_tokens = [], 0
                held.append(piece)
                held_tokens += piece[1]
        pieces.extend(self._close(held))
        return pieces

    def _close(self, held: list[tuple[Span, int]]) -> Iterator[tuple[Span, int]]:
        """Yield the held units as one piece, or as more where the joined text counts more than its parts."""
        while held:
            kept = len(held)
            while True:
                span = Span(held[0][0].start, held[kept - 1][0].end)
                token_count = held[0][1] if kept == 1 and self._estimate is None else self._count(span)
                if kept == 1 or token_count <= self._max_tokens:
                    break
                kept -= 1
            yield span, token_count
            held = held[kept:]

    def _fitting(self, span: Span) -> list[tuple[Span, int]]:
        text = span.of(self._text)
        # No vocabulary has more tokens than bytes (and one in front), so a block as short as that fits for certain.
        if self._estimate is not None and len(text.encode("utf-8", "replace")) < self._max_tokens:
            return [(span, min(self._estimate(text), self._max_tokens))]
        token_count = self._count_tokens(text)
        return [(span, token_count)] if token_count <= self._max_tokens else list(self._cut(span, token_count))

    def _cut(self, span: Span, token_count: int) -> Iterator[tuple[Span, int]]:
        """Yield pieces of a span that is too large, of about even size, from places where a cut hurts least."""
        cuts = _cut_places(self._text, span)
        start, left_tokens = span.start, token_count
        while start < span.end:
            piece_count = -(-left_tokens // self._max_tokens)
            room = max(1, (span.end - start) // piece_count)
            if piece_count > 1:
                room = min(room + room // 10, max(1, (span.end - start) * self._max_tokens // left_tokens))
            piece, piece_tokens = self._largest(start, span.end, room, cuts)
            yield piece, piece_tokens
            start = piece.end
            left_tokens = max(1, left_tokens - piece_tokens)

    def _largest(self, start: int, end: int, room: int, cuts: list[list[int]]) -> tuple[Span, int]:
        while True:
            piece = Span(start, _best_cut(start, min(start + room, end), end, cuts))
            token_count = self._count(piece)
            if token_count <= self._max_tokens or len(piece) == 1:
                return piece, token_count
            room = max(1, min(len(piece) - 1, len(piece) * self._max_tokens * 9 // (token_count * 10)))

    def balance_last(self, pieces: list[tuple[Span, int]], units: list[Span]) -> list[tuple[Span, int]]:
        """Share the last two pieces out evenly, between units, where the last is less than a quarter full."""
        if len(pieces) < 2 or pieces[-1][1] * 4 >= self._max_tokens:
            return pieces
        (before, before_tokens), (last, last_tokens) = pieces[-2:]
        wanted = before.end - len(before) * (before_tokens - last_tokens) // (2 * max(before_tokens, 1))
        starts = [unit.start for unit in units if before.start < unit.start < before.end]
        if not starts:
            return pieces
        cut = min(starts, key=lambda start: abs(start - wanted))
        halves = [(half, self._count(half)) for half in (Span(before.start, cut), Span(cut, last.end))]
        fits = all(token_count <= self._max_tokens for _, token_count in halves)
        return pieces[:-2] + halves if fits else pieces


def _cut_places(text: str, span: Span) -> list[list[int]]:
    """Return the places inside a span where it may be cut: after lines, after sentences, after words."""
    return [
        [match.end() for match in _LINE_END.finditer(text, span.start, span.end)],
        [span.start + sentence.start for sentence in sentences(span.of(text))],
        [match.end() for match in _WORD_END.finditer(text, span.start, span.end)],
    ]


def _best_cut(start: int, target: int, end: int, cuts: list[list[int]]) -> int:
    """Return the last good place before ``target``; a better kind of place is taken if it fills half the room."""
    if target >= end:
        return end
    for places in cuts:
        index = bisect_right(places, target) - 1
        if index >= 0 and places[index] > start + (target - start) // 2:
            return places[index]
    return target


def _chunk(parsed: ParsedDocument, document_id: str, index: int, span: Span, token_count: int) -> Chunk:
    last = span.start + max(len(span.of(parsed.text).rstrip()) - 1, 0)
    first_page, last_page = (
        parsed.pages[max(bisect_right(parsed.pages, at, key=lambda page: page.span.start) - 1, 0)].number
        for at in (span.start, last)
    )
    section = _section(parsed, span)
    return Chunk(f"{document_id}-{index}", document_id, index, span, first_page, last_page, token_count, section)


def _section(parsed: ParsedDocument, span: Span) -> str:
    """Return the heading in force where the chunk starts, else the first heading in it, else nothing."""
    index = bisect_right(parsed.headings, span.start, key=lambda heading: heading.span.start) - 1
    if index >= 0:
        return parsed.headings[index].span.of(parsed.text)
    first = next((heading.span for heading in parsed.headings if heading.span.start < span.end), None)
    return first.of(parsed.text) if first else ""
