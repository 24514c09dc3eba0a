"""What belongs to one data folder: its store, its cached replies, its traces and chats.

What readers of several folders share is engine.py's; files come in by adding.py.
"""

import asyncio
import secrets
import threading
from contextlib import closing
from pathlib import Path

from ..agents.answer import Answer
from ..agents.chat import Turn
from ..agents.llm import BackgroundModel, ChatModel, Replies, ReplyCache, SharedReplies
from ..agents.notes import LlmNotesWriter
from ..agents.trace import Trace
from ..graph_store.catalog import CollectionInfo
from ..graph_store.chats import Chats
from ..graph_store.collection import Collection
from ..graph_store.errors import ConfigurationError, NotFound
from ..graph_store.files import OriginalFile
from ..graph_store.note import NotesKind, NotesWriter
from ..graph_store.once import Once
from ..graph_store.postgres import tenant_schema
from ..graph_store.store import Store
from .bridge import closed_error
from .chat import title_of
from .engine import Engine
from .naming import DEFAULT_COLLECTION, LOCAL_TENANT
from .settings import Settings

SECOND_TEMPERATURE = 0.5
"""Of replies where the first one could not be used."""


class Services:
    """What a reader is made of.

    Attributes:
        engine: the model and the embedder.
        settings: all settings; the data folder is the tenant's.
        tenant: whose documents are read, where a PostgreSQL database keeps those of all.
    """

    def __init__(self, settings: Settings, engine: Engine, tenant: str = LOCAL_TENANT) -> None:
        self.engine = engine
        self.settings = settings
        self.tenant = tenant
        self.lock = threading.RLock()
        self._model: ChatModel | None = None
        self._closed = False

    @Once
    def store(self) -> Store:
        """The store: in the data folder, whose lock is taken, or in the database of the settings.

        Raises:
            ConfigurationError: the reader was closed.
        """
        if self._closed:
            raise closed_error()
        folder, embedder, device = self.settings.data_folder, self.engine.embedder, self.settings.ingest.index_device
        if url := self.settings.database_url:
            return Store.connect(url.get_secret_value(), folder, embedder, tenant_schema(self.tenant), device)
        store = Store.open(folder, embedder, device)
        _forget_gone(store, self._replies)
        return store

    def open(self) -> None:
        """Open the store and the cache, off the event loop."""
        _ = self.cache

    @Once
    def cache(self) -> Replies:
        """The model's kept replies."""
        store = self.store  # makes the folder and takes its lock
        return SharedReplies(store.database) if self.settings.database_url else ReplyCache(self._replies)

    @property
    def _replies(self) -> Path:
        return self.settings.data_folder / "replies.sqlite"

    def collection(self, name: str) -> Collection:
        """Return a collection that is there; the default one always is.

        Raises:
            NotFound: nothing was ever added to one of this name.
        """
        if name != DEFAULT_COLLECTION and not self.store.has_collection(name):
            hint = "Add a document to it first, or check the spelling."
            raise NotFound(f"There is no collection “{name}”.", hint=hint, collection=name)
        return self.store.collection(name)

    def make_collection(self, name: str) -> CollectionInfo:
        """Return what is listed of a collection; a new name makes an empty one."""
        self.store.collection(name)
        return self.store.collection_info(name)

    async def model(self) -> ChatModel:
        """The engine's model behind this folder's cached replies; see `Engine.model`.

        Raises:
            ConfigurationError: the reader was closed.
        """
        if self._closed:
            raise closed_error()
        model = await self.engine.model(self.cache)
        # One for all questions: it lets the same request be sent once.
        self._model = self._model or model
        return self._model

    def original(self, document_id: str, collection: str) -> OriginalFile:
        """Return a document's original file; see `AsyncReader.original`."""
        found = self.store.files.find(self.collection(collection).info(document_id).content_hash)
        if found is None:
            raise NotFound(f"The file of document {document_id} is gone.", hint="Add the file again.")
        return found

    def file(self, document_id: str, collection: str) -> Path:
        """Return where a document's original file lies; see `AsyncReader.file`."""
        path = self.original(document_id, collection).path
        if path is None:
            raise ConfigurationError("The original files are in the database.", hint="Use `original`.")
        return path

    async def notes_writer(self, kind: NotesKind) -> NotesWriter:
        """Return what writes notes of this kind."""
        if kind == "extractive":
            return self.engine.extractive
        return await self._llm_writer()

    async def second_notes_writer(self) -> LlmNotesWriter:
        """Return what writes notes by the model where its first reply could not be used: with other words each time."""
        return await self._llm_writer(SECOND_TEMPERATURE, secrets.randbits(31))

    async def _llm_writer(self, temperature: float = 0.0, seed: int = 0) -> LlmNotesWriter:
        model = BackgroundModel(await self.model())
        fallback, batch_size = self.engine.extractive, self.engine.slot_count
        return LlmNotesWriter(model, fallback, batch_size, temperature=temperature, seed=seed)

    def save_trace(self, trace: Trace) -> None:
        """Keep a trace.

        Raises:
            NotFound: its collection was deleted meanwhile.
        """
        collection = self.collection(trace.collection)
        quoted = frozenset(trace.quoted_document_ids)
        self.store.save_trace(collection, trace.trace_id, trace.question, trace.model_dump_json(), quoted)

    @property
    def chats(self) -> Chats:
        """The stored chats."""
        return self.store.chats

    def save_turn(self, collection: str, chat_id: str, turn: Turn, answer: Answer, *, stored: bool) -> None:
        """Keep a turn of a chat; where that is not stored yet, it is now.

        Raises:
            NotFound: its collection was deleted meanwhile, or the stored chat was.
        """
        chats, title = self.chats, title_of(turn.question)
        if not stored:
            chats.make(self.collection(collection).collection_id, title, chat_id)
        elif not chats.chat(chat_id).title:
            chats.rename(chat_id, title)
        told = answer.model_dump_json()
        chats.add_turn(chat_id, turn.question, turn.standalone, told, answer.trace_id, turn.document_ids)

    def trace(self, trace_id: str) -> Trace:
        """Return a trace.

        Raises:
            NotFound: there is none, or a document that it quotes was deleted.
        """
        record = self.store.trace(trace_id)
        if not record.payload:
            raise NotFound(f"Trace {trace_id} quotes a document that was deleted.", hint="Ask the question again.")
        return Trace.model_validate_json(record.payload)

    async def delete(self, document_id: str, collection: str) -> None:
        """Delete a document, and the model's replies that were made from it."""
        opened = self.collection(collection)
        await asyncio.to_thread(self.store.delete_document, opened, document_id)
        await asyncio.to_thread(self.cache.forget, document_id)

    async def delete_collection(self, name: str) -> None:
        """Delete a collection with its documents, and the model's replies that were made from them."""
        gone = {info.document_id for info in self.collection(name).documents()}
        await asyncio.to_thread(self.store.delete_collection, name)
        await asyncio.to_thread(self.cache.forget, *gone)

    async def close(self) -> None:
        """Release what was opened; nothing can be asked or opened afterwards."""
        self._closed = True
        for name in ("cache", "store"):
            if opened := self.__dict__.pop(name, None):
                opened.close()


def _forget_gone(store: Store, replies: Path) -> None:
    """Drop the replies made from documents whose deletion was cut off before it came to them."""
    if not replies.exists():
        return
    with closing(ReplyCache(replies)) as cache:
        if gone := cache.document_ids() - store.document_ids():
            cache.forget(*gone)
