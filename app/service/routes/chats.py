"""Chats that persist: listed, made, read, renamed, deleted, exported. Asking in one is ask.py's."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field

from ....agents.answer import Answer
from ....graph_store.chats import ChatRecord, TurnRecord, TurnStatus
from ....graph_store.errors import NotFound
from ...naming import DEFAULT_COLLECTION
from ..problems import InvalidRequest, documented
from ..tenant import TenantReader

router = APIRouter(prefix="/v1/chats", tags=["chats"])

TITLE_CHARS = 200

ChatId = Annotated[str, Path(max_length=100, description="The chat's id.", examples=["c0123456789ab"])]
Title = Annotated[str, Field(max_length=TITLE_CHARS, examples=["Fees of the club"])]


class ChatLine(BaseModel):
    """A stored chat."""

    chat_id: str = Field(examples=["c0123456789ab"])
    collection: str = Field(description="Whose documents it is about.", examples=["default"])
    title: str = Field(examples=["Fees of the club"])
    created: datetime
    changed: datetime = Field(description="When its last turn came.")
    turn_count: int = Field(examples=[2])


class ChatTurn(BaseModel):
    """A question of a chat and its answer."""

    number: int = Field(description="Counted from 1.", examples=[1])
    created: datetime
    question: str = Field(description="As typed.", examples=["And who raised it?"])
    standalone: str = Field(description="As it was read.", examples=["Who raised the yearly fee?"])
    answer: Answer | None = Field(description="None where a document that it quotes was deleted.")
    trace_id: str = Field(examples=["t0123456789"])
    status: TurnStatus


class Chat(ChatLine):
    """A stored chat with its turns, oldest first."""

    turns: list[ChatTurn]


class NewChat(BaseModel):
    """A chat to be made."""

    collection: str = Field(default=DEFAULT_COLLECTION, max_length=200, description="Whose documents it is about.")
    title: Title = Field(default="", description="Without one, its first question becomes it.")


class NewTitle(BaseModel):
    """What changes of a chat."""

    title: Title = Field(min_length=1)


@router.get("", responses=documented(NotFound, InvalidRequest), summary="List chats")
async def list_chats(
    reader: TenantReader,
    collection: Annotated[
        str | None, Query(max_length=200, description="Only those about its documents.", examples=["default"])
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="The most.")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
) -> list[ChatLine]:
    """List stored chats, the last changed first."""
    return [_line(record) for record in await asyncio.to_thread(reader.chats, collection, limit, offset)]


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses=documented(NotFound, InvalidRequest), summary="Make a chat"
)
async def make_chat(new: NewChat, reader: TenantReader) -> ChatLine:
    """Make a chat without turns; questions that name its `chat_id` become its turns."""
    record = await asyncio.to_thread(reader.make_chat, new.title, collection=new.collection)
    return _line(record)


@router.get("/{chat_id}", responses=documented(NotFound, InvalidRequest), summary="Get a chat")
async def get_chat(chat_id: ChatId, reader: TenantReader) -> Chat:
    """Return a chat with its turns. Turns that quote a deleted document have lost their answer."""
    record = await asyncio.to_thread(reader.stored_chat, chat_id)
    turns = await asyncio.to_thread(reader.turns, chat_id)
    return Chat(**_line(record).model_dump(), turns=[_turn(turn) for turn in turns])


@router.patch("/{chat_id}", responses=documented(NotFound, InvalidRequest), summary="Rename a chat")
async def rename_chat(chat_id: ChatId, new: NewTitle, reader: TenantReader) -> ChatLine:
    """Give a chat another title."""
    await asyncio.to_thread(reader.rename_chat, chat_id, new.title)
    return _line(await asyncio.to_thread(reader.stored_chat, chat_id))


@router.delete(
    "/{chat_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=documented(NotFound, InvalidRequest),
    summary="Delete a chat",
)
async def delete_chat(chat_id: ChatId, reader: TenantReader) -> None:
    """Delete a chat with its turns. The traces of its questions stay."""
    await asyncio.to_thread(reader.delete_chat, chat_id)


@router.get(
    "/{chat_id}/export.md",
    response_class=Response,
    responses={
        200: {"description": "The chat", "content": {"text/markdown": {"schema": {"type": "string"}}}},
        **documented(NotFound, InvalidRequest),
    },
    summary="Export a chat",
)
async def export_chat(chat_id: ChatId, reader: TenantReader) -> Response:
    """Return a chat as Markdown, with the citations of each answer."""
    exported = await asyncio.to_thread(reader.export_chat, chat_id)
    headers = {"Content-Disposition": f'attachment; filename="{chat_id}.md"'}
    return Response(exported, headers=headers, media_type="text/markdown")


def _line(record: ChatRecord) -> ChatLine:
    return ChatLine.model_validate(record, from_attributes=True)


def _turn(turn: TurnRecord) -> ChatTurn:
    return ChatTurn(
        number=turn.number,
        created=datetime.fromtimestamp(turn.created, UTC),
        question=turn.question,
        standalone=turn.standalone,
        answer=Answer.model_validate_json(turn.answer) if turn.answer else None,
        trace_id=turn.trace_id,
        status=turn.status,
    )
