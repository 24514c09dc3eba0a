import sqlite3
from contextlib import ExitStack
from pathlib import Path

import pytest
from longreader.graph_store import schema
from longreader.graph_store.errors import StoreError
from longreader.graph_store.sqlite import SqliteDatabase
from sqlalchemy import inspect, text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "longreader.sqlite"


def test_the_migrations_make_the_tables_of_the_schema(path):
    database = SqliteDatabase(path)
    with database.reading() as connection:
        found = inspect(connection)
        for table in schema.metadata.tables.values():
            made = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert made == {column.name: column.nullable for column in table.columns}, table.name
            made_indexes = {tuple(index["column_names"]) for index in found.get_indexes(table.name)}
            assert made_indexes == {tuple(column.name for column in index.columns) for index in table.indexes}
            made_keys = {tuple(key["constrained_columns"]) for key in found.get_foreign_keys(table.name)}
            assert made_keys == {tuple(key.columns.keys()) for key in table.foreign_key_constraints}, table.name
            uniques = {tuple(unique["column_names"]) for unique in found.get_unique_constraints(table.name)}
            assert uniques == _uniques(table), table.name
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == schema.REVISION
    database.close()


def test_any_number_of_threads_may_read_at_once(path):
    database = SqliteDatabase(path)
    with ExitStack() as held:
        connections = [held.enter_context(database.reading()) for _ in range(40)]
        assert {connection.scalar(text("SELECT 1")) for connection in connections} == {1}
    database.close()


def _uniques(table):
    named = {tuple(c.columns.keys()) for c in table.constraints if type(c).__name__ == "UniqueConstraint"}
    return named | {(column.name,) for column in table.columns if column.unique and not column.index}


def test_settings_hold_on_every_connection(path):
    database = SqliteDatabase(path)
    with database.reading() as first, database.reading() as second:
        for connection in (first, second):
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.scalar(text("PRAGMA secure_delete")) == 1
    database.close()


def test_an_exception_rolls_a_write_back(path):
    database = SqliteDatabase(path)

    def write_and_fail():
        with database.writing() as connection:
            connection.execute(text("INSERT INTO collections(tenant, name, version) VALUES ('a', 'b', 0)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM collections")) == 0
    database.close()


def test_junk_is_refused_with_a_hint(path):
    path.write_bytes(b"this is no database at all " * 400)
    with pytest.raises(StoreError, match="not a database") as caught:
        SqliteDatabase(path)
    assert "backup" in caught.value.hint


def test_a_cut_off_database_is_refused_with_a_hint(path):
    SqliteDatabase(path).close()
    path.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(StoreError) as caught:
        SqliteDatabase(path)
    assert "backup" in caught.value.hint


def test_a_newer_database_is_refused_and_left_as_it_is(path):
    SqliteDatabase(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer longreader"):
        SqliteDatabase(path)
    assert path.read_bytes() == before
