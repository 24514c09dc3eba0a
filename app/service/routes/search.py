"""Search without a model: the passages of a collection that fit a query."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ....graph_store.errors import NotFound
from ..problems import documented
from ..tenant import TenantReader
from .collections import CollectionName
from .documents import Span

router = APIRouter(prefix="/v1/collections/{collection}/search", tags=["search"])

MOST_CHARACTERS = 2_000


class FoundPassage(BaseModel):
    """A passage that was found."""

    document_id: str = Field(examples=["d5f0c1d2e3a"])
    chunk_id: str = Field(examples=["d5f0c1d2e3a.12"])
    title: str = Field(examples=["Rules of the club"])
    page: int = Field(description="The page on which it begins.", examples=[3])
    span: Span = Field(description="Its place in the document's text.")
    text: str = Field(examples=["The yearly fee is twelve crowns."])
    score: float = Field(description="In (0, 1]; it orders one search and means nothing across searches.", examples=[1])


@router.get("", responses=documented(NotFound), summary="Search passages")
async def search(
    collection: CollectionName,
    reader: TenantReader,
    q: Annotated[
        str, Query(min_length=1, max_length=MOST_CHARACTERS, description="Any text.", examples=["yearly fee"])
    ],
    limit: Annotated[int, Query(ge=1, le=100, description="The most passages.")] = 8,
    document_id: Annotated[
        list[str] | None, Query(max_length=100, description="Only in these documents; default: in all.")
    ] = None,
) -> list[FoundPassage]:
    """Find passages by meaning and by words, best first. No model is called."""
    only = None if document_id is None else frozenset(document_id)
    found = await reader.search(q, collection=collection, limit=limit, document_ids=only)
    return [FoundPassage.model_validate(asdict(passage)) for passage in found]
