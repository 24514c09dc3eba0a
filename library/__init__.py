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
    from longreader.agents.errors import ModelError, ReadingError
    from longreader.agents.notes_estimate import NotesEstimate
    from longreader.agents.settings import BudgetSettings, ReadingSettings
    from longreader.agents.trace import ReadingStep, Trace
    from longreader.app.chat import AsyncReaderChat, ReaderChat
    from longreader.app.reader import AsyncReader, Reader
    from longreader.app.settings import Settings
    from longreader.graph_store.errors import ConfigurationError, InputError, ReaderError, StoreError
    from longreader.graph_store.ingest import AddResult, Progress

__all__ = [
    "AddResult",
    "Answer",
    "AnswerUsage",
    "AsyncReader",
    "AsyncReaderChat",
    "BudgetSettings",
    "Citation",
    "ConfigurationError",
    "InputError",
    "ModelError",
    "NotesEstimate",
    "Progress",
    "Reader",
    "ReaderChat",
    "ReaderError",
    "ReadingError",
    "ReadingSettings",
    "ReadingStep",
    "Settings",
    "Status",
    "StoreError",
    "Trace",
    "Turn",
]

_HOMES = {
    "agents.answer": ("Answer", "AnswerUsage", "Citation", "Status"),
    "agents.chat": ("Turn",),
    "agents.errors": ("ModelError", "ReadingError"),
    "agents.notes_estimate": ("NotesEstimate",),
    "agents.settings": ("BudgetSettings", "ReadingSettings"),
    "agents.trace": ("ReadingStep", "Trace"),
    "app.chat": ("AsyncReaderChat", "ReaderChat"),
    "app.reader": ("AsyncReader", "Reader"),
    "app.settings": ("Settings",),
    "graph_store.errors": ("ConfigurationError", "InputError", "ReaderError", "StoreError"),
    "graph_store.ingest": ("AddResult", "Progress"),
}


def __getattr__(name: str) -> object:
    for home, exported in _HOMES.items():
        if name in exported:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
