"""What belongs to one data folder: its store, its cached replies, and what reads and adds documents with them.

What readers of several folders share is engine.py's.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from ..agents.answer import Answer
from ..agents.chat import Turn
from ..agents.llm import BackgroundModel, ChatModel, ReplyCache
from ..agents.notes import LlmNotesWriter
from ..agents.notes_estimate import NotesEstimate, Speed, estimate_notes, measured_speed
from ..agents.trace import Trace
from ..graph_store.catalog import CollectionInfo
from ..graph_store.chats import Chats
from ..graph_store.collection import Collection, DocumentInfo
from ..graph_store.document import Document, Span, content_hash
from ..graph_store.errors import InputError, NotFound, TooLargeInput
from ..graph_store.ingest import AddResult, Progress, add_document, embed_missing
from ..graph_store.note import NotesKind, NotesWriter
from ..graph_store.page_boxes import PageBoxes, boxes_on
from ..graph_store.parsers import MAX_BYTES
from ..graph_store.parsers.confined import parse_confined, read_page_confined
from ..graph_store.store import Store
from .bridge import closed_error
from .chat import title_of
from .engine import Engine
from .naming import DEFAULT_COLLECTION
from .settings import Settings

PDF = "application/pdf"


class Services:
    """What a reader is made of."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.engine = engine
        self._settings = settings
        self._model: ChatModel | None = None
        self._closed = False

    @cached_property
    def store(self) -> Store:
        """The store in the data folder; opening it takes the folder's lock.

        Raises:
            ConfigurationError: the reader was closed.
        """
        if self._closed:
            raise closed_error()
        store = Store.open(self._settings.data_folder, self.engine.embedder)
        _forget_gone(store, self._replies)
        return store

    def open(self) -> None:
        """Open the store and the cache, off the event loop."""
        _ = self.cache

    @cached_property
    def cache(self) -> ReplyCache:
        """The model's replies on disk."""
        _ = self.store  # makes the folder and takes its lock
        return ReplyCache(self._replies)

    @property
    def _replies(self) -> Path:
        return self._settings.data_folder / "replies.sqlite"

    def collection(self, name: str) -> Collection:
        """Return a collection that is there; the default one always is.

        Raises:
            NotFound: nothing was ever added to one of this name.
        """
        if name != DEFAULT_COLLECTION and all(known.name != name for known in self.store.collections()):
            hint = "Add a document to it first, or check the spelling."
            raise NotFound(f"There is no collection “{name}”.", hint=hint, collection=name)
        return self.store.collection(name)

    def make_collection(self, name: str) -> CollectionInfo:
        """Return what is listed of a collection; a new name makes an empty one."""
        self.store.collection(name)
        return next(info for info in self.store.collections() if info.name == name)

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

    async def add(
        self,
        source: Path,
        collection: str,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
        file_name: str | None = None,
    ) -> AddResult:
        """Read a file into a collection; see `AsyncReader.add`."""
        data = await asyncio.to_thread(read_file, source)
        file_name = file_name or _name_of(source)
        return await self.add_bytes(self.store.collection(collection), data, file_name, notes, progress)

    async def replace(
        self,
        document_id: str,
        source: Path,
        collection: str,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
        file_name: str | None = None,
    ) -> AddResult:
        """Put a new version in the place of a document; see `AsyncReader.replace`."""
        data = await asyncio.to_thread(read_file, source)
        opened = self.collection(collection)
        file_name = file_name or _name_of(source)
        added = await self.add_bytes(opened, data, file_name, notes, progress, replaces=document_id)
        if added.document_id != document_id:
            await asyncio.to_thread(self.cache.forget, document_id)
        return added

    async def add_bytes(
        self,
        opened: Collection,
        data: bytes,
        file_name: str,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
        replaces: str | None = None,
    ) -> AddResult:
        """Read a file's bytes into a collection."""
        count_tokens = (await self.engine.counter()).count_text
        store = self.store
        documents = opened.documents()
        known = await asyncio.to_thread(_known, documents, data)
        writer = await self.notes_writer(notes or self._notes_kind(documents, known))
        added = await add_document(
            store,
            opened,
            data,
            file_name,
            notes=writer,
            count_tokens=count_tokens,
            max_chunk_tokens=self._settings.ingest.chunk_tokens,
            replaces=replaces,
            progress=progress,
        )
        if added.existed:
            # The embedder may have been changed since.
            await embed_missing(store, opened, progress)
        if isinstance(writer, LlmNotesWriter):
            return replace(added, model_tokens=writer.usage.tokens)
        return added

    async def estimate(
        self, source: Path, collection: str, notes: NotesKind | None = None, file_name: str | None = None
    ) -> NotesEstimate | None:
        """Tell what the notes of a file will cost; see `AsyncReader.estimate`."""
        data = await asyncio.to_thread(read_file, source)
        documents = self._documents(collection)
        known = await asyncio.to_thread(_known, documents, data)
        if (notes or self._notes_kind(documents, known)) == "extractive" or (known and known.status == "ready"):
            return None
        parsed = await parse_confined(data, file_name or _name_of(source))
        counter = await self.engine.counter()
        tokens = await asyncio.to_thread(counter.count_text, parsed.text)
        return estimate_notes(tokens, self._settings.ingest.chunk_tokens, counter, await asyncio.to_thread(self._speed))

    def _speed(self) -> Speed | None:
        """Return the model's speed in the newest questions, where it was the same model."""
        kept = (record.payload for record in self.store.traces() if record.payload)
        traces = [Trace.model_validate_json(payload) for payload in kept]
        return measured_speed(call for trace in traces if trace.model == traces[0].model for call in trace.calls)

    def _documents(self, collection: str) -> list[DocumentInfo]:
        try:
            return self.collection(collection).documents()
        except NotFound:
            return []

    def _notes_kind(self, documents: list[DocumentInfo], known: DocumentInfo | None) -> NotesKind:
        """Return how a document is noted where nothing was said: as begun, as the collection is, as set."""
        if like := known or next(reversed(documents), None):
            return "llm" if like.notes_kind == "llm" else "extractive"
        return self._settings.ingest.notes

    def file(self, document_id: str, collection: str) -> Path:
        """Return where a document's original file lies; see `AsyncReader.file`."""
        path = self.store.files.path(self.collection(collection).info(document_id).content_hash)
        if not path.exists():
            raise NotFound(f"The file of document {document_id} is gone.", hint="Add the file again.")
        return path

    async def boxes(self, document_id: str, number: int, span: Span | None, collection: str) -> PageBoxes:
        """Tell where a span stands on its page; see `AsyncReader.boxes`."""
        document = await asyncio.to_thread(self._document, document_id, collection)
        page = next((page for page in document.pages if page.number == number), None)
        if page is None or document.media_type != PDF:
            raise NotFound(f"Document {document_id} is no PDF with a page {number}.", page=number)
        data = await asyncio.to_thread(self.file(document_id, collection).read_bytes)
        words = await read_page_confined(data, number)
        wanted = span or page.span
        if not wanted.overlaps(page.span):
            return PageBoxes(number, words.width, words.height, ())
        start, end = max(wanted.start, page.span.start), min(wanted.end, page.span.end)
        on_page = Span(start - page.span.start, end - page.span.start)
        boxes = await asyncio.to_thread(boxes_on, words, page.span.of(document.text), on_page)
        return PageBoxes(number, words.width, words.height, boxes)

    def _document(self, document_id: str, collection: str) -> Document:
        return self.collection(collection).document(document_id)

    async def notes_writer(self, kind: NotesKind) -> NotesWriter:
        """Return what writes notes of this kind."""
        if kind == "extractive":
            return self.engine.extractive
        return LlmNotesWriter(BackgroundModel(await self.model()), self.engine.extractive, self.engine.slot_count)

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


def _known(documents: list[DocumentInfo], data: bytes) -> DocumentInfo | None:
    hash_ = content_hash(data)
    return next((info for info in documents if info.content_hash == hash_), None)


def _name_of(file: Path) -> str:
    """Return a file's name. Names on a disk need not be text; what cannot be stored becomes a question mark."""
    return file.name.encode("utf-8", "replace").decode()


def _forget_gone(store: Store, replies: Path) -> None:
    """Drop the replies made from documents whose deletion was cut off before it came to them."""
    if not replies.exists():
        return
    with closing(ReplyCache(replies)) as cache:
        if gone := cache.document_ids() - store.document_ids():
            cache.forget(*gone)


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        InputError: it is missing, no file (a folder, a pipe, a device), or may not be read.
        TooLargeInput: it is larger than the parsers' limit.
    """
    try:
        if path.exists() and not path.is_file():
            # A pipe could be waited for without end, and a device be read without end.
            raise InputError(
                f"{path} is not a file.", hint="Save what it holds as a file, and add that.", path=str(path)
            )
        size = path.stat().st_size
        if size <= MAX_BYTES:
            # Once and with a bound: it may grow meanwhile. What is hashed, kept and parsed are these bytes.
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            size = len(data)
            if size <= MAX_BYTES:
                return data
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read: {reason}.", hint="Check the path.", path=str(path)) from error
    raise TooLargeInput(f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} are read.", size=size)
