"""The SQLite database of a data folder: opened, read and written in transactions, wiped, copied and checked.

Owns the engine, the pragmas and the mapping of driver errors. Bringing an older one to the newest schema is upgrade.py.
Knows no row: that is documents.py and traces.py.
"""

import logging
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, String, create_engine, event
from sqlalchemy.exc import DatabaseError

from . import upgrade
from .database import BUSY_SECONDS, CHANGES_DOCUMENTS
from .errors import StoreDamaged, StoreError, StoreLocked
from .schema import metadata

log = logging.getLogger(__name__)

FILE_NAME = "longreader.sqlite"
"""The name of the database in a data folder."""

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    # Freed pages are zeroed and nothing spills into temporary files: a deleted document leaves no byte.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)


class SqliteDatabase:
    """A SQLite database; see `Database`. Its file belongs to one process."""

    def __init__(self, path: Path) -> None:
        """Open the database, create it if missing, bring it to the newest schema, and finish a wiping that was cut off.

        Raises:
            StoreDamaged: it is broken, or not a database.
            StoreTooNew: it is newer than this code.
            StoreLocked: another program holds it.
        """
        self._path = path
        self.write_mark = object()
        self._engine = _create_engine(path)
        try:
            with self._errors_mapped():
                upgrade.bring_up(self._engine, path)
            self._finish_wiping()
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a read transaction; see `Database`."""
        with self._errors_mapped(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a write transaction; see `Database`."""
        with self._errors_mapped(), self._engine.connect() as plain:
            # The lock is taken at once: a read that becomes a write later could fail instead of waiting.
            connection = plain.execution_options(immediate=True)
            connection.info.pop(CHANGES_DOCUMENTS, None)
            with connection.begin():
                yield connection
            changed = connection.info.pop(CHANGES_DOCUMENTS, False)
        if changed:
            self.write_mark = object()

    @contextmanager
    def holding(self, *_names: str) -> Iterator[bool]:
        """Give any lock at once: no other process uses the file."""
        yield True

    @staticmethod
    def needs_wiping(connection: Connection) -> None:
        """Note, in a transaction that deletes, that `wipe` has to follow, if need be at the next start."""
        connection.exec_driver_sql("PRAGMA user_version = 1")

    def wipe(self) -> None:
        """Leave no deleted byte in the database and its log.

        `secure_delete` alone does not do it: copies of cells stay in the free part of pages that SQLite has rebalanced
        (seen with 3.40). So the file is written anew.
        """
        with self._driver() as driver:
            driver.execute("VACUUM")
            (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            # A reader that still needs the log keeps it: then the mark stays, for the next start.
            if not busy:
                driver.execute("PRAGMA user_version = 0")

    def copy_to(self, path: Path) -> None:
        """Write a copy as of one moment, without what was deleted. ``path`` is a new file."""
        with self._driver() as driver:
            driver.execute("VACUUM INTO ?", (str(path),))

    def damage(self) -> list[str]:
        """Return what is broken in the file, in SQLite's words; an empty list if nothing is. Reads all of it."""
        try:
            with self._driver() as driver:
                found = [row[0] for row in driver.execute("PRAGMA integrity_check(5)")]
                for table in metadata.sorted_tables:
                    # The check above does not look into texts: that they can be read is seen by reading them.
                    texts = ", ".join(f'"{column.name}"' for column in table.columns if isinstance(column.type, String))
                    deque(driver.execute(f"SELECT {texts or 1} FROM {table}"), maxlen=0)
        except StoreDamaged as error:
            return [error.message]
        return [] if found == ["ok"] else found

    def broken_links(self) -> int:
        """Return how many rows belong to one that is not there."""
        with self._driver() as driver:
            return len(driver.execute("PRAGMA foreign_key_check").fetchall())

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _finish_wiping(self) -> None:
        with self._driver() as driver:
            (marked,) = driver.execute("PRAGMA user_version").fetchone()
        if marked:
            try:
                self.wipe()
            except StoreError as error:
                # Nothing is lost, and reading goes on; a full disk must not shut anyone out.
                log.warning("What was deleted is not yet wiped from the file: %s", error)

    @contextmanager
    def _driver(self) -> Iterator[sqlite3.Connection]:
        """Give a connection outside any transaction, for what does not run inside one."""
        with self._errors_mapped(), self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            yield driver

    @contextmanager
    def _errors_mapped(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise _store_error(self._path, error.orig) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise _store_error(self._path, error) from error


def is_damage(error: BaseException | None) -> bool:
    """Tell whether a driver's error says that the file is broken.

    Python's driver has no code of its own for text that is none, and stumbles where SQLite quotes such text.
    """
    if isinstance(error, UnicodeDecodeError) or str(error).startswith("Could not decode"):
        return True
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: BaseException | None) -> int:
    # The lower byte is the primary code; errors of the driver itself have none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _store_error(path: Path, error: BaseException | None) -> StoreError:
    # Text that cannot be decoded is quoted by the driver: words of a document, which no message shall hold.
    told = f"{path}: {str(error).partition(' with text ')[0]}"
    if is_damage(error):
        return StoreDamaged(told, path=path)
    if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(told, hint="Another program holds the database: close it, then try again.", pid=None)
    if _code(error) == sqlite3.SQLITE_FULL:
        return StoreError(told, hint="Free some space on the disk; nothing that was stored is lost.", path=path)
    hint = "Check that the data folder can be written, and that its disk has space and is healthy."
    return StoreError(told, hint=hint, path=path)


def _create_engine(path: Path) -> Engine:
    # A connection costs little, and to wait for one while holding another would be a deadlock.
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, max_overflow=-1)

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        driver.isolation_level = None  # transactions begin below, not by the driver's guess
        for pragma in _PRAGMAS:
            driver.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
