"""Collections: listed, made, deleted."""

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Path, Response, status
from pydantic import BaseModel, Field

from ....graph_store.errors import NotFound
from ..problems import InvalidRequest, documented
from ..tenant import AllJobs, Tenant, TenantReader

router = APIRouter(prefix="/v1/collections", tags=["collections"])

NAME = r"^[\w][\w .-]{0,99}$"
"""What a new collection may be called: it stands in addresses."""

CollectionName = Annotated[str, Path(description="The collection's name.", examples=["default"], max_length=200)]


class Collection(BaseModel):
    """A collection of documents."""

    name: str = Field(examples=["reports"])
    document_count: int = Field(description="Its documents, in whatever state.", examples=[3])


class NewCollection(BaseModel):
    """A collection to be made."""

    name: str = Field(pattern=NAME, description="Letters, digits, blanks, and . _ - within.", examples=["reports"])


def require_name(name: str) -> None:
    """Check what a new collection is to be called.

    Raises:
        InvalidRequest: it cannot stand in an address.
    """
    if not re.fullmatch(NAME, name):
        raise InvalidRequest(f"A collection cannot be called “{name}”: letters, digits, blanks, and . _ - within.")


@router.get("", summary="List collections")
async def list_collections(reader: TenantReader) -> list[Collection]:
    """List all collections by name."""
    found = await asyncio.to_thread(reader.collections)
    return [Collection(name=info.name, document_count=info.document_count) for info in found]


@router.post("", status_code=status.HTTP_201_CREATED, summary="Make a collection")
async def make_collection(new: NewCollection, reader: TenantReader) -> Collection:
    """Make a collection, or return the one of this name. Uploading into a new name makes it too."""
    info = await asyncio.to_thread(reader.make_collection, new.name)
    return Collection(name=info.name, document_count=info.document_count)


@router.delete(
    "/{collection}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(NotFound),
    summary="Delete a collection",
)
async def delete_collection(collection: CollectionName, reader: TenantReader, jobs: AllJobs, tenant: Tenant) -> None:
    """Delete a collection with its documents, traces and chats, and all that was made from them."""
    await asyncio.to_thread(reader.documents, collection)
    await jobs.forget_collection(tenant, collection)
    await reader.delete_collection(collection)
