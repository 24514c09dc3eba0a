"""Cached replies as rows of a PostgreSQL database: what one process paid for, none pays for again.

A document's replies go with it, in the transaction that deletes it, so there is nothing to forget afterwards.
"""

import logging
from collections.abc import Iterable
from typing import Literal, cast

from ...graph_store import reply_rows
from ...graph_store.database import Database
from ...graph_store.errors import StoreError
from ...graph_store.reply_rows import StoredReply
from .model import ModelReply
from .reply_cache import ENTRY_BYTES, KEPT_SHARE, MAX_BYTES

log = logging.getLogger(__name__)

_LOOKED_AFTER = 64
"""Replies stored by this process between two looks at what all take."""


class SharedReplies:
    """Replies in a database; see `Replies`. Safe to use from many threads and processes.

    Args:
        database: the store's; closing it is the store's.
        max_bytes: beyond it, about, the replies that were used longest ago go.
        looked_after: how many replies are stored before that is looked at.
    """

    def __init__(self, database: Database, max_bytes: int = MAX_BYTES, looked_after: int = _LOOKED_AFTER) -> None:
        self._database = database
        self._max_bytes = max_bytes
        self._looked_after = looked_after
        self._put_count = 0

    def get(self, key: str) -> ModelReply | None:
        """Return the reply to the request with this key, if it is there."""
        try:
            with self._database.reading() as connection:
                found = reply_rows.find_reply(connection, key)
            if found is None:
                return None
            reply, is_long_unused = found
            if is_long_unused:
                with self._database.writing() as connection:
                    reply_rows.touch(connection, key)
        except StoreError as error:
            log.warning("Cached replies cannot be read: %s", error)
            return None
        reason = cast("Literal['stop', 'length']", reply.finish_reason)
        tokens = reply.prompt_tokens, reply.completion_tokens
        return ModelReply(reply.text, reason, *tokens, seconds=0.0, from_cache=True)

    def put(self, key: str, reply: ModelReply, document_ids: Iterable[str]) -> None:
        """Keep a reply, unless one of its documents was deleted meanwhile."""
        stored = StoredReply(reply.text, reply.finish_reason, reply.prompt_tokens, reply.completion_tokens)
        byte_count = len(reply.text.encode("utf-8")) + ENTRY_BYTES
        self._put_count += 1
        try:
            with self._database.writing() as connection:
                reply_rows.put_reply(connection, key, stored, byte_count, frozenset(document_ids))
                if self._put_count % self._looked_after == 0:
                    reply_rows.shrink(connection, self._max_bytes, KEPT_SHARE)
        except StoreError as error:
            log.warning("A reply cannot be cached: %s", error)

    def forget(self, *document_ids: str) -> int:
        """Delete every reply that was made from one of the documents, and return how many those were.

        Raises:
            StoreError: they could not be deleted.
        """
        with self._database.writing() as connection:
            return reply_rows.forget(connection, document_ids)

    def document_ids(self) -> set[str]:
        """Return the documents that cached replies were made from."""
        with self._database.reading() as connection:
            return reply_rows.replied_documents(connection)

    def close(self) -> None:
        """Do nothing: the database is the store's."""
