"""The allowances of keys as rows that all workers share; see `Rates`."""

import asyncio
import logging

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from ...graph_store.errors import StoreError
from ...graph_store.postgres import PostgresDatabase
from ..service.limits import Levels, Sizes
from .tables import NOW, allowances

log = logging.getLogger(__name__)


class AllowanceRows:
    """The allowances of all workers.

    Args:
        database: what the workers share.
        sizes: the same for all.
    """

    def __init__(self, database: PostgresDatabase, sizes: Sizes) -> None:
        self._database = database
        self._sizes = sizes
        self._charging: set[asyncio.Future[None]] = set()

    async def admit(self, key_id: str | None) -> None:
        """Count a question; see `Rates`."""
        if key_id is not None:
            await asyncio.to_thread(self._admit, key_id)

    def charge(self, key_id: str | None, tokens: int) -> None:
        """Count the tokens of a model call; see `Rates`. They are written without being waited for."""
        if key_id is not None:
            charging = asyncio.get_running_loop().run_in_executor(None, self._charge, key_id, tokens)
            self._charging.add(charging)
            charging.add_done_callback(self._charging.discard)

    async def close(self) -> None:
        """Wait until all is written."""
        await asyncio.gather(*self._charging)

    def _admit(self, key_id: str) -> None:
        with self._database.writing_beside() as connection:
            left, now = self._level(connection, key_id)
            left.require(self._sizes)
            _keep(connection, key_id, Levels(left.questions - 1, left.tokens), now)

    def _charge(self, key_id: str, tokens: int) -> None:
        try:
            with self._database.writing_beside() as connection:
                left, now = self._level(connection, key_id)
                _keep(connection, key_id, Levels(left.questions, left.tokens - tokens), now)
        except StoreError as error:
            # The question goes on: its answer is worth more than the count.
            log.warning("%s tokens of key %s cannot be counted: %s", tokens, key_id, error)

    def _level(self, connection: Connection, key_id: str) -> tuple[Levels, float]:
        """Return what is left and as of when, with the row locked until the transaction ends."""
        full = {"key_id": key_id, "questions": self._sizes.questions, "tokens": self._sizes.tokens, "filled": NOW}
        connection.execute(insert(allowances).values(full).on_conflict_do_nothing())
        query = select(allowances.c.questions, allowances.c.tokens, allowances.c.filled)
        row = connection.execute(query.where(allowances.c.key_id == key_id).with_for_update()).one()
        # Looked up once the row is locked: whoever had it before may have filled it up since the transaction began.
        now: float = connection.execute(select(NOW)).scalars().one()
        return Levels(row.questions, row.tokens).filled(self._sizes, now - row.filled), now


def _keep(connection: Connection, key_id: str, levels: Levels, now: float) -> None:
    row = {"questions": levels.questions, "tokens": levels.tokens, "filled": now}
    connection.execute(update(allowances).where(allowances.c.key_id == key_id).values(row))
