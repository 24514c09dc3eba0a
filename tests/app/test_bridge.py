import asyncio
import threading

import pytest
from longreader.app.bridge import Bridge


@pytest.fixture
def bridge():
    bridge = Bridge()
    yield bridge
    if not bridge.closed:
        bridge.close()


def test_runs_a_coroutine_and_returns_or_raises(bridge: Bridge):
    async def double(number: int) -> int:
        return 2 * number

    async def fail() -> None:
        raise KeyError("x")

    assert bridge.run(double(4)) == 8
    with pytest.raises(KeyError):
        bridge.run(fail())


def test_events_arrive_as_they_happen_and_errors_last(bridge: Bridge):
    async def events():
        yield 1
        yield 2
        raise ValueError("broken")

    iteration = bridge.iterate(events())
    assert [next(iteration), next(iteration)] == [1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(iteration)


def test_leaving_an_iteration_stops_it_and_waits_for_its_clean_up(bridge: Bridge):
    cleaned = threading.Event()

    async def events():
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            cleaned.set()

    iteration = bridge.iterate(events())
    assert next(iteration) == 1
    iteration.close()
    assert cleaned.is_set()


def test_it_tells_that_it_was_closed(bridge: Bridge):
    assert not bridge.closed
    bridge.close()
    assert bridge.closed
