"""A key: what is known of one, but for its secret."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret."""

    key_id: str
    tenant: str
    label: str
    created: float
    revoked: float | None


class KeyStore(Protocol):
    """What keeps keys. Its methods block, and raise a `StoreError` where it cannot be used."""

    def insert(self, key: Key, hash_: bytes) -> None:
        """Keep a new key with the hash of its secret."""
        ...

    def all(self) -> list[Key]:
        """Return all keys, revoked ones too, the oldest first."""
        ...

    def revoke(self, key_id: str, now: float) -> bool:
        """Revoke a key; tell whether there was one of this id in force."""
        ...

    def in_force(self, key_id: str) -> tuple[Key, bytes] | None:
        """Return a key that is not revoked, and its hash."""
        ...
