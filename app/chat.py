"""A chat with the documents of a collection: follow-ups may lean on what was asked before. Kept in memory only."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing

from ..agents.answer import Answer
from ..agents.chat import Chat, Turn
from ..agents.trace import ReadingStep, Trace
from .bridge import Bridge

Asker = Callable[[str, tuple[Turn, ...]], AsyncGenerator[ReadingStep | Trace, None]]


class AsyncReaderChat:
    """A chat of an `AsyncReader`; made by its ``chat``. Each question is read with fresh context."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._chat = Chat()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The last turns, oldest first: question, question as it was read, answer."""
        return self._chat.turns

    async def stream(self, question: str) -> AsyncIterator[ReadingStep | Answer]:
        """Ask a question or a follow-up: yields each reading step, and last the answer.

        A question whose answer did not come (an error, or the iteration was left) is no turn.

        Args:
            question: in plain words; it may lean on the turns before it.

        Raises:
            InputError, ReadingError, ModelError, NotFound: as `AsyncReader.stream`.
        """
        async with aclosing(self._asker(question, self._chat.turns)) as events:
            async for event in events:
                if isinstance(event, Trace):
                    assert event.answer is not None, "every question ends in an answer"
                    read = event.standalone or question
                    self._chat.add(Turn(question, read, event.answer.text, frozenset(event.quoted_document_ids)))
                    yield event.answer
                else:
                    yield event

    async def ask(self, question: str) -> Answer:
        """Ask a question or a follow-up and return the answer. Arguments and errors are those of `stream`."""
        *_, answer = [event async for event in self.stream(question)]
        assert isinstance(answer, Answer)
        return answer


class ReaderChat:
    """The same for a `Reader`: every call blocks until it is done."""

    def __init__(self, chat: AsyncReaderChat, bridge: Bridge) -> None:
        self._chat = chat
        self._bridge = bridge

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The last turns, oldest first."""
        return self._chat.turns

    def stream(self, question: str) -> Iterator[ReadingStep | Answer]:
        """Ask a question or a follow-up: yields reading steps, last the answer; see `AsyncReaderChat.stream`."""
        return self._bridge.iterate(self._chat.stream(question))

    def ask(self, question: str) -> Answer:
        """Ask a question or a follow-up and return the answer; see `AsyncReaderChat.ask`."""
        return self._bridge.run(self._chat.ask(question))
