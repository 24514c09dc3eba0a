"""The database of a data folder: opened, brought to the newest schema, read and written in transactions.

Owns the engine, the pragmas and the mapping of driver errors. Knows no row: that is documents.py and traces.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError

from .errors import StoreError
from .schema import REVISION

_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    # Freed pages are zeroed and nothing spills into temporary files: a deleted document leaves no byte.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)


class Database:
    """A SQLite database. Safe to use from many threads; a transaction belongs to one."""

    def __init__(self, path: Path) -> None:
        """Open the database, create it if missing, and bring it to the newest schema.

        Raises:
            StoreError: it is damaged, not a database, or newer than this code.
        """
        self._path = path
        self._engine = _create_engine(path)
        try:
            self._migrate()
        except StoreError:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a read transaction: everything read in it is of one moment."""
        with self._errors_mapped(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a write transaction, committed at the end, rolled back on any exception."""
        with self._errors_mapped(), self._engine.connect() as plain:
            # The lock is taken at once: a read that becomes a write later could fail instead of waiting.
            connection = plain.execution_options(immediate=True)
            with connection.begin():
                yield connection

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database and empty it, so that it keeps nothing that was deleted."""
        with self._errors_mapped(), self._engine.connect() as connection:
            # The pragma does not run inside a transaction.
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self.writing() as connection:
            revision = _revision(connection)
            if revision != REVISION:
                _upgrade(connection, revision)

    @contextmanager
    def _errors_mapped(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise StoreError(f"{self._path}: {error.orig}", hint=_hint(str(error.orig)), path=self._path) from error


def _hint(message: str) -> str:
    if "malformed" in message or "not a database" in message:
        return (
            "The database is damaged. Put a backup in its place, or move the data folder away and add the files again."
        )
    if "full" in message:
        return "Free some space on the disk; nothing that was stored is lost."
    return "Check that the data folder can be written and that its disk is healthy."


def _create_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

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


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def _upgrade(connection: Connection, revision: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"the data folder was written by a newer longreader (revision {revision}, known up to {REVISION})",
            hint="Install that version or a newer one, or use another data folder.",
            revision=revision,
        )
    command.upgrade(config, "head")
