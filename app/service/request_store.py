"""What keeps requests with idempotency keys: a file (request_file.py), or rows that workers share."""

from dataclasses import dataclass
from typing import Protocol

KEPT_SECONDS = 24 * 3600.0
"""How long it is known what came of a request."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A request that came before with the same key; without a result it is being served."""

    digest: str
    result: str | None


class RequestStore(Protocol):
    """The requests of a tenant. Its methods block, and raise a `StoreError` where it cannot be used."""

    def begin(self, key: str, digest: str) -> Earlier | None:
        """Begin a request, unless one with its key was served or is being served: that one is returned."""
        ...

    def keep(self, key: str, digest: str, result: str) -> None:
        """Keep what came of a request that was begun."""
        ...

    def end(self, key: str) -> None:
        """Let the next request with this key begin, if nothing came of the one that was begun."""
        ...
