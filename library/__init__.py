"""longreader: reads documents far longer than your model's window, and answers with checked citations.

    from longreader import Reader

    with Reader() as reader:
        reader.add("report.pdf")
        answer = reader.ask("Who signed the contract?")

Names are imported at their first use, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longreader.agents.answer import Answer, AnswerUsage, Citation, Status
    from longreader.agents.chat import Turn
    from longreader.agents.delta import AnswerDelta
    from longreader.agents.errors import (
        CollectionChanged,
        ModelCutOff,
        ModelError,
        ModelUnavailable,
        NothingToRead,
        QuestionTooLong,
        ReadingError,
        ReplyMalformed,
        ReplyTooLong,
        WeightsError,
        WindowExceeded,
    )
    from longreader.agents.llm.model import ChatModel, Message, ModelReply, ModelRequest, TokenCounter
    from longreader.agents.notes_estimate import NotesEstimate
    from longreader.agents.settings import BudgetSettings, ReadingSettings
    from longreader.agents.trace import CallRecord, ReadingStep, Trace
    from longreader.app.async_reader import AsyncReader
    from longreader.app.chat import AsyncReaderChat, ReaderChat
    from longreader.app.reader import Reader
    from longreader.app.settings import IngestSettings, ModelSettings, Settings
    from longreader.app.upkeep import Repaired
    from longreader.graph_store.catalog import CollectionInfo
    from longreader.graph_store.chats import ChatRecord, TurnRecord
    from longreader.graph_store.chunk_view import ChunkView
    from longreader.graph_store.document import Document, Heading, Page, Span
    from longreader.graph_store.documents import DocumentInfo
    from longreader.graph_store.embedder import Embedder
    from longreader.graph_store.errors import (
        ConfigurationError,
        DamagedInput,
        EmptyInput,
        EncryptedInput,
        InputError,
        NoTextInput,
        NotFound,
        ReaderError,
        StoreDamaged,
        StoreError,
        StoreLocked,
        StoreTooNew,
        TooLargeInput,
        UnsupportedInput,
    )
    from longreader.graph_store.files import OriginalFile
    from longreader.graph_store.found_passage import FoundPassage
    from longreader.graph_store.graph import Neighbor
    from longreader.graph_store.ingest import AddResult
    from longreader.graph_store.node_view import NodeLine, NodePage, NodeView
    from longreader.graph_store.page_boxes import Box, PageBoxes
    from longreader.graph_store.placed_fact import PlacedFact
    from longreader.graph_store.progress import Progress
    from longreader.graph_store.repair import Mended
    from longreader.graph_store.traces import TraceRecord

__all__ = [
    "AddResult",
    "Answer",
    "AnswerDelta",
    "AnswerUsage",
    "AsyncReader",
    "AsyncReaderChat",
    "Box",
    "BudgetSettings",
    "CallRecord",
    "ChatModel",
    "ChatRecord",
    "ChunkView",
    "Citation",
    "CollectionChanged",
    "CollectionInfo",
    "ConfigurationError",
    "DamagedInput",
    "Document",
    "DocumentInfo",
    "Embedder",
    "EmptyInput",
    "EncryptedInput",
    "FoundPassage",
    "Heading",
    "IngestSettings",
    "InputError",
    "Mended",
    "Message",
    "ModelCutOff",
    "ModelError",
    "ModelReply",
    "ModelRequest",
    "ModelSettings",
    "ModelUnavailable",
    "Neighbor",
    "NoTextInput",
    "NodeLine",
    "NodePage",
    "NodeView",
    "NotFound",
    "NotesEstimate",
    "NothingToRead",
    "OriginalFile",
    "Page",
    "PageBoxes",
    "PlacedFact",
    "Progress",
    "QuestionTooLong",
    "Reader",
    "ReaderChat",
    "ReaderError",
    "ReadingError",
    "ReadingSettings",
    "ReadingStep",
    "Repaired",
    "ReplyMalformed",
    "ReplyTooLong",
    "Settings",
    "Span",
    "Status",
    "StoreDamaged",
    "StoreError",
    "StoreLocked",
    "StoreTooNew",
    "TokenCounter",
    "TooLargeInput",
    "Trace",
    "TraceRecord",
    "Turn",
    "TurnRecord",
    "UnsupportedInput",
    "WeightsError",
    "WindowExceeded",
]

_HOMES = {
    "agents.answer": ("Answer", "AnswerUsage", "Citation", "Status"),
    "agents.chat": ("Turn",),
    "agents.delta": ("AnswerDelta",),
    "agents.errors": (
        "CollectionChanged",
        "ModelCutOff",
        "ModelError",
        "ModelUnavailable",
        "NothingToRead",
        "QuestionTooLong",
        "ReadingError",
        "ReplyMalformed",
        "ReplyTooLong",
        "WeightsError",
        "WindowExceeded",
    ),
    "agents.llm.model": ("ChatModel", "Message", "ModelReply", "ModelRequest", "TokenCounter"),
    "agents.notes_estimate": ("NotesEstimate",),
    "agents.settings": ("BudgetSettings", "ReadingSettings"),
    "agents.trace": ("CallRecord", "ReadingStep", "Trace"),
    "app.async_reader": ("AsyncReader",),
    "app.chat": ("AsyncReaderChat", "ReaderChat"),
    "app.reader": ("Reader",),
    "app.settings": ("IngestSettings", "ModelSettings", "Settings"),
    "app.upkeep": ("Repaired",),
    "graph_store.catalog": ("CollectionInfo",),
    "graph_store.chats": ("ChatRecord", "TurnRecord"),
    "graph_store.chunk_view": ("ChunkView",),
    "graph_store.document": ("Document", "Heading", "Page", "Span"),
    "graph_store.documents": ("DocumentInfo",),
    "graph_store.embedder": ("Embedder",),
    "graph_store.errors": (
        "ConfigurationError",
        "DamagedInput",
        "EmptyInput",
        "EncryptedInput",
        "InputError",
        "NotFound",
        "NoTextInput",
        "ReaderError",
        "StoreDamaged",
        "StoreError",
        "StoreLocked",
        "StoreTooNew",
        "TooLargeInput",
        "UnsupportedInput",
    ),
    "graph_store.files": ("OriginalFile",),
    "graph_store.found_passage": ("FoundPassage",),
    "graph_store.graph": ("Neighbor",),
    "graph_store.ingest": ("AddResult",),
    "graph_store.placed_fact": ("PlacedFact",),
    "graph_store.page_boxes": ("Box", "PageBoxes"),
    "graph_store.node_view": ("NodeLine", "NodePage", "NodeView"),
    "graph_store.progress": ("Progress",),
    "graph_store.repair": ("Mended",),
    "graph_store.traces": ("TraceRecord",),
}


def __getattr__(name: str) -> object:
    for home, exported in _HOMES.items():
        if name in exported:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
