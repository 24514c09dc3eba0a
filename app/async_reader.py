"""The reader as a library, for programs that run an event loop: documents in, cited answers out.

What it can do is in `parts`, a module a noun; here it is built, opened and closed.
"""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from ..agents.llm import ChatModel
from ..graph_store.embedder import Embedder
from .engine import Engine
from .naming import LOCAL_TENANT, tenant_folder
from .parts.browsing import BrowsingPart
from .parts.chats import ChatsPart
from .parts.collections import CollectionsPart
from .parts.documents import DocumentsPart
from .parts.folder import FolderPart
from .services import Services
from .settings import Settings


class AsyncReader(DocumentsPart, ChatsPart, BrowsingPart, CollectionsPart, FolderPart):
    """Reads documents and answers questions about them, for programs that run an event loop.

    Args:
        data_folder: where everything is kept; default: the settings'.
        settings: all settings; default: from the environment.
        model: a chat model to use instead of the one of the settings (tests, other servers).
        embedder: an embedder to use instead of the settings'.
        engine: a model and an embedder that several readers share, and that outlive this one.
        tenant: whose documents are read; each tenant's are apart from all others'.

    Raises:
        ConfigurationError: the environment holds a value that does not fit.

    The data folder belongs to one process from the first call on until the reader is closed; where another one has
    it, that call raises StoreLocked. With a database in the settings, any number of processes may read and add.
    ``close`` (or ``async with``) stops the model server that the reader started.
    """

    def __init__(
        self,
        data_folder: Path | str | None = None,
        *,
        settings: Settings | None = None,
        model: ChatModel | None = None,
        embedder: Embedder | None = None,
        engine: Engine | None = None,
        tenant: str = LOCAL_TENANT,
    ) -> None:
        settings = settings or Settings()
        folder = tenant_folder(Path(data_folder) if data_folder is not None else settings.data_folder, tenant)
        settings = settings.model_copy(update={"data_folder": folder})
        self.settings = settings
        self._owns_engine = engine is None
        self._services = Services(settings, engine or Engine(settings, model, embedder), tenant)

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

    async def close(self) -> None:
        """Stop the model server if this reader started it, and release the data folder."""
        try:
            if self._owns_engine:
                await self._services.engine.close()
        finally:
            await self._services.close()
