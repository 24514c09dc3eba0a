"""Documents of a collection: listed, shown, deleted; their text, original file, and the place of a span on a page.

Bringing files in is uploads.py's.
"""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Header, Path, Query, Response, status
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from ....graph_store.document import Document as StoredDocument
from ....graph_store.document import Span as StoredSpan
from ....graph_store.documents import DocumentInfo, Status
from ....graph_store.errors import DamagedInput, NotFound, TooLargeInput
from ....graph_store.note import NotesKind
from ..file_response import respond
from ..problems import InvalidRequest, documented
from ..tenant import AllJobs, Tenant, TenantReader
from .collections import CollectionName

router = APIRouter(prefix="/v1/collections/{collection}/documents", tags=["documents"])

MOST_CHARACTERS = 200_000
"""Most characters of a document's text in one response."""

DocumentId = Annotated[str, Path(description="The document's id.", max_length=100, examples=["d5f0c1d2e3a"])]
_Start = Annotated[int, Query(ge=0, description="Where the span begins, in characters.", examples=[1200])]
_End = Annotated[int | None, Query(ge=0, description="Where it ends, exclusive; default: the end.", examples=[1260])]


class DocumentLine(BaseModel):
    """A document as lists show it."""

    document_id: str = Field(examples=["d5f0c1d2e3a"])
    title: str = Field(examples=["Annual report 2023"])
    file_name: str = Field(examples=["report.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    status: Status = Field(description="Only a ready document is searched; a failed one says why in `error`.")
    error: str = ""
    notes: NotesKind = Field(description="Who writes its notes.")
    page_count: int = Field(examples=[222])
    word_count: int = Field(examples=[104_000])
    chunk_count: int = Field(examples=[180])
    fact_count: int = Field(examples=[4_200])
    dropped_count: int = Field(description="Facts refused because their chunk does not bear them out.", examples=[0])
    fallback_count: int = Field(description="Chunks that the model could not note, or not all of them.", examples=[0])
    created: datetime

    @classmethod
    def of(cls, info: DocumentInfo) -> Self:
        """Return the line of a stored document."""
        fields = asdict(info) | {"notes": info.notes_kind, "created": datetime.fromtimestamp(info.created, UTC)}
        return cls.model_validate(fields)


class DocumentPage(BaseModel):
    """A part of a collection's documents."""

    documents: list[DocumentLine]
    total_count: int = Field(description="All of the collection's documents.", examples=[1])


class Span(BaseModel):
    """A half-open range of characters in a document's text."""

    start: int = Field(ge=0, examples=[1200])
    end: int = Field(ge=0, examples=[1260])


class PageSpan(Span):
    """A page's place in the text."""

    number: int = Field(ge=1, description="From 1 on. Formats without pages have one.", examples=[1])


class HeadingSpan(Span):
    """A heading's place in the text."""

    level: int = Field(ge=1, le=6, examples=[1])
    text: str = Field(examples=["1 Overview"])


class Document(DocumentLine):
    """A document with its pages and headings."""

    character_count: int = Field(description="Length of its text.", examples=[612_000])
    pages: list[PageSpan]
    headings: list[HeadingSpan]

    @classmethod
    def made(cls, info: DocumentInfo, document: StoredDocument) -> Self:
        """Return what is shown of a stored document."""
        pages = [PageSpan(start=page.span.start, end=page.span.end, number=page.number) for page in document.pages]
        headings = [
            HeadingSpan(start=one.span.start, end=one.span.end, level=one.level, text=one.span.of(document.text))
            for one in document.headings
        ]
        line = DocumentLine.of(info).model_dump()
        return cls(**line, character_count=len(document.text), pages=pages, headings=headings)


class DocumentText(Span):
    """A part of a document's text."""

    text: str = Field(examples=["The yearly fee is twelve crowns."])
    character_count: int = Field(description="Length of the whole text.", examples=[612_000])


class Box(BaseModel):
    """A rectangle in points (1/72 inch), from the upper left corner of the page as it is seen."""

    left: float = Field(examples=[72.0])
    top: float = Field(examples=[140.5])
    right: float = Field(examples=[310.2])
    bottom: float = Field(examples=[152.5])


class PageBoxes(BaseModel):
    """Where a span stands on a page."""

    page: int = Field(examples=[3])
    width: float = Field(description="The page's width in points.", examples=[595.3])
    height: float = Field(description="The page's height in points.", examples=[841.9])
    boxes: list[Box] = Field(description="One a line; none where the page does not show the span.")


@router.get("", responses=documented(NotFound), summary="List documents")
async def list_documents(
    collection: CollectionName,
    reader: TenantReader,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="The most.")] = 100,
) -> DocumentPage:
    """List documents in the order added; also those being read, and failed ones."""
    found = await asyncio.to_thread(reader.documents, collection)
    lines = [DocumentLine.of(info) for info in found[offset : offset + limit]]
    return DocumentPage(documents=lines, total_count=len(found))


@router.get("/{document_id}", responses=documented(NotFound), summary="Show a document")
async def show_document(collection: CollectionName, document_id: DocumentId, reader: TenantReader) -> Document:
    """Show a document with its pages and headings."""
    info = await asyncio.to_thread(reader.document_info, document_id, collection)
    document = await asyncio.to_thread(reader.document, document_id, collection)
    return await asyncio.to_thread(Document.made, info, document)


@router.delete(
    "/{document_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(NotFound),
    summary="Delete a document",
)
async def delete_document(
    collection: CollectionName, document_id: DocumentId, reader: TenantReader, jobs: AllJobs, tenant: Tenant
) -> None:
    """Delete a document and all that came from it: file, notes, vectors, cached replies, quotes in traces and chats."""
    info = await asyncio.to_thread(reader.document_info, document_id, collection)
    await jobs.forget_document(tenant, collection, document_id, info.content_hash)
    await reader.delete(document_id, collection)


@router.get("/{document_id}/text", responses=documented(NotFound), summary="Read a document's text")
async def read_text(
    collection: CollectionName, document_id: DocumentId, reader: TenantReader, start: _Start = 0, end: _End = None
) -> DocumentText:
    """Read a span of the text as citations count it; at most 200,000 characters at once: `end` tells how far it is."""
    document = await asyncio.to_thread(reader.document, document_id, collection)
    length = len(document.text)
    begin = min(start, length)
    stop = max(begin, min(length if end is None else end, length, begin + MOST_CHARACTERS))
    return DocumentText(start=begin, end=stop, text=document.text[begin:stop], character_count=length)


@router.get(
    "/{document_id}/file",
    response_class=FileResponse,
    responses=documented(NotFound)
    | {200: {"description": "The bytes as they were uploaded.", "content": {"application/octet-stream": {}}}},
    summary="Fetch the original file",
)
async def fetch_file(
    collection: CollectionName,
    document_id: DocumentId,
    reader: TenantReader,
    asked: Annotated[str | None, Header(alias="Range", include_in_schema=False)] = None,
) -> Response:
    """Fetch the file as it was uploaded. Browsers are told to save it, never to show it as a page of this service."""
    info = await asyncio.to_thread(reader.document_info, document_id, collection)
    original = await asyncio.to_thread(reader.original, document_id, collection)
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return respond(original, info.file_name, info.content_hash, asked, headers)


@router.get(
    "/{document_id}/pages/{page}/boxes",
    responses=documented(NotFound, InvalidRequest, DamagedInput, TooLargeInput),
    summary="Find a span on a page",
)
async def find_boxes(
    collection: CollectionName,
    document_id: DocumentId,
    page: Annotated[int, Path(ge=1, le=1_000_000, description="The page, from 1 on.", examples=[1])],
    reader: TenantReader,
    start: _Start = 0,
    end: _End = None,
) -> PageBoxes:
    """Tell where on a page of a PDF a span of the text stands, a rectangle a line. Other formats have no such pages."""
    document = await asyncio.to_thread(reader.document, document_id, collection)
    length = len(document.text)
    begin = min(start, length)
    span = StoredSpan(begin, max(begin, min(length if end is None else end, length)))
    found = await reader.boxes(document_id, page, span, collection=collection)
    return PageBoxes.model_validate(asdict(found))
