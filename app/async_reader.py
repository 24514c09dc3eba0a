"""The reader as a library, for programs that run an event loop: documents in, cited answers out."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import ValidationError

from ..agents.answer import Answer
from ..agents.chat import Turn
from ..agents.delta import AnswerDelta
from ..agents.llm import BackgroundModel, ChatModel
from ..agents.notes_estimate import NotesEstimate
from ..agents.settings import BudgetSettings, Mode, ReadingSettings
from ..agents.trace import ReadingStep, Trace
from ..graph_store.catalog import CollectionInfo
from ..graph_store.chats import ChatRecord, TurnRecord
from ..graph_store.chunk_view import ChunkView, view_chunk
from ..graph_store.collection import DocumentInfo
from ..graph_store.document import Document, Span
from ..graph_store.embedder import Embedder
from ..graph_store.errors import ConfigurationError, StoreError
from ..graph_store.found_passage import FoundPassage, find_passages
from ..graph_store.graph_export import spell_out
from ..graph_store.ingest import AddResult, Progress
from ..graph_store.node_view import NodePage, NodeView, list_nodes, view_node
from ..graph_store.note import NotesKind
from ..graph_store.page_boxes import PageBoxes
from ..graph_store.traces import TraceRecord
from . import chat_export, upkeep
from .chat import AsyncReaderChat, kept_turns
from .engine import Engine
from .naming import DEFAULT_COLLECTION
from .services import Services
from .settings import Settings

if TYPE_CHECKING:
    import networkx as nx

log = logging.getLogger(__name__)


class AsyncReader:
    """Reads documents and answers questions about them, for programs that run an event loop.

    Args:
        data_folder: where everything is kept; default: the settings'.
        settings: all settings; default: from the environment.
        model: a chat model to use instead of the one of the settings (tests, other servers).
        embedder: an embedder to use instead of the settings'.
        engine: a model and an embedder that several readers share, and that outlive this one.

    Raises:
        ConfigurationError: the environment holds a value that does not fit.

    The data folder belongs to one process from the first call on until the reader is closed; where another one has
    it, that call raises StoreLocked. ``close`` (or ``async with``) stops the model server that the reader started.
    """

    def __init__(
        self,
        data_folder: Path | str | None = None,
        *,
        settings: Settings | None = None,
        model: ChatModel | None = None,
        embedder: Embedder | None = None,
        engine: Engine | None = None,
    ) -> None:
        settings = settings or Settings()
        if data_folder is not None:
            settings = settings.model_copy(update={"data_folder": Path(data_folder)})
        self.settings = settings
        self._owns_engine = engine is None
        self._services = Services(settings, engine or Engine(settings, model, embedder))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the data folder now; else the first call that needs it does, and waits.

        Raises:
            StoreError: it is in use, or cannot be used.
        """
        await asyncio.to_thread(self._services.open)

    async def add(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> AddResult:
        """Read a file into a collection. The same bytes again are a no-op; an interrupted run is taken up again.

        Args:
            source: the file.
            collection: where it goes.
            file_name: what it is called, where its path does not tell (an upload); it tells the format and the title
                where the bytes do not.
            notes: "extractive" or "llm"; default: as it was begun, else as the collection's newest document, else the
                settings'. What "llm" will cost is told by `estimate`.
            progress: told after every step.

        Returns:
            The document's id and figures.

        Raises:
            ModelError: the model server failed while it wrote notes; adding the file again goes on.
            InputError: the file cannot be read; its class says why.
            StoreError: the data folder cannot be used.
        """
        return await self._services.add(Path(source), collection, notes, progress, file_name)

    async def estimate(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
    ) -> NotesEstimate | None:
        """Tell what the model will read and write, and how long, for the notes of a file; nothing is stored.

        Args:
            source: the file.
            collection: where it would go.
            file_name, notes: as in `add`.

        Returns:
            What it costs; None where adding the file needs no model, because its notes are extractive or it is there
            already.

        Raises:
            InputError: the file cannot be read.
        """
        return await self._services.estimate(Path(source), collection, notes, file_name)

    def stream(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
        turns: Sequence[Turn] = (),
    ) -> AsyncGenerator[ReadingStep | AnswerDelta | Answer, None]:
        """Ask a question: yields each reading step and the answer's pieces as they come, and last the answer.

        Leaving the iteration stops the model call that is under way. Replies received until then are kept, so that
        asking again goes on from there.

        Args:
            question: in plain words.
            collection: whose documents are read.
            mode: how to read; default: the settings' (auto, which chooses by the question).
            budget: the most that the question may cost; default: the settings'.
            turns: what was asked before, where that is not kept here; see `chat`.

        Raises:
            InputError, ReadingError: the question cannot be read.
            ModelError: the model server failed.
            NotFound: there is no such collection.
        """
        return self._stream(question, tuple(turns), collection, mode, budget)

    async def _stream(
        self,
        question: str,
        turns: tuple[Turn, ...],
        collection: str,
        mode: Mode | None,
        budget: BudgetSettings | None,
    ) -> AsyncGenerator[ReadingStep | AnswerDelta | Answer, None]:
        async with aclosing(self._read(question, turns, collection, mode, budget)) as events:
            async for event in events:
                yield _answer_of(event) if isinstance(event, Trace) else event

    async def _read(
        self,
        question: str,
        turns: tuple[Turn, ...],
        collection: str,
        mode: Mode | None,
        budget: BudgetSettings | None,
        document_ids: frozenset[str] = frozenset(),
        *,
        in_background: bool = False,
    ) -> AsyncGenerator[ReadingStep | AnswerDelta | Trace, None]:
        # It brings LangGraph, half a second that nothing else here needs.
        from ..agents.ask import ask

        settings = _changed(self.settings.reading, mode, budget)
        services = self._services
        opened = services.collection(collection)
        model = await services.model()
        if in_background:
            model = BackgroundModel(model)
        asked = ask(services.engine.question_graph, opened, model, question, settings, turns, document_ids)
        # Left to the garbage collector, a call under way would end some time after the iteration.
        async with aclosing(asked) as events:
            async for event in events:
                if isinstance(event, Trace):
                    await self._keep(event)
                yield event

    async def _keep(self, trace: Trace) -> None:
        try:
            await asyncio.to_thread(self._services.save_trace, trace)
        except StoreError as error:
            # The answer took minutes: a full disk must not take it away.
            log.warning("The trace cannot be kept: %s", error)

    async def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> Answer:
        """Ask a question and return the answer.

        Args:
            question, collection, mode, budget: as in `stream`.

        Raises:
            InputError, ReadingError, ModelError, NotFound: as in `stream`.
        """
        events = self.stream(question, collection=collection, mode=mode, budget=budget)
        *_, answer = [event async for event in events]
        assert isinstance(answer, Answer)
        return answer

    async def summarise(
        self,
        document_id: str | None = None,
        *,
        about: str = "",
        collection: str = DEFAULT_COLLECTION,
        budget: BudgetSettings | None = None,
        progress: Callable[[ReadingStep], None] | None = None,
    ) -> Answer:
        """Summarise a document, or all of a collection. Each sentence was checked and is cited.

        Args:
            document_id: one document; default: all of the collection.
            about: summarise only what is said about this.
            collection: where the documents are.
            budget: the most that it may cost; where that does not allow all parts, parts spread evenly are read.
            progress: told after every reading step.

        Raises:
            NotFound: there is no such collection or document.
            NothingToRead: the collection holds no readable document, or this one was not read to its end.
            ModelError: the model server failed.
        """
        only: frozenset[str] = frozenset()
        if document_id is not None:
            only = frozenset({self._services.collection(collection).document(document_id).document_id})
        question = f"Summarise what is said about {about.strip()}" if about.strip() else "Summarise the document"
        trace: Trace | None = None
        # It takes long: questions that people wait for come first.
        async for event in self._read(question, (), collection, "summary", budget, only, in_background=True):
            if isinstance(event, Trace):
                trace = event
            elif progress and isinstance(event, ReadingStep):
                progress(event)
        assert trace is not None, "reading ends in a trace"
        return _answer_of(trace)

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

    def documents(self, collection: str = DEFAULT_COLLECTION) -> list[DocumentInfo]:
        """Return what is in a collection, in the order added; also what is being read and what failed.

        Args:
            collection: its name.

        Raises:
            NotFound: there is no such collection; the default one always is.
        """
        return self._services.collection(collection).documents()

    def document(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> Document:
        """Return a document with its text, pages and headings.

        Args:
            document_id: as `add` and `documents` tell it.
            collection: where it is.

        Raises:
            NotFound: there is no such collection or document.
        """
        return self._services.collection(collection).document(document_id)

    def document_info(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> DocumentInfo:
        """Return one document's line of the list, in whatever state it is.

        Args:
            document_id: which.
            collection: where it is.

        Raises:
            NotFound: there is no such collection or document.
        """
        return self._services.collection(collection).info(document_id)

    def file(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> Path:
        """Return where the original file of a document is kept, to be read only. Its name is that of its content.

        Args:
            document_id: which.
            collection: where it is.

        Raises:
            NotFound: there is no such collection or document, or the file is gone (`repair` tells).
        """
        return self._services.file(document_id, collection)

    async def boxes(
        self, document_id: str, page: int, span: Span | None = None, *, collection: str = DEFAULT_COLLECTION
    ) -> PageBoxes:
        """Tell where on a page of a PDF a span of the text stands, to mark a citation there.

        Args:
            document_id: which.
            page: the page, from 1 on.
            span: as a citation tells it; what of it lies on other pages does not count. Default: the whole page.
            collection: where the document is.

        Returns:
            A rectangle a line, in points. None where the page does not show the span, as in a scan that is not read.

        Raises:
            NotFound: there is no such collection, document or page, or the document is no PDF.
            InputError: the page cannot be read.
        """
        return await self._services.boxes(document_id, page, span, collection)

    async def search(
        self,
        query: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        limit: int = 8,
        document_ids: frozenset[str] | None = None,
    ) -> list[FoundPassage]:
        """Find passages by meaning and by words. No model is called.

        Args:
            query: any text; without a letter or digit nothing is found.
            collection: where to look.
            limit: the most passages.
            document_ids: look only in these; default: in all.

        Returns:
            Passages, best first.

        Raises:
            NotFound: there is no such collection.
        """
        opened = await asyncio.to_thread(self._services.collection, collection)
        return await find_passages(opened, query, limit, document_ids)

    def chunk(self, chunk_id: str, *, collection: str = DEFAULT_COLLECTION) -> ChunkView:
        """Return a chunk of a document with its text, and which chunks stand beside it.

        Args:
            chunk_id: as `search` and a trace's steps tell it.
            collection: where its document is.

        Raises:
            NotFound: there is no such collection or chunk.
        """
        return view_chunk(self._services.collection(collection), chunk_id)

    def nodes(
        self, *, collection: str = DEFAULT_COLLECTION, containing: str = "", offset: int = 0, limit: int = 50
    ) -> NodePage:
        """Return a part of the list of the note graph's nodes, those of the most facts first.

        Args:
            collection: whose graph.
            containing: only nodes in whose name this stands.
            offset: how many to pass over.
            limit: the most.

        Raises:
            NotFound: there is no such collection.
        """
        return list_nodes(self._services.collection(collection), containing, offset, limit)

    def node(
        self,
        key: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        fact_offset: int = 0,
        fact_limit: int = 20,
        neighbor_limit: int = 20,
    ) -> NodeView:
        """Return a node of the note graph with facts and neighbors.

        Args:
            key: its key, or any written form of its key element.
            collection: whose graph.
            fact_offset: how many of its facts to pass over.
            fact_limit: the most facts.
            neighbor_limit: the most neighbors; those that share the most facts come first.

        Raises:
            NotFound: there is no such collection or node.
        """
        return view_node(self._services.collection(collection), key, fact_offset, fact_limit, neighbor_limit)

    async def replace(
        self,
        document_id: str,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> AddResult:
        """Put a new version of a document in its place: title and place in lists stay, the id is a new one.

        The old version is there until the new one is ready, and goes in the same moment, as `delete` takes it. Cut off
        or failed, the old one is untouched, and the same call goes on.

        Args:
            document_id: the old version.
            source: the new version's file.
            collection: where the document is.
            file_name, notes: as in `add`.
            progress: told after every step.

        Raises:
            NotFound: the collection has neither this document nor, as a finished earlier call left it, the new version.
            InputError: the file cannot be read; its class says why.
            ModelError: the model server failed while it wrote notes.
        """
        return await self._services.replace(document_id, Path(source), collection, notes, progress, file_name)

    async def delete(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Delete a document and all that came from it: notes, vectors, cached replies, quotes in traces and chats.

        Args:
            document_id: which.
            collection: where it is.

        Raises:
            NotFound: the collection has no such document.
        """
        await self._services.delete(document_id, collection)

    def collections(self) -> list[CollectionInfo]:
        """Return all collections with the number of their documents."""
        return self._services.store.collections()

    def collection(self, name: str) -> CollectionInfo:
        """Return one collection with the number of its documents.

        Args:
            name: which.

        Raises:
            NotFound: there is none of this name; the default one always is.
        """
        self._services.collection(name)
        return next(info for info in self.collections() if info.name == name)

    def make_collection(self, name: str) -> CollectionInfo:
        """Make a collection, or return the one of this name; adding a document to a new name makes it too.

        Args:
            name: what it is called.

        Raises:
            StoreError: the data folder cannot be used.
        """
        return self._services.make_collection(name)

    async def delete_collection(self, name: str) -> None:
        """Delete a collection with its documents, traces and chats, and all that came from them.

        Args:
            name: which.

        Raises:
            NotFound: there is none of this name.
        """
        await self._services.delete_collection(name)

    async def backup(self, path: Path | str) -> None:
        """Write a backup of the whole data folder into a new file, as of one moment; reading and adding may go on.

        Args:
            path: the file, a zip.

        Raises:
            StoreError: the file is there already, would lie in the data folder, or cannot be written.
        """
        await asyncio.to_thread(self._services.store.backup, Path(path))

    async def restore(self, path: Path | str) -> None:
        """Unpack a backup into the data folder, which holds no documents. It is checked before it takes effect.

        Args:
            path: the backup.

        Raises:
            StoreError: the data folder is not empty, or the backup cannot be read, is not whole, or is of a newer
                version; the folder is as before.
        """
        await asyncio.to_thread(upkeep.restore, self.settings.data_folder, Path(path))

    async def repair(self, progress: Callable[[Progress], None] | None = None) -> upkeep.Repaired:
        """Mend the data folder: make everything derived anew, read half-done documents to their end, and where the
        database is broken, read the stored files in again. The first call of a reader, or nothing that it uses yet.

        Args:
            progress: told after every step.

        Returns:
            What was broken and what was done.

        Raises:
            StoreLocked: the data folder is in use, by this reader too.
        """
        return await upkeep.repair(self._services, self.settings.data_folder, progress)

    def trace(self, trace_id: str) -> Trace:
        """Return the trace of an earlier question.

        Args:
            trace_id: as the answer tells it.

        Raises:
            NotFound: there is none, or a document that it quotes was deleted.
        """
        return self._services.trace(trace_id)

    def traces(self, limit: int = 20, offset: int = 0) -> list[TraceRecord]:
        """Return the newest traces, newest first, those included that lost their content to a deletion.

        Args:
            limit: the most.
            offset: how many of the newest to pass over.
        """
        return self._services.store.traces(limit, offset)

    def graph(self, document_id: str | None = None, collection: str = DEFAULT_COLLECTION) -> "nx.Graph":
        """Return the note graph of a document, or of a whole collection, as a new NetworkX graph.

        Args:
            document_id: one document; default: all of the collection.
            collection: where the documents are.

        Returns:
            Nodes are key elements with a ``label`` and ``facts``, a list of dictionaries with ``fact_id``,
            ``document_id``, ``title``, ``page`` and ``text``. Edges have a ``weight``: the number of facts in which
            both stand.

        Raises:
            NotFound: there is no such collection or document.
        """
        return spell_out(self._services.collection(collection), document_id)

    async def close(self) -> None:
        """Stop the model server if this reader started it, and release the data folder."""
        try:
            if self._owns_engine:
                await self._services.engine.close()
        finally:
            await self._services.close()


def _answer_of(trace: Trace) -> Answer:
    assert trace.answer is not None, "every question ends in an answer"
    return trace.answer


def _changed(settings: ReadingSettings, mode: Mode | None, budget: BudgetSettings | None) -> ReadingSettings:
    """Return the settings for one question. Raises ConfigurationError where the mode is none."""
    changes = {"mode": mode, "budget": budget and budget.model_dump()}
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return ReadingSettings.model_validate(settings.model_dump() | given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{name}: {first['msg']}", hint="Give one of the values that are named.") from error
