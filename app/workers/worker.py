"""A worker's sign of life: a row that it renews, and by which the others see that it is gone.

A worker that was silent for so long that others took over its jobs learns of it at its next sign, and lets them go.
"""

import logging
import os
import platform
import secrets
import threading
from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from ...graph_store.errors import StoreError
from ...graph_store.postgres import parse_url
from .tables import NOW, open_shared, workers

log = logging.getLogger(__name__)

_BEATS = 7
"""How often it says so in that time."""


class Worker:
    """This process among those that share a database.

    Args:
        url: the PostgreSQL database that they share.
        lost_after_seconds: how long one may be silent; the same for all.

    Attributes:
        database: the schema that they share.
        url: the database, as libpq takes it.
        worker_id: its name, which no other process ever has.
        on_lost: called, in a thread, when others took it for gone.

    Raises:
        ConfigurationError: the URL is none of PostgreSQL, or psycopg is not installed.
        StoreError: the server cannot be reached, or refuses.
    """

    def __init__(self, url: str, lost_after_seconds: float) -> None:
        self.worker_id = f"{platform.node()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.url = parse_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self.database = open_shared(url)
        self.on_lost: Callable[[], None] | None = None
        self._lost_after_seconds = lost_after_seconds
        self._left = threading.Event()
        self._thread: threading.Thread | None = None

    def join(self) -> None:
        """Come among the workers, and say so from now on.

        Raises:
            StoreError: the database cannot be used.
        """
        self._say()
        self._thread = threading.Thread(target=self._keep_saying, name="longreader-worker", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Go from among the workers: what this one had begun is taken over at once."""
        self._left.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            try:
                self.forget()
            except StoreError as error:
                log.warning("This worker cannot say that it goes; the others will see that it is gone: %s", error)

    def forget(self) -> None:
        """Remove this worker's row."""
        with self.database.writing_beside() as connection:
            connection.execute(delete(workers).where(workers.c.worker_id == self.worker_id))

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def alive(self) -> set[str]:
        """Return the workers that are not gone."""
        fresh = workers.c.seen > NOW - self._lost_after_seconds
        with self.database.reading() as connection:
            return set(connection.scalars(select(workers.c.worker_id).where(fresh)))

    def forget_gone(self) -> None:
        """Remove the rows of workers that are gone."""
        with self.database.writing_beside() as connection:
            connection.execute(delete(workers).where(workers.c.seen <= NOW - self._lost_after_seconds))

    def _keep_saying(self) -> None:
        # A thread of its own: whatever the event loop does, this worker is not taken for gone.
        while not self._left.wait(self._lost_after_seconds / _BEATS):
            try:
                was_gone = not self._say_again()
            except StoreError as error:
                log.warning("This worker cannot say that it runs: %s", error)
                continue
            if was_gone:
                log.warning("Other workers took this one for gone; it lets go of its jobs.")
                if self.on_lost is not None:
                    self.on_lost()
                self._say()

    def _say(self) -> None:
        row = insert(workers).values(worker_id=self.worker_id, seen=NOW)
        with self.database.writing_beside() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["worker_id"], set_={"seen": NOW}))

    def _say_again(self) -> bool:
        renewed = update(workers).where(workers.c.worker_id == self.worker_id).values(seen=NOW)
        with self.database.writing_beside() as connection:
            return connection.execute(renewed).rowcount > 0
