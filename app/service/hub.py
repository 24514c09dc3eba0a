"""What the service's process shares: the engine, the jobs, and for each tenant in use a reader over its own folder.

A tenant's folder is a whole data folder with its own store, vectors, cached replies, traces and chats, so that no query
can reach another tenant's. The tenant `LOCAL` has the data folder itself: what the command line adds is its.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from ...agents.llm import ChatModel
from ...graph_store.embedder import Embedder
from ...graph_store.errors import ReaderError
from ..async_reader import AsyncReader
from ..engine import Engine
from ..jobs import Jobs
from ..naming import tenant_folder
from ..observed_model import ObservedCall
from ..settings import Settings
from .keys import KEY_ID, LOCAL, Keys
from .metrics import Metrics
from .place import place_of

log = logging.getLogger(__name__)

OPEN_COUNT = 32
"""Most tenants whose readers stay open while nothing uses them."""


@dataclass(slots=True)
class _Tenant:
    reader: AsyncReader
    lease_count: int = 0


class Hub:
    """The readers of a service; use it as an async context.

    Args:
        settings: all settings; the data folder is the service's, and the tenants' are in it.
        model, embedder: as in `AsyncReader`.
        open_count: most tenants that stay open while nothing uses them.
        low_priority: whether notes and vectors of documents are made in a process of low priority.
    """

    def __init__(
        self,
        settings: Settings,
        model: ChatModel | None = None,
        embedder: Embedder | None = None,
        open_count: int = OPEN_COUNT,
        *,
        low_priority: bool = False,
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.engine = Engine(settings, model, embedder, low_priority=low_priority, observer=self._note_call)
        self._place = place_of(settings, self.folder)
        self.rates = self._place.rates
        self.keys = Keys(self._place.keys)
        self.requests = self._place.requests
        self.jobs = Jobs(
            settings.data_folder,
            self.reader,
            watch=lambda: self.metrics.stages().report,
            worker=self._place.worker,
        )
        self._open_count = open_count
        self._tenants: OrderedDict[str, _Tenant] = OrderedDict()
        self._changing = asyncio.Lock()
        self._starting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Take the data folder, and go on with the jobs in it.

        Raises:
            StoreError: it is in use or cannot be used.
            ConfigurationError: others can reach the service, and there is no key.
        """
        self.keys.require_for(self.settings.service.host)
        # For as long as the service runs: the lock of the data folder stands for the folders in it.
        await self._lease(LOCAL)
        await self.jobs.open()
        if self.settings.model.server == "vllm" and not self.settings.model.url:
            # It takes minutes; the first question would be given up before.
            self._starting = asyncio.create_task(self._start_model())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @asynccontextmanager
    async def reader(self, tenant: str) -> AsyncIterator[AsyncReader]:
        """Lend a tenant's reader. It stays open at least until it is given back.

        Args:
            tenant: a tenant's id; a new one's folder is made.

        Raises:
            StoreError: the tenant's folder cannot be used.
        """
        leased = await self._lease(tenant)
        try:
            yield leased.reader
        finally:
            leased.lease_count -= 1

    def _note_call(self, call: ObservedCall) -> None:
        self.metrics.call(call)
        if not call.from_cache:
            self.rates.charge(KEY_ID.get(), call.prompt_tokens + call.completion_tokens)

    async def _start_model(self) -> None:
        try:
            await self.engine.start_model()
        except ReaderError as error:
            log.error("The model server does not start: %s", error)

    def folder(self, tenant: str) -> Path:
        """Return a tenant's data folder."""
        return tenant_folder(self.settings.data_folder, tenant)

    async def close(self) -> None:
        """Stop the jobs, close every reader and stop the model."""
        try:
            if self._starting is not None:
                self._starting.cancel()
                await asyncio.wait([self._starting])
            await self.jobs.close()
            async with self._changing:
                while self._tenants:
                    await self._tenants.popitem()[1].reader.close()
        finally:
            await self.engine.close()
            await self._place.close()

    async def _lease(self, tenant: str) -> _Tenant:
        if tenant not in self._tenants:
            await self._open(tenant)
        # Nothing is awaited from here on, so that what was found is not closed meanwhile.
        leased = self._tenants[tenant]
        self._tenants.move_to_end(tenant)
        leased.lease_count += 1
        return leased

    async def _open(self, tenant: str) -> None:
        async with self._changing:
            if tenant in self._tenants:
                return
            await self._make_room()
            reader = AsyncReader(settings=self.settings, engine=self.engine, tenant=tenant)
            await reader.open()
            self._tenants[tenant] = _Tenant(reader)

    async def _make_room(self) -> None:
        idle = [tenant for tenant, opened in self._tenants.items() if not opened.lease_count]
        for tenant in idle[: max(0, len(self._tenants) - self._open_count + 1)]:
            await self._tenants.pop(tenant).reader.close()
