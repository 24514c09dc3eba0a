"""The rows of traces: what was asked and how it was read. The payload is the agents' own JSON, not looked into."""

import time
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sqlalchemy import Connection, delete, insert, select, update

from .errors import NotFound
from .schema import collections, documents, trace_documents, traces

TraceStatus: TypeAlias = Literal["kept", "document deleted"]


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """A stored trace. ``document_ids`` are the documents that it quotes; when one of them is deleted, the payload
    becomes empty and the status says so."""

    trace_id: str
    tenant: str
    collection: str
    created: float
    question: str
    status: TraceStatus
    payload: str
    document_ids: frozenset[str]


def put_trace(
    connection: Connection,
    collection_id: int,
    trace_id: str,
    question: str,
    payload: str,
    document_ids: frozenset[str],
) -> None:
    """Store a trace, in place of one with the same id. Quotes of a document deleted meanwhile are not stored."""
    known = connection.scalars(
        select(documents.c.document_id).filter(
            documents.c.collection_id == collection_id, documents.c.document_id.in_(document_ids)
        )
    )
    complete = set(known) == document_ids
    connection.execute(delete(traces).filter_by(trace_id=trace_id))
    connection.execute(
        insert(traces).values(
            trace_id=trace_id,
            collection_id=collection_id,
            created=time.time(),
            question=question,
            status="kept" if complete else "document deleted",
            payload=payload if complete else "",
        )
    )
    links = [{"trace_id": trace_id, "document_id": document_id} for document_id in sorted(document_ids)]
    if links:
        connection.execute(insert(trace_documents), links)


def load_trace(connection: Connection, trace_id: str) -> TraceRecord:
    """Return one trace.

    Raises:
        NotFound: there is none of this id.
    """
    query = (
        select(traces, collections.c.tenant, collections.c.name).join(collections).filter(traces.c.trace_id == trace_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no trace {trace_id}.", hint="`longreader trace` lists the latest.", trace_id=trace_id)
    links = select(trace_documents.c.document_id).filter_by(trace_id=trace_id)
    return TraceRecord(
        trace_id=row.trace_id,
        tenant=row.tenant,
        collection=row.name,
        created=row.created,
        question=row.question,
        status=row.status,
        payload=row.payload,
        document_ids=frozenset(connection.scalars(links)),
    )


def newest_traces(connection: Connection, limit: int, offset: int = 0) -> list[TraceRecord]:
    """Return the newest traces, newest first, but for the first ``offset`` of them."""
    newest = select(traces.c.trace_id).order_by(traces.c.created.desc(), traces.c.trace_id)
    ids = connection.scalars(newest.limit(limit).offset(offset)).all()
    return [load_trace(connection, trace_id) for trace_id in ids]


def strike_out(connection: Connection, document_id: str) -> None:
    """Empty every trace that quotes the document."""
    quoting = select(trace_documents.c.trace_id).filter_by(document_id=document_id)
    connection.execute(
        update(traces).where(traces.c.trace_id.in_(quoting)).values(status="document deleted", payload="")
    )
