"""The first step of adding a document: its bytes are parsed, cut into chunks and passages, and stored."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import documents
from .chunking import cut_chunks
from .collection import Collection
from .document import Document, ParsedDocument
from .parsers.confined import ParseLimits, parse_confined
from .passages import cut_passages
from .progress import Clock, Progress, Report
from .store import Store


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is made from, and how it is to be cut and noted."""

    data: bytes
    file_name: str
    content_hash: str
    notes_kind: str
    count_tokens: Callable[[str], int]
    max_chunk_tokens: int
    counts_slowly: bool = False
    limits: ParseLimits | None = None


async def store_cut(store: Store, collection: Collection, source: Source, report: Report) -> tuple[str, str]:
    """Parse, cut and store; return the document's id and what the parser remarked.

    Raises:
        InputError: the bytes cannot be read; nothing is stored.
    """
    parsed = await _parse(source, report)
    clock = Clock("chunk", 1, report)
    document = Document(
        document_id=documents.new_document_id(),
        content_hash=source.content_hash,
        title=parsed.title,
        media_type=parsed.media_type,
        text=parsed.text,
        pages=parsed.pages,
        headings=parsed.headings,
    )
    await asyncio.to_thread(_cut_and_store, store, collection, source, parsed, document)
    clock.advance(1)
    return document.document_id, parsed.remark


async def _parse(source: Source, report: Report) -> ParsedDocument:
    clock = Clock("parse", 1, report)
    loop = asyncio.get_running_loop()

    def report_page(done_count: int, page_count: int) -> None:
        loop.call_soon_threadsafe(report, Progress("parse", done_count, page_count, None))

    parse = partial(parse_confined, limits=source.limits) if source.limits else parse_confined
    parsed = await parse(source.data, source.file_name, on_page=report_page)
    clock.advance(1)
    return parsed


def _cut_and_store(
    store: Store, collection: Collection, source: Source, parsed: ParsedDocument, document: Document
) -> None:
    chunks = cut_chunks(
        parsed,
        document.document_id,
        source.count_tokens,
        source.max_chunk_tokens,
        counts_slowly=source.counts_slowly,
    )
    pieces = [(chunk, cut_passages(chunk, document.text)) for chunk in chunks]
    with store.files.keeping(store.database.writing(), source.content_hash, source.data) as connection:
        documents.insert_document(
            connection, collection.collection_id, document, source.file_name, source.notes_kind, pieces
        )
