"""Files into a collection: added, put in the place of another, or their notes only estimated."""

import asyncio
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

from ..agents.notes import LlmNotesWriter
from ..agents.notes_estimate import NotesEstimate, Speed, estimate_notes, measured_speed
from ..agents.trace import Trace
from ..graph_store.collection import Collection
from ..graph_store.document import content_hash
from ..graph_store.documents import DocumentInfo
from ..graph_store.errors import NotFound
from ..graph_store.ingest import AddResult, add_document, embed_missing
from ..graph_store.note import NotesKind
from ..graph_store.noting import note_again
from ..graph_store.parsers.confined import ParseLimits, parse_confined
from ..graph_store.progress import Report
from .services import Services
from .settings import IngestSettings
from .source_file import name_of, read_file


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that comes in. ``file_name`` is what it is called where its path does not tell, ``notes`` how it is to be
    noted where that is said."""

    source: Path
    file_name: str | None = None
    notes: NotesKind | None = None

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.file_name or name_of(self.source)

    async def read(self) -> bytes:
        """Return its bytes. Raises InputError where it cannot be read."""
        return await asyncio.to_thread(read_file, self.source)


async def add(services: Services, collection: str, file: Incoming, progress: Report | None = None) -> AddResult:
    """Read a file into a collection; see `AsyncReader.add`."""
    data = await file.read()
    opened = await asyncio.to_thread(services.store.collection, collection)
    return await add_bytes(services, opened, data, file.name, file.notes, progress)


async def replace(
    services: Services, collection: str, document_id: str, file: Incoming, progress: Report | None = None
) -> AddResult:
    """Put a new version in the place of a document; see `AsyncReader.replace`."""
    data, opened = await file.read(), await asyncio.to_thread(services.collection, collection)
    added = await add_bytes(services, opened, data, file.name, file.notes, progress, replaces=document_id)
    if added.document_id != document_id:
        await asyncio.to_thread(services.cache.forget, document_id)
    return added


async def add_bytes(
    services: Services,
    collection: Collection,
    data: bytes,
    file_name: str,
    notes: NotesKind | None = None,
    progress: Report | None = None,
    replaces: str | None = None,
) -> AddResult:
    """Read a file's bytes into a collection; `replaces` is the id of the document whose place they take."""
    # It brings an HTTP client, which listing documents does without.
    from ..agents.llm import ServerCounter

    counter = await services.engine.counter()
    documents = await asyncio.to_thread(collection.documents)
    known = await asyncio.to_thread(_known, documents, data)
    writer = await services.notes_writer(notes or _notes_kind(documents, known, services.settings.ingest))
    added = await add_document(
        services.store,
        collection,
        data,
        file_name,
        notes=writer,
        count_tokens=counter.count_text,
        max_chunk_tokens=services.settings.ingest.chunk_tokens,
        counts_slowly=isinstance(counter, ServerCounter),
        limits=services.engine.parse_limits,
        replaces=replaces,
        progress=progress,
    )
    if added.existed:
        # The embedder may have been changed since.
        await embed_missing(services.store, collection, progress)
    if added.existed and notes == "llm" and added.fallback_count:
        writer = await services.second_notes_writer()
        info = await note_again(services.store, collection, added.document_id, writer, progress)
        counts = {name: getattr(info, name) for name in ("fact_count", "dropped_count", "fallback_count")}
        added = changed(added, **counts)
    if isinstance(writer, LlmNotesWriter):
        return changed(added, model_tokens=writer.usage.tokens)
    return added


async def estimate(services: Services, collection: str, file: Incoming) -> NotesEstimate | None:
    """Tell what the notes of a file will cost; see `AsyncReader.estimate`."""
    settings = services.settings.ingest
    data, documents = await file.read(), await asyncio.to_thread(_documents, services, collection)
    known = await asyncio.to_thread(_known, documents, data)
    kind = file.notes or _notes_kind(documents, known, settings)
    if kind == "extractive" or (known and known.status == "ready"):
        return None
    parsed = await parse_confined(data, file.name, services.engine.parse_limits or ParseLimits())
    counter = await services.engine.counter()
    tokens = await asyncio.to_thread(counter.count_text, parsed.text)
    return estimate_notes(tokens, settings.chunk_tokens, counter, await asyncio.to_thread(_speed, services))


def _speed(services: Services) -> Speed | None:
    """Return the model's speed in the newest questions, where it was the same model."""
    kept = (record.payload for record in services.store.traces() if record.payload)
    traces = [Trace.model_validate_json(payload) for payload in kept]
    return measured_speed(call for trace in traces if trace.model == traces[0].model for call in trace.calls)


def _documents(services: Services, collection: str) -> list[DocumentInfo]:
    try:
        return services.collection(collection).documents()
    except NotFound:
        return []


def _notes_kind(documents: list[DocumentInfo], known: DocumentInfo | None, settings: IngestSettings) -> NotesKind:
    """Return how a document is noted where nothing was said: as begun, as the collection is, as set."""
    if like := known or next(reversed(documents), None):
        return "llm" if like.notes_kind == "llm" else "extractive"
    return settings.notes


def _known(documents: list[DocumentInfo], data: bytes) -> DocumentInfo | None:
    hash_ = content_hash(data)
    return next((info for info in documents if info.content_hash == hash_), None)
