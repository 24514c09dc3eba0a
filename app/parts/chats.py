"""The reader's chats: begun, gone on with, listed, exported."""

from ...agents.settings import BudgetSettings, Mode
from ...graph_store.chats import ChatRecord, TurnRecord
from .. import chat_export
from ..chat import AsyncReaderChat, kept_turns
from ..naming import DEFAULT_COLLECTION
from .questions import QuestionsPart


class ChatsPart(QuestionsPart):
    """Chats, whose questions are read like any other."""

    def chat(
        self,
        chat_id: str | None = None,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> AsyncReaderChat:
        """Begin a chat, or go on with one: follow-ups such as "And in 1920?" are rewritten to stand alone before they
        are read. It is stored from its first answer on.

        Args:
            chat_id: an earlier chat; default: a new one.
            collection: whose documents are read; an earlier chat's stays what it was.
            mode: how to read each question; default: the settings'.
            budget: the most that each question may cost; default: the settings'.

        Returns:
            The chat. Its questions raise what `stream` raises.

        Raises:
            NotFound: there is no such chat.
        """
        services, turns = self._services, ()
        if chat_id is not None:
            collection, turns = services.chats.chat(chat_id).collection, kept_turns(services.chats.turns(chat_id))
        return AsyncReaderChat(
            lambda question, turns: self._read(question, turns, collection, mode, budget),
            lambda chat_id, turn, answer, stored: services.save_turn(collection, chat_id, turn, answer, stored=stored),
            chat_id,
            turns,
        )

    def make_chat(self, title: str = "", *, collection: str = DEFAULT_COLLECTION) -> ChatRecord:
        """Store a chat without turns; `chat` goes on with it.

        Args:
            title: its title; without one, its first question.
            collection: whose documents it is about.

        Raises:
            NotFound: there is no such collection.
        """
        chat_id = self._services.chats.make(self._services.collection(collection).collection_id, title)
        return self._services.chats.chat(chat_id)

    def stored_chat(self, chat_id: str) -> ChatRecord:
        """Return what is listed of a stored chat.

        Args:
            chat_id: which.

        Raises:
            NotFound: there is no such chat.
        """
        return self._services.chats.chat(chat_id)

    def chats(self, collection: str | None = None, limit: int = 100, offset: int = 0) -> list[ChatRecord]:
        """Return stored chats, the last changed first.

        Args:
            collection: only those about this one's documents; default: all.
            limit: the most.
            offset: how many to pass over.

        Raises:
            NotFound: there is no such collection.
        """
        collection_id = None if collection is None else self._services.collection(collection).collection_id
        return self._services.chats.list(collection_id, limit, offset)

    def turns(self, chat_id: str) -> list[TurnRecord]:
        """Return all turns of a stored chat, oldest first, those included that lost their content to a deletion.

        Args:
            chat_id: which.

        Raises:
            NotFound: there is no such chat.
        """
        self._services.chats.chat(chat_id)
        return self._services.chats.turns(chat_id)

    def rename_chat(self, chat_id: str, title: str) -> None:
        """Give a chat another title.

        Args:
            chat_id: which.
            title: the new one.

        Raises:
            NotFound: there is no such chat.
        """
        self._services.chats.rename(chat_id, title)

    def delete_chat(self, chat_id: str) -> None:
        """Delete a chat with its turns; the traces of its questions stay.

        Args:
            chat_id: which.

        Raises:
            NotFound: there is no such chat.
        """
        self._services.chats.delete(chat_id)

    def export_chat(self, chat_id: str) -> str:
        """Return a chat as Markdown, with the citations of each answer.

        Args:
            chat_id: which.

        Raises:
            NotFound: there is no such chat.
        """
        return chat_export.to_markdown(self._services.chats.chat(chat_id), self._services.chats.turns(chat_id))
