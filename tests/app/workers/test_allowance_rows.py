import asyncio
from collections.abc import Callable

import pytest
from longreader.app.service.limits import Sizes
from longreader.app.service.problems import TooManyRequests
from longreader.app.workers import tables
from longreader.app.workers.allowance_rows import AllowanceRows
from longreader.app.workers.worker import Worker
from sqlalchemy import update

NewWorker = Callable[..., Worker]


async def admitted(rates: AllowanceRows, key_id: str = "one") -> bool:
    try:
        await rates.admit(key_id)
    except TooManyRequests as error:
        seconds = error.fields["retry_after_seconds"]
        assert isinstance(seconds, float)
        assert 0 < seconds <= 60
        return False
    return True


def wait(worker: Worker, seconds: float) -> None:
    """Let time pass, so far as the allowances know."""
    earlier = tables.allowances.c.filled - seconds
    with worker.database.writing_beside() as connection:
        connection.execute(update(tables.allowances).values(filled=earlier))


async def test_questions_are_counted_for_all_workers_together(new_worker: NewWorker):
    workers = [new_worker() for _ in range(3)]
    rates = [AllowanceRows(worker.database, Sizes(6, 1_000)) for worker in workers]
    asked = await asyncio.gather(*(admitted(rates[number % 3]) for number in range(12)))
    assert sum(asked) == 6
    assert await admitted(rates[0], "another")
    wait(workers[0], 10.5)
    assert [await admitted(rates[1]), await admitted(rates[2])] == [True, False]
    wait(workers[0], 3_600)
    assert [await admitted(rates[number % 3]) for number in range(7)] == [True] * 6 + [False]


async def test_tokens_of_one_worker_are_missing_on_another(new_worker: NewWorker):
    workers = [new_worker() for _ in range(2)]
    here, there = (AllowanceRows(worker.database, Sizes(100, 600)) for worker in workers)
    here.charge("one", 1_200)
    here.charge(None, 1_200)
    await here.close()
    with pytest.raises(TooManyRequests) as refused:
        await there.admit("one")
    assert refused.value.fields["retry_after_seconds"] == pytest.approx(60.1, abs=2)
    wait(workers[0], 61)
    assert await admitted(there)


async def test_without_a_key_nothing_is_counted(new_worker: NewWorker):
    rates = AllowanceRows(new_worker().database, Sizes(1, 1))
    for _ in range(3):
        await rates.admit(None)


async def test_tokens_that_cannot_be_counted_end_no_question(new_worker: NewWorker, caplog: pytest.LogCaptureFixture):
    worker = new_worker()
    rates = AllowanceRows(worker.database, Sizes(100, 600))
    worker.close()
    rates.charge("one", 10)
    await rates.close()
    assert "cannot be counted" in caplog.text
