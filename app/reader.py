"""The reader as a library, for programs without an event loop: the one sync bridge over `AsyncReader`."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..agents.answer import Answer
from ..agents.chat import Turn
from ..agents.delta import AnswerDelta
from ..agents.llm import ChatModel
from ..agents.notes_estimate import NotesEstimate
from ..agents.settings import BudgetSettings, Mode
from ..agents.trace import ReadingStep, Trace
from ..graph_store.catalog import CollectionInfo
from ..graph_store.chats import ChatRecord, TurnRecord
from ..graph_store.chunk_view import ChunkView
from ..graph_store.document import Document, Span
from ..graph_store.documents import DocumentInfo
from ..graph_store.embedder import Embedder
from ..graph_store.files import OriginalFile
from ..graph_store.found_passage import FoundPassage
from ..graph_store.node_view import NodePage, NodeView
from ..graph_store.note import NotesKind
from ..graph_store.page_boxes import PageBoxes
from ..graph_store.progress import Progress
from ..graph_store.traces import TraceRecord
from .async_reader import AsyncReader
from .bridge import Bridge
from .chat import ReaderChat
from .naming import DEFAULT_COLLECTION
from .settings import Settings

if TYPE_CHECKING:
    import networkx as nx

    from ..graph_store.ingest import AddResult
    from .upkeep import Repaired


class Reader:
    """Reads documents and answers questions about them. Every call blocks until it is done.

    Arguments and errors of all methods are those of `AsyncReader`, the same for programs that run an event loop.

    >>> with Reader() as reader:                                    # doctest: +SKIP
    ...     reader.add("report.pdf")
    ...     print(reader.ask("Who signed the contract?").text)
    """

    def __init__(
        self,
        data_folder: Path | str | None = None,
        *,
        settings: Settings | None = None,
        model: ChatModel | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        self._reader = AsyncReader(data_folder, settings=settings, model=model, embedder=embedder)
        self.settings = self._reader.settings
        self._bridge = Bridge()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Open the data folder now; see `AsyncReader.open`."""
        self._bridge.run(self._reader.open())

    def add(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> "AddResult":
        """Read a file into a collection; see `AsyncReader.add`. ``progress`` is called from another thread."""
        return self._bridge.run(
            self._reader.add(source, collection=collection, file_name=file_name, notes=notes, progress=progress)
        )

    def estimate(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
    ) -> NotesEstimate | None:
        """Tell what the notes of a file will cost; see `AsyncReader.estimate`."""
        estimated = self._reader.estimate(source, collection=collection, file_name=file_name, notes=notes)
        return self._bridge.run(estimated)

    def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> Answer:
        """Ask a question and return the answer; see `AsyncReader.ask`."""
        return self._bridge.run(self._reader.ask(question, collection=collection, mode=mode, budget=budget))

    def stream(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
        turns: Sequence[Turn] = (),
    ) -> Iterator[ReadingStep | AnswerDelta | Answer]:
        """Ask a question: yields reading steps, pieces of the answer, last the answer; see `AsyncReader.stream`."""
        asked = self._reader.stream(question, collection=collection, mode=mode, budget=budget, turns=turns)
        return self._bridge.iterate(asked)

    def summarise(
        self,
        document_id: str | None = None,
        *,
        about: str = "",
        collection: str = DEFAULT_COLLECTION,
        budget: BudgetSettings | None = None,
        progress: Callable[[ReadingStep], None] | None = None,
    ) -> Answer:
        """Summarise a document or a collection; see `AsyncReader.summarise`. ``progress`` is called from another
        thread."""
        return self._bridge.run(
            self._reader.summarise(document_id, about=about, collection=collection, budget=budget, progress=progress)
        )

    def chat(
        self,
        chat_id: str | None = None,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> ReaderChat:
        """Begin a chat, or go on with one; see `AsyncReader.chat`."""
        return ReaderChat(self._reader.chat(chat_id, collection=collection, mode=mode, budget=budget), self._bridge)

    def make_chat(self, title: str = "", *, collection: str = DEFAULT_COLLECTION) -> ChatRecord:
        """Store a chat without turns; see `AsyncReader.make_chat`."""
        return self._reader.make_chat(title, collection=collection)

    def stored_chat(self, chat_id: str) -> ChatRecord:
        """Return what is listed of a stored chat; see `AsyncReader.stored_chat`."""
        return self._reader.stored_chat(chat_id)

    def chats(self, collection: str | None = None, limit: int = 100, offset: int = 0) -> list[ChatRecord]:
        """Return stored chats, the last changed first; see `AsyncReader.chats`."""
        return self._reader.chats(collection, limit, offset)

    def turns(self, chat_id: str) -> list[TurnRecord]:
        """Return all turns of a stored chat, oldest first; see `AsyncReader.turns`."""
        return self._reader.turns(chat_id)

    def rename_chat(self, chat_id: str, title: str) -> None:
        """Give a chat another title; see `AsyncReader.rename_chat`."""
        self._reader.rename_chat(chat_id, title)

    def delete_chat(self, chat_id: str) -> None:
        """Delete a chat with its turns; see `AsyncReader.delete_chat`."""
        self._reader.delete_chat(chat_id)

    def export_chat(self, chat_id: str) -> str:
        """Return a chat as Markdown, with citations; see `AsyncReader.export_chat`."""
        return self._reader.export_chat(chat_id)

    def documents(self, collection: str = DEFAULT_COLLECTION) -> list[DocumentInfo]:
        """Return what is in a collection, in the order added; see `AsyncReader.documents`."""
        return self._reader.documents(collection)

    def document(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> Document:
        """Return a document with its text, pages and headings; see `AsyncReader.document`."""
        return self._reader.document(document_id, collection)

    def document_info(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> DocumentInfo:
        """Return one document's line of the list; see `AsyncReader.document_info`."""
        return self._reader.document_info(document_id, collection)

    def file(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> Path:
        """Return where the original file of a document is kept; see `AsyncReader.file`."""
        return self._reader.file(document_id, collection)

    def original(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> OriginalFile:
        """Return the original file of a document; see `AsyncReader.original`."""
        return self._reader.original(document_id, collection)

    def boxes(
        self, document_id: str, page: int, span: Span | None = None, *, collection: str = DEFAULT_COLLECTION
    ) -> PageBoxes:
        """Tell where on a page of a PDF a span of the text stands; see `AsyncReader.boxes`."""
        return self._bridge.run(self._reader.boxes(document_id, page, span, collection=collection))

    def search(
        self,
        query: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        limit: int = 8,
        document_ids: frozenset[str] | None = None,
    ) -> list[FoundPassage]:
        """Find passages by meaning and by words; see `AsyncReader.search`."""
        found = self._reader.search(query, collection=collection, limit=limit, document_ids=document_ids)
        return self._bridge.run(found)

    def chunk(self, chunk_id: str, *, collection: str = DEFAULT_COLLECTION) -> ChunkView:
        """Return a chunk of a document with its text; see `AsyncReader.chunk`."""
        return self._reader.chunk(chunk_id, collection=collection)

    def nodes(
        self, *, collection: str = DEFAULT_COLLECTION, containing: str = "", offset: int = 0, limit: int = 50
    ) -> NodePage:
        """Return a part of the list of the note graph's nodes; see `AsyncReader.nodes`."""
        return self._reader.nodes(collection=collection, containing=containing, offset=offset, limit=limit)

    def node(
        self,
        key: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        fact_offset: int = 0,
        fact_limit: int = 20,
        neighbor_limit: int = 20,
    ) -> NodeView:
        """Return a node of the note graph with facts and neighbors; see `AsyncReader.node`."""
        return self._reader.node(
            key, collection=collection, fact_offset=fact_offset, fact_limit=fact_limit, neighbor_limit=neighbor_limit
        )

    def replace(
        self,
        document_id: str,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> "AddResult":
        """Put a new version of a document in its place; see `AsyncReader.replace`."""
        replaced = self._reader.replace(
            document_id, source, collection=collection, file_name=file_name, notes=notes, progress=progress
        )
        return self._bridge.run(replaced)

    def delete(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Delete a document and all that came from it; see `AsyncReader.delete`."""
        self._bridge.run(self._reader.delete(document_id, collection))

    def collections(self) -> list[CollectionInfo]:
        """Return all collections with the number of their documents."""
        return self._reader.collections()

    def collection(self, name: str) -> CollectionInfo:
        """Return one collection with the number of its documents; see `AsyncReader.collection`."""
        return self._reader.collection(name)

    def make_collection(self, name: str) -> CollectionInfo:
        """Make a collection; see `AsyncReader.make_collection`."""
        return self._reader.make_collection(name)

    def delete_collection(self, name: str) -> None:
        """Delete a collection with its documents, traces and chats; see `AsyncReader.delete_collection`."""
        self._bridge.run(self._reader.delete_collection(name))

    def backup(self, path: Path | str) -> None:
        """Write a backup of the whole data folder into a new file; see `AsyncReader.backup`."""
        self._bridge.run(self._reader.backup(path))

    def restore(self, path: Path | str) -> None:
        """Unpack a backup into the empty data folder; see `AsyncReader.restore`."""
        self._bridge.run(self._reader.restore(path))

    def repair(self, progress: Callable[[Progress], None] | None = None) -> "Repaired":
        """Mend the data folder; see `AsyncReader.repair`. ``progress`` is called from another thread."""
        return self._bridge.run(self._reader.repair(progress))

    def trace(self, trace_id: str) -> Trace:
        """Return the trace of an earlier question; see `AsyncReader.trace`."""
        return self._reader.trace(trace_id)

    def traces(self, limit: int = 20, offset: int = 0) -> list[TraceRecord]:
        """Return the newest traces, newest first; see `AsyncReader.traces`."""
        return self._reader.traces(limit, offset)

    def graph(self, document_id: str | None = None, collection: str = DEFAULT_COLLECTION) -> "nx.Graph":
        """Return the note graph of a document, or of a whole collection; see `AsyncReader.graph`."""
        return self._reader.graph(document_id, collection)

    def close(self) -> None:
        """Stop the model server if this reader started it, and release the data folder."""
        if not self._bridge.closed:
            self._bridge.run(self._reader.close())
            self._bridge.close()
