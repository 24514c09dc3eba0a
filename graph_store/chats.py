"""Chats that persist: their titles and turns. An answer is the agents' own JSON, not looked into.

When a document is deleted, every turn that quotes it loses its answer and the question as it was read; what was typed
stays.
"""

import time
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from .database import Database
from .errors import NotFound
from .schema import chats, collections, documents, turn_documents, turns

TurnStatus: TypeAlias = Literal["kept", "document deleted"]


@dataclass(frozen=True, slots=True)
class ChatRecord:
    """A stored chat. ``changed`` is when its last turn came; both times are seconds since the epoch."""

    chat_id: str
    collection: str
    title: str
    created: float
    changed: float
    turn_count: int


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn of a stored chat, counted from 1. ``document_ids`` are the documents whose words it may hold; when one of
    them is deleted, ``standalone`` and ``answer`` become empty and the status says so."""

    number: int
    created: float
    question: str
    standalone: str
    answer: str
    trace_id: str
    status: TurnStatus
    document_ids: frozenset[str]


class Chats:
    """The chats of a data folder. Safe to use from many threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, collection_id: int, title: str, chat_id: str | None = None) -> str:
        """Store a chat without turns and return its id, which is a new one where none is given."""
        chat_id = chat_id or new_chat_id()
        row = {"chat_id": chat_id, "collection_id": collection_id, "title": title, "created": time.time()}
        with self._database.writing() as connection:
            connection.execute(insert(chats).values(row))
        return chat_id

    def list(self, collection_id: int | None = None, limit: int = 100, offset: int = 0) -> "list[ChatRecord]":
        """Return chats of a collection, or of all, the last changed first, but for the first ``offset`` of them."""
        query = _chats().order_by(_CHANGED.desc(), chats.c.chat_id).limit(limit).offset(offset)
        if collection_id is not None:
            query = query.where(chats.c.collection_id == collection_id)
        with self._database.reading() as connection:
            return [ChatRecord(*row) for row in connection.execute(query)]

    def chat(self, chat_id: str) -> ChatRecord:
        """Return one chat.

        Raises:
            NotFound: there is none of this id.
        """
        with self._database.reading() as connection:
            row = connection.execute(_chats().where(chats.c.chat_id == chat_id)).one_or_none()
        if row is None:
            raise _no_chat(chat_id)
        return ChatRecord(*row)

    def turns(self, chat_id: str) -> "list[TurnRecord]":
        """Return a chat's turns, oldest first; none where there is no such chat."""
        links: dict[int, set[str]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(select(turn_documents).filter_by(chat_id=chat_id)):
                links.setdefault(row.number, set()).add(row.document_id)
            rows = connection.execute(select(turns).filter_by(chat_id=chat_id).order_by(turns.c.number)).all()
        return [
            TurnRecord(
                number=row.number,
                created=row.created,
                question=row.question,
                standalone=row.standalone,
                answer=row.answer,
                trace_id=row.trace_id,
                status=row.status,
                document_ids=frozenset(links.get(row.number, ())),
            )
            for row in rows
        ]

    def add_turn(
        self, chat_id: str, question: str, standalone: str, answer: str, trace_id: str, document_ids: frozenset[str]
    ) -> None:
        """Add a turn to the end of a chat. Words of a document deleted meanwhile are not stored.

        Args:
            chat_id: whose.
            question: as typed.
            standalone: as it was read.
            answer: the answer as JSON.
            trace_id: how it was read.
            document_ids: every document whose words are in the turn.

        Raises:
            NotFound: there is no such chat.
        """
        with self._database.writing() as connection:
            collection_id = connection.scalar(select(chats.c.collection_id).filter_by(chat_id=chat_id))
            if collection_id is None:
                raise _no_chat(chat_id)
            last = connection.scalar(select(func.max(turns.c.number)).filter_by(chat_id=chat_id)) or 0
            key = {"chat_id": chat_id, "number": last + 1}
            row = {"question": question, "trace_id": trace_id, "created": time.time()}
            told = {"standalone": standalone, "answer": answer, "status": "kept"}
            if not _all_there(connection, collection_id, document_ids):
                told = _STRUCK_OUT
            connection.execute(insert(turns).values(key | row | told))
            if document_ids:
                links = [key | {"document_id": document_id} for document_id in sorted(document_ids)]
                connection.execute(insert(turn_documents), links)

    def rename(self, chat_id: str, title: str) -> None:
        """Change a chat's title.

        Raises:
            NotFound: there is no such chat.
        """
        with self._database.writing() as connection:
            if not connection.execute(update(chats).filter_by(chat_id=chat_id).values(title=title)).rowcount:
                raise _no_chat(chat_id)

    def delete(self, chat_id: str) -> None:
        """Delete a chat with its turns. The traces of its questions stay.

        Raises:
            NotFound: there is no such chat.
        """
        with self._database.writing() as connection:
            if not connection.execute(delete(chats).filter_by(chat_id=chat_id)).rowcount:
                raise _no_chat(chat_id)


def new_chat_id() -> str:
    """Return an id that no chat has."""
    return f"c{uuid4().hex[:12]}"


def strike_out(connection: Connection, document_id: str) -> None:
    """Empty every turn that may hold words of the document."""
    quoting = select(turn_documents.c.chat_id, turn_documents.c.number).filter_by(document_id=document_id)
    for chat_id, number in connection.execute(quoting).all():
        connection.execute(update(turns).filter_by(chat_id=chat_id, number=number).values(_STRUCK_OUT))


_STRUCK_OUT = {"standalone": "", "answer": "", "status": "document deleted"}
_CHANGED = func.coalesce(func.max(turns.c.created), chats.c.created)


def _chats() -> "Select[Any, Any, Any, Any, Any, int]":
    c = chats.c
    return (
        select(c.chat_id, collections.c.name, c.title, c.created, _CHANGED, func.count(turns.c.number))
        .join_from(chats, collections)
        .join(turns, isouter=True)
        .group_by(c.chat_id, collections.c.name)
    )


def _all_there(connection: Connection, collection_id: int, document_ids: frozenset[str]) -> bool:
    there = select(func.count()).filter(
        documents.c.collection_id == collection_id, documents.c.document_id.in_(document_ids)
    )
    return connection.scalar(there) == len(document_ids)


def _no_chat(chat_id: str) -> NotFound:
    return NotFound(f"no chat {chat_id}", hint="`longreader chats` shows what is there.", chat_id=chat_id)
