"""Reads files of any format and prints a table: words, pages, chunks, spans checked, seconds.

    python benchmarks/files.py FILE_OR_FOLDER [...]

Needs the vocabulary of the default weights (`longreader model pull`); no model runs. A span is checked against the
text that it stands for: pages and chunks tile the document, headings and passages lie where they say without white
space at their ends, a fact's words stand at its place. Exit code 1 if one does not hold or a file is refused.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from longreader import ReaderError, Settings, Span
from longreader.app.engine import Engine
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.chunking import CountTokens, cut_chunks
from longreader.graph_store.document import ParsedDocument
from longreader.graph_store.extractive import ExtractiveNotesWriter
from longreader.graph_store.note import Notes
from longreader.graph_store.parsers.confined import parse_confined
from longreader.graph_store.passages import cut_passages
from longreader.graph_store.quote import find_quote


@dataclass(frozen=True, slots=True)
class FileFigures:
    """A line of the table."""

    name: str
    format: str
    words: int
    pages: int
    headings: int
    chunks: int
    facts: int
    spans: int
    wrong_spans: int
    parse_seconds: float
    note_seconds: float
    remark: str


async def read(path: Path, count_tokens: CountTokens) -> FileFigures:
    """Parse, cut and note a file, and check every span. Raises ReaderError where it cannot be read."""
    started = time.perf_counter()
    parsed = await parse_confined(await asyncio.to_thread(path.read_bytes), path.name)
    parsed_at = time.perf_counter()
    chunks = await asyncio.to_thread(cut_chunks, parsed, "d", count_tokens, Settings().ingest.chunk_tokens)
    notes = await ExtractiveNotesWriter().write(chunks, [chunk.span.of(parsed.text) for chunk in chunks])
    noted_at = time.perf_counter()
    checks = list(checked_spans(parsed, chunks, notes))
    return FileFigures(
        name=path.name,
        format=parsed.media_type.rpartition("/")[2].rpartition(".")[2],
        words=len(parsed.text.split()),
        pages=len(parsed.pages),
        headings=len(parsed.headings),
        chunks=len(chunks),
        facts=sum(len(note.facts) for note in notes),
        spans=len(checks),
        wrong_spans=checks.count(False),
        parse_seconds=parsed_at - started,
        note_seconds=noted_at - parsed_at,
        remark=parsed.remark,
    )


def checked_spans(parsed: ParsedDocument, chunks: Sequence[Chunk], notes: Sequence[Notes]) -> Iterator[bool]:
    """Yield for every span of a document whether it holds."""
    text = parsed.text
    yield from _tiling([page.span for page in parsed.pages], len(text))
    yield from _tiling([chunk.span for chunk in chunks], len(text))
    for heading in parsed.headings:
        yield _is_trimmed(heading.span, text) and "\n" not in heading.span.of(text)
    for chunk, of_chunk in zip(chunks, notes, strict=True):
        for passage in cut_passages(chunk, text):
            yield _is_trimmed(passage.span, text) and _lies_in(passage.span, chunk.span)
        for fact in of_chunk.facts:
            yield fact.span is not None and _lies_in(fact.span, chunk.span) and _says(fact.span.of(text), fact.text)


def _tiling(spans: Sequence[Span], length: int) -> Iterator[bool]:
    yield spans[0].start == 0
    yield from (before.end == after.start for before, after in pairwise(spans))
    yield spans[-1].end == length


def _lies_in(span: Span, outer: Span) -> bool:
    return outer.start <= span.start < span.end <= outer.end


def _is_trimmed(span: Span, text: str) -> bool:
    words = span.of(text)
    return bool(words) and words == words.strip()


def _says(place: str, fact: str) -> bool:
    return find_quote(place, fact) is not None


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are named, or that lie in the folders that are."""
    for path in paths:
        yield from sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def line(figures: FileFigures) -> str:
    """Return a line of the table."""
    counts = (figures.words, figures.pages, figures.headings, figures.chunks, figures.facts, figures.spans)
    wrong = f"{figures.wrong_spans} wrong" if figures.wrong_spans else "all hold"
    seconds = f"{figures.parse_seconds:.1f} | {figures.note_seconds:.1f}"
    told = " | ".join(f"{count:,}" for count in counts)
    return f"| {figures.name} | {figures.format} | {told} | {wrong} | {seconds} | {figures.remark} |"


async def main(paths: Sequence[Path]) -> bool:
    """Print the table; return whether all held."""
    counter = await Engine(Settings()).counter()
    heads = "file format words pages headings chunks facts spans-checked held parse-seconds note-seconds remark".split()
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    held = True
    for path in files_in(paths):
        try:
            figures = await read(path, counter.count_text)
        except ReaderError as error:
            print(f"| {path.name} | {type(error).__name__}: {error.message} |", flush=True)
            held = False
        else:
            print(line(figures), flush=True)
            held = held and not figures.wrong_spans
    return held


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path)
    sys.exit(not asyncio.run(main(parser.parse_args().paths)))
