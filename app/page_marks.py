"""Where a span of the text stands on its page of a PDF, for `AsyncReader.boxes`."""

import asyncio

from ..graph_store.document import Document, Span
from ..graph_store.errors import NotFound
from ..graph_store.page_boxes import PageBoxes, boxes_on
from ..graph_store.parsers.confined import read_page_confined
from .services import Services

PDF = "application/pdf"


async def boxes(services: Services, document_id: str, number: int, span: Span | None, collection: str) -> PageBoxes:
    """Return the rectangles of what of a span stands on a page; see `AsyncReader.boxes`."""
    document = await asyncio.to_thread(_document, services, document_id, collection)
    page = next((page for page in document.pages if page.number == number), None)
    if page is None or document.media_type != PDF:
        raise NotFound(f"Document {document_id} is no PDF with a page {number}.", page=number)
    data = await asyncio.to_thread(lambda: services.original(document_id, collection).read())
    words = await read_page_confined(data, number)
    wanted = span or page.span
    if not wanted.overlaps(page.span):
        return PageBoxes(number, words.width, words.height, ())
    start, end = max(wanted.start, page.span.start), min(wanted.end, page.span.end)
    on_page = Span(start - page.span.start, end - page.span.start)
    found = await asyncio.to_thread(boxes_on, words, page.span.of(document.text), on_page)
    return PageBoxes(number, words.width, words.height, found)


def _document(services: Services, document_id: str, collection: str) -> Document:
    return services.collection(collection).document(document_id)
