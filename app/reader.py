"""The reader as a library: documents in, cited answers out. Async here; `Reader` is the one sync bridge."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from ..agents.answer import Answer
from ..agents.ask import ask
from ..agents.chat import Turn
from ..agents.llm import ChatModel
from ..agents.notes_estimate import NotesEstimate
from ..agents.settings import BudgetSettings, Mode, ReadingSettings
from ..agents.trace import ReadingStep, Trace
from ..graph_store.collection import DocumentInfo
from ..graph_store.document import Document
from ..graph_store.embedder import Embedder
from ..graph_store.errors import ReaderError
from ..graph_store.ingest import AddResult, Progress
from ..graph_store.note import NotesKind
from ..graph_store.traces import TraceRecord
from .bridge import Bridge
from .chat import AsyncReaderChat, ReaderChat
from .services import DEFAULT_COLLECTION, Services
from .settings import Settings


class AsyncReader:
    """Reads documents and answers questions about them, for programs that run an event loop.

    Args:
        data_folder: where everything is kept; default: the settings'.
        settings: all settings; default: from the environment.
        model: a chat model to use instead of the one of the settings (tests, other servers).
        embedder: an embedder to use instead of the settings'.

    The data folder belongs to one process while the reader is open. ``close`` (or ``async with``) stops the model
    server that the reader started.
    """

    def __init__(
        self,
        data_folder: Path | str | None = None,
        *,
        settings: Settings | None = None,
        model: ChatModel | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        settings = settings or Settings()
        if data_folder is not None:
            settings = settings.model_copy(update={"data_folder": Path(data_folder)})
        self.settings = settings
        self._services = Services(settings, model, embedder)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def add(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> AddResult:
        """Read a file into a collection. The same bytes again are a no-op; an interrupted run is taken up again.

        Args:
            source: the file.
            collection: where it goes.
            notes: "extractive" or "llm"; default: as it was begun, else as the collection's newest document, else the
                settings'. What "llm" will cost is told by `estimate`.
            progress: told after every step.

        Raises:
            ModelError: the model server failed while it wrote notes; adding the file again goes on.
            InputError: the file cannot be read; its class says why.
            StoreError: the data folder cannot be used.
        """
        return await self._services.add(Path(source), collection, notes, progress)

    async def estimate(
        self, source: Path | str, *, collection: str = DEFAULT_COLLECTION, notes: NotesKind | None = None
    ) -> NotesEstimate | None:
        """Tell what the model will read and write, and how long, for the notes of a file; nothing is stored.

        Returns None where adding it needs no model: its notes are extractive, or it is there already.
        Raises InputError where the file cannot be read.
        """
        return await self._services.estimate(Path(source), collection, notes)

    def stream(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> AsyncIterator[ReadingStep | Answer]:
        """Ask a question: yields each reading step as it happens, and last the answer.

        Raises:
            InputError, ReadingError: the question cannot be read.
            ModelError: the model server failed.
        Leaving the iteration stops the model call that is under way.
        """
        return self._stream(question, collection, mode, budget)

    async def _stream(
        self, question: str, collection: str, mode: Mode | None, budget: BudgetSettings | None
    ) -> AsyncIterator[ReadingStep | Answer]:
        async for event in self._read(question, (), collection, mode, budget):
            if isinstance(event, Trace):
                assert event.answer is not None
                yield event.answer
            else:
                yield event

    async def _read(
        self,
        question: str,
        turns: tuple[Turn, ...],
        collection: str,
        mode: Mode | None,
        budget: BudgetSettings | None,
    ) -> AsyncIterator[ReadingStep | Trace]:
        changes = {"mode": mode, "budget": budget and budget.model_dump()}
        given = {name: value for name, value in changes.items() if value is not None}
        reading = ReadingSettings.model_validate(self.settings.reading.model_dump() | given)
        services = self._services
        opened = services.collection(collection)
        async for event in ask(services.question_graph, opened, await services.model(), question, reading, turns):
            if isinstance(event, Trace):
                services.save_trace(event)
            yield event

    async def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> Answer:
        """Ask a question and return the answer; see `stream`."""
        events = self.stream(question, collection=collection, mode=mode, budget=budget)
        *_, answer = [event async for event in events]
        assert isinstance(answer, Answer)
        return answer

    def chat(
        self,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> AsyncReaderChat:
        """Begin a chat: follow-ups such as "And in 1920?" are rewritten to stand alone before they are read."""
        return AsyncReaderChat(lambda question, turns: self._read(question, turns, collection, mode, budget))

    def documents(self, collection: str = DEFAULT_COLLECTION) -> list[DocumentInfo]:
        """Return what is in a collection, in the order added."""
        return self._services.collection(collection).documents()

    def document(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> Document:
        """Return a document with its text, pages and headings. Raises NotFound."""
        return self._services.collection(collection).document(document_id)

    def delete(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Delete a document and all that came from it: notes, vectors, cached replies, traces that quote it."""
        self._services.delete(document_id, collection)

    def trace(self, trace_id: str) -> Trace:
        """Return the trace of an earlier question. Raises NotFound."""
        return self._services.trace(trace_id)

    def traces(self, limit: int = 20) -> list[TraceRecord]:
        """Return the newest traces, newest first, those included that lost their content to a deletion."""
        return self._services.store.traces(limit)

    async def close(self) -> None:
        """Stop the model server if this reader started it, and release the data folder."""
        await self._services.close()


class Reader:
    """The same for programs without an event loop: every call blocks until it is done.

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

    def add(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> AddResult:
        """Read a file into a collection; see `AsyncReader.add`. ``progress`` is called from another thread."""
        return self._bridge.run(self._reader.add(source, collection=collection, notes=notes, progress=progress))

    def estimate(
        self, source: Path | str, *, collection: str = DEFAULT_COLLECTION, notes: NotesKind | None = None
    ) -> NotesEstimate | None:
        """Tell what the notes of a file will cost; see `AsyncReader.estimate`."""
        return self._bridge.run(self._reader.estimate(source, collection=collection, notes=notes))

    def ask(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> Answer:
        """Ask a question and return the answer; see `AsyncReader.stream`."""
        return self._bridge.run(self._reader.ask(question, collection=collection, mode=mode, budget=budget))

    def stream(
        self,
        question: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> Iterator[ReadingStep | Answer]:
        """Ask a question: yields reading steps, last the answer; see `AsyncReader.stream`."""
        return self._bridge.iterate(self._reader.stream(question, collection=collection, mode=mode, budget=budget))

    def chat(
        self,
        *,
        collection: str = DEFAULT_COLLECTION,
        mode: Mode | None = None,
        budget: BudgetSettings | None = None,
    ) -> ReaderChat:
        """Begin a chat; see `AsyncReader.chat`."""
        return ReaderChat(self._reader.chat(collection=collection, mode=mode, budget=budget), self._bridge)

    def documents(self, collection: str = DEFAULT_COLLECTION) -> list[DocumentInfo]:
        """Return what is in a collection, in the order added."""
        return self._reader.documents(collection)

    def document(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> Document:
        """Return a document with its text, pages and headings. Raises NotFound."""
        return self._reader.document(document_id, collection)

    def delete(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Delete a document and all that came from it; see `AsyncReader.delete`."""
        self._reader.delete(document_id, collection)

    def trace(self, trace_id: str) -> Trace:
        """Return the trace of an earlier question. Raises NotFound."""
        return self._reader.trace(trace_id)

    def traces(self, limit: int = 20) -> list[TraceRecord]:
        """Return the newest traces, newest first; see `AsyncReader.traces`."""
        return self._reader.traces(limit)

    def close(self) -> None:
        """Stop the model server if this reader started it, and release the data folder."""
        if not self._bridge.closed:
            self._bridge.run(self._reader.close())
            self._bridge.close()


__all__ = ["AsyncReader", "Reader", "ReaderError"]
