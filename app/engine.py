"""What readers can share: the model with its server, the embedder, the compiled question graph. It holds no document.

Each is made at its first use. A data folder's own things (its store, its cached replies) are services.py's.
"""

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from ..agents.errors import ModelUnavailable
from ..agents.llm import (
    CachedModel,
    ChatModel,
    OpenAITransport,
    Replies,
    TokenCounter,
    build_stack,
    counter_for,
    discover,
)
from ..agents.llm.folder_vocabulary import FolderVocabulary
from ..agents.llm.vocabulary import GgufVocabulary
from ..graph_store.embedder import Embedder
from ..graph_store.errors import ConfigurationError
from ..graph_store.extractive import ExtractiveNotesWriter
from ..graph_store.note import NotesWriter
from ..graph_store.once import Once
from ..graph_store.sentence_embedder import SentenceEmbedder
from . import weights
from .bridge import closed_error
from .embedded_model import EmbeddedModel
from .embedded_server import EmbeddedServer
from .observed_model import ObservedModel, Observer
from .server_command import find_vllm
from .settings import Settings
from .vllm_command import model_folder

if TYPE_CHECKING:
    from ..agents.graph import QuestionGraph
    from ..graph_store.parsers.confined import ParseLimits
    from .low_priority import LowPriorityProcess

_KNOCK_SECONDS = 2.0


class Engine:
    """The model and the embedder of the settings, or those handed in.

    Args:
        settings: all settings.
        model, embedder: used in place of the settings'.
        low_priority: whether notes without a model and the vectors of passages are made in a process of low priority.
        observer: told of every model call.

    Attributes:
        slot_count: how many calls the model's server works on at a time; 1 until it was found.
    """

    def __init__(
        self,
        settings: Settings,
        model: ChatModel | None = None,
        embedder: Embedder | None = None,
        *,
        low_priority: bool = False,
        observer: Observer | None = None,
    ) -> None:
        self.slot_count = 1
        self.lock = threading.RLock()
        self._settings = settings
        self._model = model
        self._cachable = model is None
        self._embedder = embedder
        self._is_low_priority = low_priority
        self._observer = observer
        self._counter: TokenCounter | None = model.counter if model else None
        self._embedded: EmbeddedModel | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    @Once
    def embedder(self) -> Embedder:
        """The embedder; its model is loaded at the first text."""
        if not self._is_low_priority:
            return self._embedder_here
        from .low_priority import LowPriorityEmbedder

        return LowPriorityEmbedder(self.low_priority, self._embedder_here)

    @Once
    def _embedder_here(self) -> Embedder:
        return self._embedder or SentenceEmbedder(
            self._settings.ingest.embedder, self._settings.ingest.embedding_device
        )

    @Once
    def low_priority(self) -> "LowPriorityProcess":
        """The process that makes notes and vectors where it is asked for; started by its first text."""
        from .low_priority import LowPriorityProcess

        return LowPriorityProcess(self._embedder_here.name, self._settings.ingest.embedding_device)

    @Once
    def question_graph(self) -> "QuestionGraph":
        """The compiled graph of a question."""
        from ..agents.graph import build

        return build()

    @Once
    def extractive(self) -> NotesWriter:
        """What writes notes without a model."""
        if not self._is_low_priority:
            return ExtractiveNotesWriter()
        from .low_priority import LowPriorityNotes

        return LowPriorityNotes(self.low_priority)

    @Once
    def parse_limits(self) -> "ParseLimits | None":
        """What reading a file may take, where it is not the usual: in a service, questions go first."""
        if not self._is_low_priority:
            return None
        from ..graph_store.parsers.confined import ParseLimits
        from .low_priority_child import NICENESS

        return ParseLimits(niceness=NICENESS)

    async def counter(self) -> TokenCounter:
        """The served model's token counter; needs no running server where the weights are on this machine."""
        if self._counter is None:
            if self._settings.model.url:
                await self._shared()
            else:
                self._counter = await asyncio.to_thread(self._vocabulary)
        assert self._counter is not None
        return self._counter

    async def model(self, cache: Replies) -> ChatModel:
        """The model's stack, in front of it the cached replies of one data folder.

        Finds the server of the settings; the embedded one is started by its first call. A model that was handed in is
        returned as it is.

        Raises:
            ModelUnavailable: the server cannot be reached.
            ConfigurationError: the weights are not on this machine, or no server program is installed.
        """
        shared = await self._shared()
        model = CachedModel(shared, cache) if self._cachable else shared
        return ObservedModel(model, self._observer) if self._observer else model

    async def check_model(self) -> None:
        """Find the model's server, and where it runs by itself, check that it still listens.

        Raises:
            ModelUnavailable: it cannot be reached.
            ConfigurationError: the weights are not on this machine, or no server program is installed.
        """
        await self._shared()
        url = self._settings.model.url
        if url and self._cachable:
            # No request: some servers answer one at a time, and a busy one is not away.
            await _knock(urlsplit(url))

    async def start_model(self) -> None:
        """Start the model's server now, where it is this engine's, so that the first question need not wait for it.

        Raises:
            ModelUnavailable, ConfigurationError: it does not start; as `model`.
        """
        await self._shared()
        if self._embedded is not None:
            await self._embedded.start()

    async def close(self) -> None:
        """Stop the model and the server that was started for it, for good."""
        self._closed = True
        try:
            if self._is_low_priority:
                await asyncio.to_thread(self.low_priority.close)
        finally:
            if self._model is not None:
                await self._model.close()

    async def _shared(self) -> ChatModel:
        async with self._starting:
            if self._closed:
                raise closed_error()
            if self._model is None:
                self._model = await (self._connect() if self._settings.model.url else self._embed())
        return self._model

    async def _connect(self) -> ChatModel:
        settings = self._settings.model
        assert settings.url is not None
        key = settings.api_key.get_secret_value() if settings.api_key else None
        server = await discover(settings.url, key, settings.name, settings.window_tokens)
        self._counter = await asyncio.to_thread(counter_for, server, key)
        self.slot_count = settings.slot_count or server.slots
        return build_stack(OpenAITransport(server, key, self._counter), None, self.slot_count)

    async def _embed(self) -> ChatModel:
        settings = self._settings.model
        logs = self._settings.data_folder / "model-server.log"
        program = find_vllm(settings.vllm_python, settings.vllm_arguments) if settings.server == "vllm" else None
        child = EmbeddedServer(self._weights(), logs, window_tokens=settings.window_tokens, server=program)
        self.slot_count = settings.slot_count or child.slot_count
        self._embedded = EmbeddedModel(child, await self.counter())
        return build_stack(self._embedded, None, self.slot_count)

    def _vocabulary(self) -> TokenCounter:
        path = self._weights()
        return FolderVocabulary(path) if self._settings.model.server == "vllm" else GgufVocabulary(path)

    def _weights(self) -> Path:
        settings = self._settings.model
        if settings.server == "vllm":
            return model_folder(settings.weights)
        found = weights.path(settings.weights, settings.cache_folder)
        if found is None:
            raise ConfigurationError(
                f"The weights {settings.weights} are not on this machine.",
                hint="Fetch them once: `longreader model pull`.",
                weights=settings.weights,
            )
        return found


async def _knock(url: SplitResult) -> None:
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        async with asyncio.timeout(_KNOCK_SECONDS):
            _, writer = await asyncio.open_connection(url.hostname, port)
        writer.close()
    except (OSError, TimeoutError) as error:
        raise ModelUnavailable(f"The model server at {url.hostname}:{port} does not listen: {error}.") from error
