"""Where a service keeps what is not documents: in its data folder, or where all its workers share it.

Which of the two is told by the setting ``database_url`` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..settings import Settings
from .key import KeyStore
from .key_file import KeyFile
from .limits import OwnRates, Rates, Sizes
from .request_file import RequestFile
from .request_store import RequestStore

if TYPE_CHECKING:
    from ..workers.allowance_rows import AllowanceRows
    from ..workers.worker import Worker


class Place(Protocol):
    """Keeps keys, requests with idempotency keys, and the allowances of keys."""

    @property
    def keys(self) -> KeyStore:
        """The keys of all tenants."""
        ...

    @property
    def rates(self) -> Rates:
        """The allowances of all keys."""
        ...

    @property
    def worker(self) -> "Worker | None":
        """This process among others, where there may be others."""
        ...

    def requests(self, tenant: str) -> RequestStore:
        """Return a tenant's requests."""
        ...

    async def close(self) -> None:
        """Write what is not yet written, and close what is open."""
        ...


@dataclass(frozen=True)
class FolderPlace:
    """The data folder of a service that is one process; see `Place`. ``folder_of`` tells that of a tenant."""

    folder: Path
    folder_of: Callable[[str], Path]
    rates: Rates
    worker: None = None
    _under_way: set[tuple[Path, str]] = field(default_factory=set)

    @property
    def keys(self) -> KeyFile:
        """The keys in the data folder."""
        return KeyFile(self.folder)

    def requests(self, tenant: str) -> RequestFile:
        """Return the requests in a tenant's folder."""
        return RequestFile(self.folder_of(tenant), self._under_way)

    async def close(self) -> None:
        """Do nothing: nothing is open."""


@dataclass(frozen=True)
class SharedPlace:
    """The database that workers share; see `Place`."""

    worker: "Worker"
    rates: "AllowanceRows"

    @property
    def keys(self) -> KeyStore:
        """The keys in the database."""
        from ..workers.key_rows import KeyRows

        return KeyRows(self.worker.database)

    def requests(self, tenant: str) -> RequestStore:
        """Return a tenant's requests in the database."""
        from ..workers.request_rows import RequestRows

        return RequestRows(self.worker, tenant)

    async def close(self) -> None:
        """Write what is not yet written, and close the database."""
        await self.rates.close()
        self.worker.close()


def place_of(settings: Settings, folder_of: Callable[[str], Path]) -> Place:
    """Return where the service with these settings keeps things; ``folder_of`` tells a tenant's folder.

    Raises:
        ConfigurationError: the database's URL cannot be used.
        StoreError: the database's server cannot be reached.
    """
    service = settings.service
    sizes = Sizes(service.questions_per_minute, service.tokens_per_minute)
    if settings.database_url is None:
        return FolderPlace(settings.data_folder, folder_of, OwnRates(sizes))
    from ..workers.allowance_rows import AllowanceRows
    from ..workers.worker import Worker

    worker = Worker(settings.database_url.get_secret_value(), service.lost_after_seconds)
    return SharedPlace(worker, AllowanceRows(worker.database, sizes))
