"""Several workers on one PostgreSQL server, one killed with kill -9: all is read, nothing twice, tenants take turns.

With -s the figures are printed. WORKERS_EMBEDDER=real embeds with the real model instead of a hash.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from longreader.app.job import Job
from longreader.app.service.keys import Keys
from longreader.app.workers.key_rows import KeyRows
from longreader.app.workers.tables import jobs, open_shared
from sqlalchemy import select

from .conftest import PlayingModel, ServiceProcess

EMBEDDER = os.environ.get("WORKERS_EMBEDDER", "hash")
LOST_AFTER_SECONDS = 5.0
PATH = "/v1/collections/default/documents"


@dataclass(frozen=True)
class Row:
    """What the database knows of a job."""

    job: Job
    status: str
    worker_id: str | None


class Workers:
    """Services that share a database, each with a data folder of its own."""

    def __init__(self, url: str, folder: Path, model_url: str) -> None:
        self._database = open_shared(url)
        self._keys = Keys(KeyRows(self._database))
        self._environment = {
            "LONGREADER_DATABASE_URL": url,
            "LONGREADER_SERVICE__LOST_AFTER_SECONDS": str(LOST_AFTER_SECONDS),
        }
        self._folder = folder
        self._model_url = model_url
        self.processes: list[ServiceProcess] = []

    def start(self, count: int) -> None:
        self.processes = [
            ServiceProcess(self._folder / f"worker{number}", self._model_url, EMBEDDER, self._environment)
            for number in range(count)
        ]
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(ServiceProcess.start, self.processes))

    def client(self, number: int, tenant: str) -> httpx2.Client:
        _, key = self._keys.make(tenant)
        return httpx2.Client(
            base_url=self.processes[number].url, timeout=120, headers={"Authorization": f"Bearer {key}"}
        )

    def rows(self) -> list[Row]:
        with self._database.reading() as connection:
            found = connection.execute(select(jobs.c.record, jobs.c.status, jobs.c.worker_id)).all()
        return [Row(Job.model_validate_json(record), status, worker_id) for record, status, worker_id in found]

    def kill_one_that_works(self) -> int:
        """Kill a worker that has a job with kill -9; return its number."""
        while True:
            for row in self.rows():
                if row.status == "running" and row.worker_id:
                    number = self._number_of(row.worker_id)
                    self.processes[number].stop(signal.SIGKILL)
                    return number
            time.sleep(0.02)

    def _number_of(self, worker_id: str) -> int:
        pid = int(worker_id.split("-")[-2])
        (number,) = [n for n, service in enumerate(self.processes) if service.process and service.process.pid == pid]
        return number

    def close(self) -> None:
        for service in self.processes:
            if service.process is not None and service.process.poll() is None:
                service.stop()
        self._database.close()


@pytest.fixture
def workers(postgres_url: str, tmp_path: Path, playing_model: PlayingModel) -> Iterator[Workers]:
    workers = Workers(postgres_url, tmp_path, playing_model.url)
    yield workers
    workers.close()


def upload(client: httpx2.Client, tenant: str, count: int) -> None:
    for first in range(0, count, 10):
        files = [
            ("files", (f"{tenant}{number}.md", text_of(tenant, number)))
            for number in range(first, min(first + 10, count))
        ]
        response = client.post(PATH, files=files)
        assert response.status_code == 202, response.text


def text_of(tenant: str, number: int) -> bytes:
    lines = (f"Bridge {line} of {tenant} stands at mile {line + number} of the river Tessel." for line in range(60))
    return f"# River {tenant} {number}\n\n{' '.join(lines)}\n".encode()


def until(what: Callable[[], bool], seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, "it takes too long"
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("worker_count", "many", "few"),
    [pytest.param(2, 6, 2, id="short"), pytest.param(3, 38, 12, id="long", marks=pytest.mark.slow)],
)
def test_a_worker_that_is_killed_loses_nothing(workers: Workers, worker_count: int, many: int, few: int):
    workers.start(worker_count)
    count = many + few
    seconds = 120.0 + 60.0 * count
    with ExitStack() as clients:
        first, second = (clients.enter_context(workers.client(1, tenant)) for tenant in ("many", "few"))
        began = time.monotonic()
        upload(first, "many", many)
        upload(second, "few", few)

        def ended_count() -> int:
            return sum(row.job.has_ended for row in workers.rows())

        until(lambda: ended_count() >= count // 2, seconds)
        killed = workers.kill_one_that_works()
        killed_at, left_count = time.monotonic(), count - ended_count()
        until(lambda: ended_count() == count, seconds)
        took, after = time.monotonic() - began, time.monotonic() - killed_at

    rows = workers.rows()
    assert Counter(row.status for row in rows) == {"done": count}
    again = [row.job for row in rows if row.job.start_count > 1]
    assert 1 <= len(again) <= 2, "what the killed worker had is begun again, and nothing else"
    assert {job.start_count for job in again} == {2}

    by_ending = sorted((row.job for row in rows), key=lambda job: job.ended or job.created)
    order = [job.tenant for job in by_ending]
    # What was begun twice lost its turn to the kill, not to the other tenant.
    turns = [job.tenant for job in by_ending if job.start_count == 1]
    before_last = turns[: len(turns) - turns[::-1].index("few")].count("many") if "few" in turns else 0
    by_worker = Counter(workers._number_of(row.worker_id) for row in rows if row.worker_id)
    print(
        f"\n{worker_count} workers, {count} documents in {took:.0f} s; worker {killed} killed with {left_count} left, "
        f"which took {after:.0f} s; begun twice: {len(again)}; by worker: {dict(sorted(by_worker.items()))}; "
        f"{before_last} of {many} of the one tenant before the last of {few} of the other; "
        f"order: {''.join(tenant[0] for tenant in order)}"
    )
    survivor = (killed + 1) % worker_count
    for tenant, expected in (("many", many), ("few", few)):
        with workers.client(survivor, tenant) as client:
            listed = client.get(PATH, params={"limit": 200}).raise_for_status().json()["documents"]
            told = client.get("/v1/jobs", params={"limit": 200}).raise_for_status().json()
        assert sorted(entry["file_name"] for entry in listed) == sorted(f"{tenant}{n}.md" for n in range(expected))
        assert {entry["status"] for entry in listed} == {"ready"}
        assert {job["document_id"] for job in told} == {entry["document_id"] for entry in listed}
    assert before_last <= max(many - 1, 2 * few), "who queued few does not wait for who queued many"
