"""Keeps replies on disk so that no call is paid for twice, and forgets them with their documents.

Only replies and hashes are stored, never prompts. The file is derived data: a damaged one is set aside and a new one
is begun.
"""

import hashlib
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from ...graph_store.errors import StoreError
from .model import ModelReply, ModelRequest

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_BYTES = 256 * 1024 * 1024
KEPT_SHARE = 0.9
"""Share of the limit that is kept when it is reached, so that not every new reply removes an old one."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reply (
    key TEXT PRIMARY KEY, text TEXT NOT NULL, finish_reason TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
    byte_count INTEGER NOT NULL, used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_used ON reply (used);
CREATE TABLE IF NOT EXISTS reply_document (
    document_id TEXT NOT NULL, key TEXT NOT NULL REFERENCES reply ON DELETE CASCADE, PRIMARY KEY (document_id, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_document_key ON reply_document (key);
"""
_DAMAGED_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NO_SPACE_CODES = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
ENTRY_BYTES = 300
"""What a row and its links take beyond the text, about."""


def _code(error: sqlite3.DatabaseError) -> int:
    """Return SQLite's primary result code; 0 for errors of the driver itself, which have none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def request_key(model: str, request: ModelRequest) -> str:
    """Return the SHA-256 of all that the reply depends on; the other fields do not count."""
    sampling = [request.temperature, request.seed] if request.temperature > 0 else [0.0]
    messages = [[message.role, message.content] for message in request.messages]
    schema = None if request.schema is None else dict(request.schema)
    rendered = json.dumps([model, messages, schema, sampling, request.max_tokens], ensure_ascii=True)
    return hashlib.sha256(rendered.encode("ascii")).hexdigest()


class ReplyCache:
    """Replies in an SQLite file; see `Replies`. Safe to use from many threads of one process.

    Args:
        path: the file; its folder exists.
        max_bytes: beyond it the replies that were used longest ago go.

    Raises:
        StoreError: the file cannot be opened or made.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._forgotten: set[str] = set()
        with self._lock:
            self._connection = self._open_sound()

    def get(self, key: str) -> ModelReply | None:
        """Return the reply to the request with this key, if it is there."""
        reply = self._safely(lambda: self._get(key), None)
        if reply is not None:
            self._safely(lambda: self._touch(key), None)
        return reply

    def put(self, key: str, reply: ModelReply, document_ids: Iterable[str]) -> None:
        """Keep a reply, unless one of its documents was forgotten: a question under way may still hold its words.

        An id is never given twice, so what is forgotten stays forgotten.
        """
        self._safely(lambda: self._put(key, reply, frozenset(document_ids)), None)

    def forget(self, *document_ids: str) -> int:
        """Delete every reply that was made from one of the documents, down to the last byte in the file.

        Returns:
            The number of replies deleted.

        Raises:
            StoreError: they could not be deleted.
        """
        with self._lock:
            self._forgotten.update(document_ids)
            self._aside().unlink(missing_ok=True)
            try:
                return self._forget(document_ids)
            except sqlite3.DatabaseError as error:
                if _code(error) not in _DAMAGED_CODES:
                    raise StoreError("Cached replies could not be deleted.", path=str(self._path)) from error
                self._start_anew(error)
                self._aside().unlink(missing_ok=True)
                return 0

    def document_ids(self) -> set[str]:
        """Return the documents that cached replies were made from."""
        return self._safely(self._document_ids, set())

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _get(self, key: str) -> ModelReply | None:
        row = self._connection.execute(
            "SELECT text, finish_reason, prompt_tokens, completion_tokens FROM reply WHERE key = ?", (key,)
        ).fetchone()
        return ModelReply(*row, seconds=0.0, from_cache=True) if row else None

    def _touch(self, key: str) -> None:
        self._connection.execute("UPDATE reply SET used = (SELECT max(used) FROM reply) + 1 WHERE key = ?", (key,))

    def _put(self, key: str, reply: ModelReply, document_ids: frozenset[str]) -> None:
        if not self._forgotten.isdisjoint(document_ids):
            return
        byte_count = len(reply.text.encode("utf-8")) + ENTRY_BYTES
        row = (key, reply.text, reply.finish_reason, reply.prompt_tokens, reply.completion_tokens, byte_count)
        with self._connection as connection:
            connection.execute("BEGIN")
            connection.execute(
                "INSERT OR IGNORE INTO reply VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(used), 0) FROM reply) + 1)",
                row,
            )
            links = [(document_id, key) for document_id in document_ids]
            connection.executemany("INSERT OR IGNORE INTO reply_document VALUES (?, ?)", links)
        self._byte_count += byte_count
        if self._byte_count > self._max_bytes:
            self._shrink()

    def _shrink(self) -> None:
        kept = 0
        for used, byte_count in self._connection.execute(
            "SELECT used, byte_count FROM reply ORDER BY used DESC"
        ).fetchall():
            kept += byte_count
            if kept > self._max_bytes * KEPT_SHARE:
                self._connection.execute("DELETE FROM reply WHERE used <= ?", (used,))
                self._connection.execute("PRAGMA user_version = 1")
                break
        self._byte_count = self._stored_bytes(self._connection)

    def _document_ids(self) -> set[str]:
        return {row[0] for row in self._connection.execute("SELECT DISTINCT document_id FROM reply_document")}

    def _forget(self, document_ids: tuple[str, ...]) -> int:
        deleted = 0
        for document_id in document_ids:
            deleted += self._connection.execute(
                "DELETE FROM reply WHERE key IN (SELECT key FROM reply_document WHERE document_id = ?)", (document_id,)
            ).rowcount
        if deleted or self._connection.execute("PRAGMA user_version").fetchone() == (1,):
            self._wipe()
        self._byte_count = self._stored_bytes(self._connection)
        return deleted

    def _wipe(self) -> None:
        """Leave no deleted byte in the file.

        `secure_delete` alone does not do it: copies stay in the free part of pages that SQLite has rebalanced (seen
        with 3.40). So the file is written anew. ``user_version`` 1 says that replies were removed since it last was.
        """
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA user_version = 0")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _safely(self, action: Callable[[], T], otherwise: T) -> T:
        """Run the action; a cache that fails is a cache without the reply, never a failed question."""
        with self._lock:
            try:
                return action()
            except sqlite3.DatabaseError as error:
                if _code(error) in _DAMAGED_CODES:
                    self._start_anew(error)
                else:
                    log.warning("Reply cache %s: %s", self._path, error)
                return otherwise

    def _open_sound(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError as error:
            if _code(error) in _NO_SPACE_CODES:
                # Asking goes on without what is on disk; documents deleted meanwhile are forgotten at the next start.
                log.warning("Reply cache %s cannot be used, the disk is full: %s", self._path, error)
                return self._open(":memory:")
            raise StoreError(
                f"The reply cache {self._path} cannot be opened: {error}.", path=str(self._path)
            ) from error
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            return self._open()

    def _open(self, place: Path | str | None = None) -> sqlite3.Connection:
        connection = sqlite3.connect(place or self._path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")
            connection.executescript(_SCHEMA)
            self._byte_count = self._stored_bytes(connection)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    @staticmethod
    def _stored_bytes(connection: sqlite3.Connection) -> int:
        return connection.execute("SELECT coalesce(sum(byte_count), 0) FROM reply").fetchone()[0]

    def _start_anew(self, error: sqlite3.DatabaseError) -> None:
        self._connection.close()
        self._set_aside(error)
        self._connection = self._open()

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        log.warning("Reply cache %s is damaged (%s): set aside, started anew", self._path, error)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._path.replace(self._aside())

    def _aside(self) -> Path:
        return self._path.with_name(self._path.name + ".damaged")
