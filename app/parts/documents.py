"""The reader's documents: adding, replacing and deleting them, what is told of each, and its pages."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...agents.notes_estimate import NotesEstimate
from ...graph_store.document import Document, Span
from ...graph_store.documents import DocumentInfo
from ...graph_store.files import OriginalFile
from ...graph_store.note import NotesKind
from ...graph_store.page_boxes import PageBoxes
from ...graph_store.progress import Progress
from ..naming import DEFAULT_COLLECTION
from .part import ReaderPart

if TYPE_CHECKING:
    from ...graph_store.ingest import AddResult

# The parsers, and what joins them to the store, are loaded by the calls that need them: listing documents does without.


class DocumentsPart(ReaderPart):
    """Documents in, listed, replaced, out."""

    async def add(
        self,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> "AddResult":
        """Read a file into a collection. The same bytes again are a no-op; an interrupted run is taken up again.

        Args:
            source: the file.
            collection: where it goes.
            file_name: what it is called, where its path does not tell (an upload); it tells the format and the title
                where the bytes do not.
            notes: "extractive" or "llm"; default: as it was begun, else as the collection's newest document, else the
                settings'. What "llm" will cost is told by `estimate`. Asked for with the same bytes again, it tries
                the chunks again that the model could not note.
            progress: told after every step.

        Returns:
            The document's id and figures.

        Raises:
            ModelError: the model server failed while it wrote notes; adding the file again goes on.
            InputError: the file cannot be read; its class says why.
            StoreError: the data folder cannot be used.
        """
        from ..adding import Incoming, add

        return await add(self._services, collection, Incoming(Path(source), file_name, notes), progress)

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
        from ..adding import Incoming, estimate

        return await estimate(self._services, collection, Incoming(Path(source), file_name, notes))

    async def replace(
        self,
        document_id: str,
        source: Path | str,
        *,
        collection: str = DEFAULT_COLLECTION,
        file_name: str | None = None,
        notes: NotesKind | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> "AddResult":
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
        from ..adding import Incoming, replace

        file = Incoming(Path(source), file_name, notes)
        return await replace(self._services, collection, document_id, file, progress)

    async def delete(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> None:
        """Delete a document and all that came from it: notes, vectors, cached replies, quotes in traces and chats.

        Args:
            document_id: which.
            collection: where it is.

        Raises:
            NotFound: the collection has no such document.
        """
        await self._services.delete(document_id, collection)

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
            ConfigurationError: a database keeps it; see `original`.
        """
        return self._services.file(document_id, collection)

    def original(self, document_id: str, collection: str = DEFAULT_COLLECTION) -> OriginalFile:
        """Return the original file of a document, to be read whole or in part, wherever it is kept.

        Args:
            document_id: which.
            collection: where it is.

        Raises:
            NotFound: there is no such collection or document, or the file is gone (`repair` tells).
        """
        return self._services.original(document_id, collection)

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
        from ..page_marks import boxes

        return await boxes(self._services, document_id, page, span, collection)
