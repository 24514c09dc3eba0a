import threading
from collections.abc import Callable

from longreader.app.workers import tables
from longreader.app.workers.worker import Worker
from sqlalchemy import inspect

NewWorker = Callable[..., Worker]


def test_workers_know_who_is_alive(new_worker: NewWorker):
    first, second = new_worker(), new_worker()
    assert first.worker_id != second.worker_id
    first.join()
    second.join()
    assert first.alive() == {first.worker_id, second.worker_id}
    second.leave()
    assert first.alive() == {first.worker_id}
    first.leave()


def test_a_silent_worker_is_gone(new_worker: NewWorker):
    silent, other = new_worker(), new_worker(0.5)
    silent._say()
    assert other.alive() == {silent.worker_id}
    assert not threading.Event().wait(0.6)
    assert other.alive() == set()
    other.forget_gone()
    assert not silent._say_again()


def test_a_worker_goes_on_saying_that_it_lives(new_worker: NewWorker):
    worker = new_worker(1.0)
    worker.join()
    assert not threading.Event().wait(1.5)
    assert worker.alive() == {worker.worker_id}
    worker.leave()


def test_a_worker_that_was_taken_for_gone_is_told_and_comes_back(new_worker: NewWorker):
    worker, lost = new_worker(0.7), threading.Event()
    worker.on_lost = lost.set
    worker.join()
    worker.forget()
    assert lost.wait(5)
    assert not threading.Event().wait(0.2)
    assert worker.alive() == {worker.worker_id}
    worker.leave()


def test_the_migrations_make_the_tables(new_worker: NewWorker):
    with new_worker().database.reading() as connection:
        found = inspect(connection)
        for table in tables.metadata.tables.values():
            made = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert made == {column.name: column.nullable for column in table.columns}, table.name
            assert found.get_pk_constraint(table.name)["constrained_columns"] == list(table.primary_key.columns.keys())
        assert set(found.get_table_names()) == {*tables.metadata.tables, "alembic_version"}
