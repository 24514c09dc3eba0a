import asyncio
from collections.abc import Callable

import pytest
from longreader.app.service.idempotency import Once
from longreader.app.service.problems import KeyInUse, KeyReused
from longreader.app.workers import request_rows
from longreader.app.workers.request_rows import RequestRows
from longreader.app.workers.worker import Worker

NewWorker = Callable[..., Worker]


@pytest.fixture
def workers(new_worker: NewWorker) -> list[Worker]:
    made = [new_worker() for _ in range(2)]
    for worker in made:
        worker._say()
    return made


async def done(worker: Worker, *parts: str, key: str = "k", tenant: str = "a", result: str = "t1") -> str | None:
    once = Once(RequestRows(worker, tenant), key)
    try:
        earlier = await once.begin(*parts)
        if earlier is None:
            await once.keep(result)
    finally:
        await once.end()
    return earlier


async def test_what_came_of_a_request_is_told_by_every_worker(workers: list[Worker]):
    here, there = workers
    assert await done(here, "ask", "body") is None
    assert await done(there, "ask", "body", result="t2") == "t1"
    assert await done(there, "ask", "body", key="other") is None
    assert await done(there, "ask", "body", tenant="b") is None
    with pytest.raises(KeyReused):
        await done(there, "ask", "another body")
    assert await done(here, "ask", "body") == "t1"


async def test_equal_requests_are_served_once_at_a_time(workers: list[Worker]):
    waiting = [Once(RequestRows(worker, "a"), "k") for worker in workers for _ in range(3)]
    begun = await asyncio.gather(*(once.begin("body") for once in waiting), return_exceptions=True)
    assert sorted(type(came).__name__ for came in begun) == ["KeyInUse"] * 5 + ["NoneType"]
    for once, came in zip(waiting, begun, strict=True):
        if came is not None:
            await once.end()
    with pytest.raises(KeyInUse):
        await done(workers[0], "body")
    await waiting[begun.index(None)].end()
    assert await done(workers[1], "body") is None


async def test_what_a_worker_served_that_is_gone_may_be_sent_again(workers: list[Worker], new_worker: NewWorker):
    gone, other = new_worker(), workers[0]
    gone._say()
    assert await Once(RequestRows(gone, "a"), "k").begin("body") is None
    with pytest.raises(KeyInUse):
        await done(other, "body")
    gone.forget()
    assert await done(other, "body") is None


async def test_it_is_forgotten_after_a_day(workers: list[Worker], monkeypatch: pytest.MonkeyPatch):
    await done(workers[0], "body")
    monkeypatch.setattr(request_rows, "KEPT_SECONDS", -1.0)
    assert await done(workers[1], "another body", result="t2") is None
