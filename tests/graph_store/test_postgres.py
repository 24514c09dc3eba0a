import threading
from contextlib import ExitStack

import pytest
from longreader.graph_store import postgres, postgres_schema, schema, upgrade
from longreader.graph_store.errors import ConfigurationError, StoreError, StoreLocked, StoreTooNew
from longreader.graph_store.postgres import PostgresDatabase, parse_url, tenant_schema
from sqlalchemy import MetaData, insert, inspect, select, text


@pytest.fixture
def database(postgres_url):
    opened = PostgresDatabase(postgres_url)
    yield opened
    opened.close()


def _add(connection, name: str) -> None:
    connection.execute(insert(schema.collections).values(tenant="local", name=name, version=0))


def _names(database: PostgresDatabase) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(schema.collections.c.name)))


@pytest.mark.parametrize("metadata", [schema.metadata, postgres_schema.metadata], ids=["everywhere", "postgres"])
def test_the_migrations_make_the_tables_of_the_schema(database, metadata: MetaData):
    with database.reading() as connection:
        found = inspect(connection)
        for table in metadata.tables.values():
            made = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert made == {column.name: column.nullable for column in table.columns}, table.name
            assert found.get_pk_constraint(table.name)["constrained_columns"] == list(table.primary_key.columns.keys())
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == schema.REVISION


def test_an_exception_rolls_a_write_back(database):
    def write_and_fail() -> None:
        with database.writing() as connection:
            _add(connection, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert _names(database) == []


def test_what_is_read_is_of_one_moment(database):
    with database.reading() as connection:
        assert connection.scalars(select(schema.collections.c.name)).all() == []
        with database.writing() as other:
            _add(other, "a")
        assert connection.scalars(select(schema.collections.c.name)).all() == []
    assert _names(database) == ["a"]


def test_tenants_do_not_see_each_other(postgres_url, database):
    other = PostgresDatabase(postgres_url, tenant_schema("other"))
    with database.writing() as connection:
        _add(connection, "mine")
    assert (_names(database), _names(other)) == (["mine"], [])
    with other.reading() as connection:
        assert connection.scalar(text("SHOW search_path")) == "tenant_other"
    other.close()


def test_a_tenants_schema_has_a_name_of_its_own():
    long = "x" * 63
    names = [tenant_schema(tenant) for tenant in ("local", "longreader", "a", long, long[:-1] + "y")]
    assert names[:3] == ["longreader", "tenant_longreader", "tenant_a"]
    assert len(set(names)) == 5
    assert max(len(name) for name in names) <= 63


def test_writers_wait_for_each_other_and_read_what_the_last_one_left(postgres_url, database):
    """Two processes that both add one to what they read: nothing is lost."""
    with database.writing() as connection:
        _add(connection, "a")
    raise_it = select(schema.collections.c.version)

    def count_up() -> None:
        other = PostgresDatabase(postgres_url)
        for _ in range(20):
            with other.writing() as connection:
                version = connection.scalar(raise_it)
                connection.execute(schema.collections.update().values(version=version + 1))
        other.close()

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.scalar(raise_it) == 60


def test_a_writer_that_waits_too_long_is_told_so(postgres_url, database, monkeypatch):
    monkeypatch.setattr(postgres, "BUSY_SECONDS", 0.2)
    other = PostgresDatabase(postgres_url)
    with database.writing(), pytest.raises(StoreLocked), other.writing():
        pass
    other.close()


def test_any_number_of_threads_may_read_at_once(database):
    with ExitStack() as held:
        connections = [held.enter_context(database.reading()) for _ in range(20)]
        assert {connection.scalar(text("SELECT 1")) for connection in connections} == {1}


def test_a_lock_is_held_by_one(postgres_url, database):
    other = PostgresDatabase(postgres_url)
    elsewhere = PostgresDatabase(postgres_url, tenant_schema("other"))
    with database.holding("job", "1") as first, other.holding("job", "1") as second, other.holding("job", "2") as third:
        assert (first, second, third) == (True, False, True)
        with elsewhere.holding("job", "1") as of_another_tenant:
            assert of_another_tenant
    with other.holding("job", "1") as again:
        assert again
    for opened in (other, elsewhere):
        opened.close()


def test_own_writes_count_at_once_and_others_soon(postgres_url, database, monkeypatch):
    monkeypatch.setattr(postgres, "FRESH_SECONDS", 1000)
    before = database.write_mark
    assert database.write_mark is before
    with database.writing() as connection:
        _add(connection, "a")
    assert database.write_mark is not before
    before = database.write_mark
    monkeypatch.setattr(postgres, "FRESH_SECONDS", 0)
    assert database.write_mark is not before


def test_text_that_postgresql_cannot_keep_keeps_its_length(database):
    with database.writing() as connection:
        _add(connection, "a\0b")
    assert _names(database) == ["a\ufffdb"]


def test_many_may_make_a_schema_at_the_same_time(empty_postgres_url):
    failed: list[Exception] = []

    def open_it() -> None:
        try:
            PostgresDatabase(empty_postgres_url).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_newer_schema_is_refused_and_left_as_it_is(postgres_url, database):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew):
        PostgresDatabase(postgres_url)
    with database.reading() as connection:
        assert upgrade.current_revision(connection) == "9999"


def test_an_upgrade_that_fails_changes_nothing(postgres_url, database, monkeypatch):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    with pytest.raises(StoreError, match="already exists"):
        PostgresDatabase(postgres_url)
    with database.reading() as connection:
        assert upgrade.current_revision(connection) == "0002"


def test_a_server_that_is_not_there_is_said_without_the_password():
    before = dict(postgres._servers)
    with pytest.raises(StoreError, match="refused") as caught:
        PostgresDatabase("postgresql://reader:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(caught.value)
    assert postgres._servers == before


def test_an_error_quotes_no_row(database):
    with database.writing() as connection:
        _add(connection, "Xylocanthropy")
    with pytest.raises(StoreError) as caught, database.writing() as connection:
        _add(connection, "Xylocanthropy")
    assert "Xylocanthropy" not in str(caught.value)
    assert "duplicate key" in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite:///x", "nothing", "mysql://host/x"])
def test_other_databases_are_refused(url):
    with pytest.raises(ConfigurationError):
        parse_url(url)


def test_connections_are_shared_and_closed_with_the_last_one(postgres_url, database):
    other = PostgresDatabase(postgres_url, tenant_schema("other"))
    assert len([url for url in postgres._servers if url == parse_url(postgres_url)]) == 1
    other.close()
    assert _names(database) == []
    with pytest.raises(StoreError, match="closed"):
        _names(other)


def test_a_connection_that_is_in_use_at_the_end_is_closed_when_it_comes_back(postgres_url):
    database = PostgresDatabase(postgres_url)
    with database.reading() as connection:
        driver = connection.connection.driver_connection
        database.close()
        assert not driver.closed
    assert driver.closed
