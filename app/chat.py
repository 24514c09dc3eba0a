"""A chat with the documents of a collection: follow-ups may lean on what was asked before, and the turns are kept."""

import asyncio
import logging
import textwrap
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing

from ..agents.answer import Answer
from ..agents.chat import Chat, Turn
from ..agents.delta import AnswerDelta
from ..agents.trace import ReadingStep, Trace
from ..graph_store.chats import TurnRecord, new_chat_id
from ..graph_store.errors import StoreError
from .bridge import Bridge

log = logging.getLogger(__name__)

Asker = Callable[[str, tuple[Turn, ...]], AsyncGenerator[ReadingStep | AnswerDelta | Trace, None]]
Keeper = Callable[[str, Turn, Answer, bool], None]
"""Keeps a turn of the chat of this id; the flag tells that the chat is stored already."""

TITLE_CHARS = 80


class AsyncReaderChat:
    """A chat of an `AsyncReader`; made by its ``chat``. Each question is read with fresh context.

    Attributes:
        chat_id: what the reader's ``chat`` takes to go on with it, once it has a turn.
    """

    def __init__(self, asker: Asker, keeper: Keeper, chat_id: str | None = None, turns: tuple[Turn, ...] = ()) -> None:
        self.chat_id = chat_id or new_chat_id()
        self._stored = chat_id is not None
        self._asker = asker
        self._keeper = keeper
        self._chat = Chat(turns)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The last turns, oldest first: question, question as it was read, answer."""
        return self._chat.turns

    async def stream(self, question: str) -> AsyncGenerator[ReadingStep | AnswerDelta | Answer, None]:
        """Ask a question or a follow-up: yields reading steps, pieces of the answer, and last the answer.

        A question whose answer did not come (an error, or the iteration was left) is no turn.

        Args:
            question: in plain words; it may lean on the turns before it.

        Raises:
            InputError, ReadingError, ModelError, NotFound: as `AsyncReader.stream`.
        """
        async with aclosing(self._asker(question, self._chat.turns)) as events:
            async for event in events:
                if isinstance(event, Trace):
                    yield await self._answered(question, event)
                else:
                    yield event

    async def ask(self, question: str) -> Answer:
        """Ask a question or a follow-up and return the answer. Arguments and errors are those of `stream`."""
        *_, answer = [event async for event in self.stream(question)]
        assert isinstance(answer, Answer)
        return answer

    async def _answered(self, question: str, trace: Trace) -> Answer:
        answer = trace.answer
        assert answer is not None, "every question ends in an answer"
        turn = Turn(question, trace.standalone or question, answer.text, frozenset(trace.quoted_document_ids))
        self._chat.add(turn)
        try:
            await asyncio.to_thread(self._keeper, self.chat_id, turn, answer, self._stored)
            self._stored = True
        except StoreError as error:
            # The answer took minutes: a full disk must not take it away.
            log.warning("The turn of the chat cannot be kept: %s", error)
        return answer


class ReaderChat:
    """The same for a `Reader`: every call blocks until it is done."""

    def __init__(self, chat: AsyncReaderChat, bridge: Bridge) -> None:
        self.chat_id = chat.chat_id
        self._chat = chat
        self._bridge = bridge

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The last turns, oldest first."""
        return self._chat.turns

    def stream(self, question: str) -> Iterator[ReadingStep | AnswerDelta | Answer]:
        """Ask a question or a follow-up: yields steps, pieces, last the answer; see `AsyncReaderChat.stream`."""
        return self._bridge.iterate(self._chat.stream(question))

    def ask(self, question: str) -> Answer:
        """Ask a question or a follow-up and return the answer; see `AsyncReaderChat.ask`."""
        return self._bridge.run(self._chat.ask(question))


def kept_turns(records: list[TurnRecord]) -> tuple[Turn, ...]:
    """Return the turns that a follow-up may lean on: those whose documents are all there."""
    return tuple(
        Turn(
            record.question,
            record.standalone,
            Answer.model_validate_json(record.answer).text,
            record.document_ids,
        )
        for record in records
        if record.status == "kept"
    )


def title_of(question: str) -> str:
    """Return the title of a chat that begins with this question."""
    return textwrap.shorten(question, TITLE_CHARS, placeholder="…") or question[:TITLE_CHARS]
