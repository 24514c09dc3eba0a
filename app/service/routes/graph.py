"""The note graph of a collection: its nodes listed, one node with facts and neighbors, all of it exported."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from ....graph_store.errors import NotFound
from ....graph_store.graph_export import to_graphml, to_json
from ...async_reader import AsyncReader
from ..problems import documented
from ..tenant import TenantReader
from .collections import CollectionName
from .documents import Span

router = APIRouter(prefix="/v1/collections/{collection}/graph", tags=["graph"])

_MEDIA_TYPES = {"graphml": "application/graphml+xml", "json": "application/json"}
_RECORDS = {"type": "array", "items": {"type": "object"}}
_EXPORTED = {
    "application/json": {
        "schema": {"type": "object", "properties": {"nodes": _RECORDS, "edges": _RECORDS}},
        "example": {"nodes": [], "edges": []},
    },
    "application/graphml+xml": {"schema": {"type": "string"}, "example": "<graphml>…</graphml>"},
}


class NodeLine(BaseModel):
    """A node: a key element that facts name."""

    key: str = Field(examples=["ada brunn"])
    name: str = Field(description="Its most frequent written form.", examples=["Ada Brunn"])
    fact_count: int = Field(examples=[12])


class NodePage(BaseModel):
    """A part of the list of nodes."""

    nodes: list[NodeLine]
    total_count: int = Field(description="All nodes that fit.", examples=[5_200])


class PlacedFact(BaseModel):
    """An atomic fact with its document and page."""

    fact_id: str
    document_id: str = Field(examples=["d5f0c1d2e3a"])
    title: str = Field(examples=["Rules of the club"])
    page: int = Field(examples=[1])
    text: str = Field(examples=["The club was founded by Ada Brunn in 1961."])
    span: Span = Field(description="The place of its words in the document's text, or else of its chunk.")


class Neighbor(BaseModel):
    """A node that shares facts with another one."""

    key: str = Field(examples=["club"])
    name: str = Field(examples=["club"])
    weight: int = Field(description="The number of facts in which both stand.", examples=[3])


class Node(NodeLine):
    """A node with some of its facts, and the best of its neighbors."""

    facts: list[PlacedFact]
    neighbors: list[Neighbor] = Field(description="Those that share the most facts first.")


@router.get("", responses=documented(NotFound), summary="List nodes")
async def list_nodes(
    collection: CollectionName,
    reader: TenantReader,
    containing: Annotated[str, Query(max_length=200, description="Only nodes in whose name this stands.")] = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="The most.")] = 50,
) -> NodePage:
    """List the nodes of a collection's note graph, those of the most facts first."""
    given = {"collection": collection, "containing": containing, "offset": offset, "limit": limit}
    return NodePage.model_validate(asdict(await asyncio.to_thread(reader.nodes, **given)))


@router.get("/nodes/{node:path}", responses=documented(NotFound), summary="Show a node")
async def show_node(
    collection: CollectionName,
    node: Annotated[str, Path(description="A node's key or name.", max_length=500, examples=["ada brunn"])],
    reader: TenantReader,
    fact_offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many facts to pass over.")] = 0,
    fact_limit: Annotated[int, Query(ge=0, le=200, description="The most facts.")] = 20,
    neighbor_limit: Annotated[int, Query(ge=0, le=500, description="The most neighbors.")] = 20,
) -> Node:
    """Show a node with its facts and neighbors."""
    found = await asyncio.to_thread(
        reader.node,
        node,
        collection=collection,
        fact_offset=fact_offset,
        fact_limit=fact_limit,
        neighbor_limit=neighbor_limit,
    )
    return Node.model_validate(asdict(found))


@router.get(
    "/export",
    response_class=Response,
    responses=documented(NotFound)
    | {
        200: {
            "description": "The whole graph, as a file.",
            "content": _EXPORTED,
        }
    },
    summary="Export the graph",
)
async def export_graph(
    collection: CollectionName,
    reader: TenantReader,
    format: Annotated[Literal["graphml", "json"], Query(description="GraphML, or NetworkX's node-link JSON.")] = "json",
    document_id: Annotated[
        str | None, Query(max_length=100, description="The nodes and facts of one document; default: of all.")
    ] = None,
) -> Response:
    """Export nodes with facts, and edges with weights. Of a million words it takes seconds."""
    content = await asyncio.to_thread(_export, reader, collection, document_id, format)
    headers = {"Content-Disposition": f'attachment; filename="graph.{format}"'}
    return Response(content, headers=headers, media_type=_MEDIA_TYPES[format])


def _export(reader: AsyncReader, collection: str, document_id: str | None, form: str) -> bytes:
    graph = reader.graph(document_id, collection)
    return (to_graphml(graph) if form == "graphml" else to_json(graph)).encode()
