"""Traces: how each question was read. Listed, fetched."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from ....agents.trace import Trace
from ....graph_store.errors import NotFound
from ....graph_store.traces import TraceStatus
from ..problems import InvalidRequest, documented
from ..tenant import TenantReader

router = APIRouter(prefix="/v1/traces", tags=["traces"])


class TraceLine(BaseModel):
    """A stored trace."""

    trace_id: str = Field(examples=["t0123456789"])
    collection: str = Field(examples=["default"])
    created: datetime
    question: str = Field(examples=["What is the yearly fee?"])
    status: TraceStatus = Field(description="A trace that quotes a deleted document has lost its content.")


@router.get("", responses=documented(InvalidRequest), summary="List traces")
async def list_traces(
    reader: TenantReader,
    limit: Annotated[int, Query(ge=1, le=200, description="The most.")] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
) -> list[TraceLine]:
    """List the traces of questions, newest first."""
    records = await asyncio.to_thread(reader.traces, limit, offset)
    return [
        TraceLine(
            trace_id=record.trace_id,
            collection=record.collection,
            created=datetime.fromtimestamp(record.created, UTC),
            question=record.question,
            status=record.status,
        )
        for record in records
    ]


@router.get("/{trace_id}", responses=documented(NotFound, InvalidRequest), summary="Get a trace")
async def get_trace(
    trace_id: Annotated[str, Path(max_length=100, examples=["t0123456789"])], reader: TenantReader
) -> Trace:
    """Return how a question was read: its plan, steps, notebooks, calls and answer."""
    return await asyncio.to_thread(reader.trace, trace_id)
