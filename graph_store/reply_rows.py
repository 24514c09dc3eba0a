"""The rows of the model's cached replies, where a PostgreSQL database keeps them: so that a document's replies go in
the transaction that deletes it, for every process. Beside a SQLite database they are a file that agents/llm owns."""

import time
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from .documents import stored_ids
from .postgres_schema import replies, reply_documents

_SAME_USE_SECONDS = 3600.0
"""A reply that was used so lately need not be noted as used again."""


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply as it is kept."""

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


def find_reply(connection: Connection, key: str) -> tuple[StoredReply, bool] | None:
    """Return the reply of this key, if it is there, and whether it is time to `touch` it."""
    r = replies.c
    query = select(r.text, r.finish_reason, r.prompt_tokens, r.completion_tokens, r.used).filter_by(key=key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    *fields, used = row
    return StoredReply(*fields), time.time() - used > _SAME_USE_SECONDS


def touch(connection: Connection, key: str) -> None:
    """Note that a reply was used now."""
    connection.execute(update(replies).filter_by(key=key).values(used=time.time()))


def put_reply(
    connection: Connection, key: str, reply: StoredReply, byte_count: int, document_ids: Collection[str]
) -> None:
    """Store a reply that is not there, unless one of its documents is gone: its words must not stay."""
    if not stored_ids(connection).issuperset(document_ids):
        return
    row = {
        "key": key,
        "text": reply.text,
        "finish_reason": reply.finish_reason,
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "byte_count": byte_count,
        "used": time.time(),
    }
    connection.execute(insert_or_leave(replies).values(row).on_conflict_do_nothing())
    links = [{"document_id": document_id, "key": key} for document_id in sorted(document_ids)]
    if links:
        connection.execute(insert_or_leave(reply_documents).on_conflict_do_nothing(), links)


def shrink(connection: Connection, max_bytes: int, kept_share: float) -> None:
    """Where replies take more than ``max_bytes``, drop those that were used longest ago down to a share of it."""
    if stored_bytes(connection) <= max_bytes:
        return
    r = replies.c
    size = func.sum(r.byte_count).over(order_by=(r.used.desc(), r.key)).label("size")
    ranked = select(r.key, size).subquery()
    beyond = select(ranked.c.key).where(ranked.c.size > max_bytes * kept_share)
    connection.execute(delete(replies).where(r.key.in_(beyond)))


def stored_bytes(connection: Connection) -> int:
    """Return how much all replies take, about."""
    return int(connection.scalar(select(func.coalesce(func.sum(replies.c.byte_count), 0))) or 0)


def replied_documents(connection: Connection) -> set[str]:
    """Return the documents that cached replies were made from."""
    return set(connection.scalars(select(reply_documents.c.document_id).distinct()))


def forget(connection: Connection, document_ids: Collection[str]) -> int:
    """Delete every reply that was made from one of the documents, and return how many; none where they are a file."""
    if connection.dialect.name != "postgresql":
        return 0
    made = select(reply_documents.c.key).where(reply_documents.c.document_id.in_(document_ids))
    return connection.execute(delete(replies).where(replies.c.key.in_(made))).rowcount
