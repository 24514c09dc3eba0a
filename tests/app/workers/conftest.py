"""Workers of one database: each has a connection and a name of its own, as processes have."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from longreader.app.workers.job_rows import JobRows
from longreader.app.workers.worker import Worker


@pytest.fixture
def new_worker(postgres_url: str) -> Iterator[Callable[..., Worker]]:
    with ExitStack() as opened:

        def make(lost_after_seconds: float = 15.0) -> Worker:
            worker = Worker(postgres_url, lost_after_seconds)
            opened.callback(worker.close)
            return worker

        yield make


@pytest.fixture
def new_rows(new_worker: Callable[..., Worker], tmp_path: Path) -> Callable[..., JobRows]:
    def make(worker: Worker | None = None) -> JobRows:
        return JobRows(worker or new_worker(), tmp_path)

    return make
