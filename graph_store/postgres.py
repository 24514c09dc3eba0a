"""A schema of a PostgreSQL server as a database of the store: what a data folder's SQLite file is elsewhere.

Each tenant has a schema of its own, and a transaction's search path is that schema alone, so that no query can reach
another tenant's rows. Any number of processes on any number of machines may use one: writers of a schema wait for each
other at an advisory lock, as SQLite's do at the file's.

All databases of a process that name the same server share its connections. psycopg is the extra ``postgres``.
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from . import upgrade
from .database import BUSY_SECONDS
from .errors import ConfigurationError, StoreError, StoreLocked

FRESH_SECONDS = 0.05
"""How long what was read counts as unchanged by other processes. One's own writes count at once."""

LOCAL_SCHEMA = "longreader"
"""The schema of the tenant whose data lies in the data folder itself."""

_MOST_NAME_BYTES = 63
_POOL_SIZE = 5
_LOCK_TIMEOUT = "55P03"


class PostgresDatabase:
    """A schema of a PostgreSQL database; see `Database`.

    Args:
        url: ``postgresql://user:password@host/database``.
        schema: the schema; a missing one is made.
        migrations: Alembic's folder of what belongs into it; default: the store's tables.

    Raises:
        ConfigurationError: the URL is none of PostgreSQL, or psycopg is not installed.
        StoreTooNew: a newer version wrote it.
        StoreError: the server cannot be reached, or refuses.
    """

    def __init__(self, url: str, schema: str = LOCAL_SCHEMA, migrations: Path | None = None) -> None:
        self.schema = schema
        self._server = _lease(parse_url(url))
        self._mark = object()
        self._looked = 0.0
        try:
            self._bring_up(migrations)
        except BaseException:
            self.close()
            raise

    @property
    def write_mark(self) -> object:
        """Another one after each of our writes, and after the time in which others may have written."""
        if time.monotonic() - self._looked > FRESH_SECONDS:
            self._mark, self._looked = object(), time.monotonic()
        return self._mark

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection in a read transaction; see `Database`."""
        with self._errors_mapped(), self._connect() as plain:
            connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                connection.exec_driver_sql(self._set_path)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a write transaction; see `Database`."""
        with self._errors_mapped(), self._connect() as connection, connection.begin():
            # What is read after the lock was given is what the last writer left: each statement sees what is committed.
            connection.exec_driver_sql(
                f"{self._set_path}; SET LOCAL lock_timeout = {int(BUSY_SECONDS * 1000)};"
                f"SELECT pg_advisory_xact_lock({lock_key(self.schema, 'write')})"
            )
            yield connection
        self._mark = object()

    @contextmanager
    def writing_beside(self) -> Iterator[Connection]:
        """Give a connection in a write transaction that waits for others only at the rows that both change."""
        with self._errors_mapped(), self._connect() as connection, connection.begin():
            connection.exec_driver_sql(f"{self._set_path}; SET LOCAL lock_timeout = {int(BUSY_SECONDS * 1000)}")
            yield connection
        self._mark = object()

    @contextmanager
    def holding(self, *names: str) -> Iterator[bool]:
        """Try to hold a lock among all processes, for longer than a transaction; yield whether it was free.

        It is given back at the end, or by the server when this process ends or loses its connection.
        """
        key = lock_key(self.schema, *names)
        with self._errors_mapped(), self._connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            held = bool(connection.scalar(text(f"SELECT pg_try_advisory_lock({key})")))
            try:
                yield held
            finally:
                if held and not connection.invalidated:
                    connection.execute(text(f"SELECT pg_advisory_unlock({key})"))

    def needs_wiping(self, connection: Connection) -> None:
        """Do nothing: rows that were deleted are the server's to vacuum."""

    def wipe(self) -> None:
        """Do nothing; see `needs_wiping`."""

    def damage(self) -> list[str]:
        """Return nothing: the server checks its own pages."""
        return []

    def close(self) -> None:
        """Give the server's connections back; the last one to do so closes them."""
        server, self._server = self._server, None
        if server is not None:
            _give_back(server)

    @property
    def _set_path(self) -> str:
        # Not by a parameter of the connection: all schemas share connections, and poolers between do not pass it on.
        return f'SET LOCAL search_path TO "{self.schema}"'

    def _connect(self) -> Connection:
        if self._server is None:
            raise StoreError("the database is closed", hint="Open it again.")
        return self._server.engine.connect()

    def _bring_up(self, migrations: Path | None) -> None:
        newest = upgrade.newest_revision(migrations)
        with self.reading() as connection:
            if upgrade.current_revision(connection) == newest:
                return
        with self.writing() as connection:
            there = text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
            if connection.scalar(there, {"schema": self.schema}) is None:
                connection.exec_driver_sql(f'CREATE SCHEMA "{self.schema}"')
            upgrade.bring_up_schema(connection, migrations)

    @contextmanager
    def _errors_mapped(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise _store_error(self._server, error.orig) from error


def parse_url(url: str) -> URL:
    """Return the URL as SQLAlchemy takes it.

    Raises:
        ConfigurationError: it is none of PostgreSQL.
    """
    hint = "Give postgresql://user:password@host/database."
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("The database's URL cannot be read.", hint=hint) from error
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ConfigurationError(f"{parsed.drivername} is no database that longreader can use.", hint=hint)
    return parsed.set(drivername="postgresql+psycopg")


def tenant_schema(tenant: str, local: str = "local") -> str:
    """Return the name of a tenant's schema.

    Args:
        tenant: the tenant's id: small letters, digits, _ and -.
        local: the tenant that has `LOCAL_SCHEMA`.
    """
    if tenant == local:
        return LOCAL_SCHEMA
    name = f"tenant_{tenant}"
    if len(name) <= _MOST_NAME_BYTES:
        return name
    # The server would cut a longer name, and two tenants could meet.
    return f"long_tenant_{hashlib.sha256(tenant.encode()).hexdigest()[:32]}"


def lock_key(*names: str) -> int:
    """Return the number under which an advisory lock is taken for what is named."""
    digest = hashlib.sha256("\0".join(("longreader", *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(slots=True)
class _Server:
    """The connections to a server. ``told`` is its URL without the password."""

    url: URL
    engine: Engine
    told: str
    lease_count: int = 0


_servers: dict[URL, _Server] = {}
_leasing = threading.Lock()


def _lease(url: URL) -> _Server | None:
    with _leasing:
        if url not in _servers:
            _servers[url] = _Server(url, _create_engine(url), url.render_as_string(hide_password=True))
        _servers[url].lease_count += 1
        return _servers[url]


def _give_back(server: _Server) -> None:
    with _leasing:
        server.lease_count -= 1
        if server.lease_count:
            return
        del _servers[server.url]
    # One that is in use meanwhile comes back to a pool that nobody has any more.
    event.listen(server.engine, "checkin", lambda driver, _record: driver and driver.close())
    server.engine.dispose()


def _create_engine(url: URL) -> Engine:
    try:
        import psycopg  # noqa: F401 # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        raise ConfigurationError(
            "PostgreSQL needs psycopg, which is not installed.", hint="pip install 'longreader[postgres]'"
        ) from error
    # To wait for a connection while holding another would be a deadlock, so their number is not bounded here; threads
    # bound it. Statements are not prepared: connections are shared by schemas, and poolers between may exchange them.
    engine = create_engine(
        url,
        connect_args={"prepare_threshold": None, "connect_timeout": 10},
        pool_size=_POOL_SIZE,
        max_overflow=-1,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: Any, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        from psycopg.types.string import StrDumperUnknown

        class Dumper(StrDumperUnknown):
            """PostgreSQL keeps no NUL in text. A mark in its place keeps what counts characters right."""

            def dump(self, obj: str) -> Any:
                return super().dump(obj.replace("\0", "\ufffd"))

        driver.adapters.register_dumper(str, Dumper)

    return engine


def _store_error(server: _Server | None, error: BaseException | None) -> StoreError:
    # The server's details quote rows: words of a document, which no message shall hold.
    primary = getattr(getattr(error, "diag", None), "message_primary", None) or type(error).__name__
    if getattr(error, "sqlstate", None) is None and error is not None:
        primary = str(error).strip() or primary
    told = f"{server.told if server else 'the database'}: {primary}"
    if getattr(error, "sqlstate", None) == _LOCK_TIMEOUT:
        return StoreLocked(told, hint="Other writers hold the database for long: try again later.", pid=None)
    return StoreError(told, hint="Check that the PostgreSQL server runs, that its URL is right, and its log.")
