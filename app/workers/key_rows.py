"""API keys as rows that all workers share; see `KeyStore`."""

from sqlalchemy import insert, select, update

from ...graph_store.postgres import PostgresDatabase
from ..service.key import Key
from .tables import keys

_COLUMNS = (keys.c.key_id, keys.c.tenant, keys.c.label, keys.c.created, keys.c.revoked)


class KeyRows:
    """The keys of all workers."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def insert(self, key: Key, hash_: bytes) -> None:
        """Keep a new key; see `KeyStore`."""
        row = {"key_id": key.key_id, "tenant": key.tenant, "label": key.label, "hash": hash_, "created": key.created}
        with self._database.writing_beside() as connection:
            connection.execute(insert(keys).values(row))

    def all(self) -> list[Key]:
        """Return all keys; see `KeyStore`."""
        with self._database.reading() as connection:
            found = connection.execute(select(*_COLUMNS).order_by(keys.c.created, keys.c.key_id))
            return [Key(*row) for row in found]

    def revoke(self, key_id: str, now: float) -> bool:
        """Revoke a key; see `KeyStore`."""
        in_force = (keys.c.key_id == key_id) & keys.c.revoked.is_(None)
        with self._database.writing_beside() as connection:
            return connection.execute(update(keys).where(in_force).values(revoked=now)).rowcount > 0

    def in_force(self, key_id: str) -> tuple[Key, bytes] | None:
        """Return a key that is not revoked; see `KeyStore`."""
        query = select(*_COLUMNS, keys.c.hash).where(keys.c.key_id == key_id, keys.c.revoked.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return (Key(*row[:-1]), row[-1]) if row else None
