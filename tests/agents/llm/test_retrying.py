import asyncio
import time

import pytest
from longreader.agents.errors import ModelCutOff, ModelUnavailable, ReplyMalformed, WindowExceeded
from longreader.agents.llm import Expected, RetryingModel, ScriptedModel


def retrying(inner: ScriptedModel, **limits: float) -> RetryingModel:
    return RetryingModel(inner, **{"first_wait_seconds": 0.001, **limits})  # pyright: ignore[reportArgumentType]


async def test_asks_again_until_it_works(request_for):
    script = [Expected(ModelUnavailable("down")), Expected(ModelCutOff("cut")), Expected("up")]
    with ScriptedModel(script) as inner:
        assert (await retrying(inner).complete(request_for())).text == "up"


async def test_gives_up_after_the_tries(request_for):
    inner = ScriptedModel([Expected(ModelUnavailable("down"), times=None)])
    with pytest.raises(ModelUnavailable):
        await retrying(inner, tries=3).complete(request_for())
    assert len(inner.requests) == 3


@pytest.mark.parametrize("error", [WindowExceeded("long"), ReplyMalformed("junk"), ValueError("a bug")])
async def test_other_errors_are_not_asked_again(request_for, error):
    inner = ScriptedModel([Expected(error)])
    with pytest.raises(type(error)):
        await retrying(inner).complete(request_for())
    assert len(inner.requests) == 1


async def test_waits_as_long_as_the_server_asks(request_for):
    busy = ModelUnavailable("busy", retry_after_seconds=0.2)
    started = time.monotonic()
    await retrying(ScriptedModel([Expected(busy), Expected("up")])).complete(request_for())
    assert time.monotonic() - started >= 0.2


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of every wait that is begun; none is waited."""
    begun: list[float] = []

    async def note(seconds: float) -> None:
        if seconds:
            begun.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    return begun


async def test_begins_no_wait_that_would_be_too_long(request_for, waits):
    busy = ModelUnavailable("busy", retry_after_seconds=3600.0)
    inner = ScriptedModel([Expected(busy)])
    with pytest.raises(ModelUnavailable):
        await retrying(inner).complete(request_for())
    assert (waits, len(inner.requests)) == ([], 1)


async def test_waits_grow(request_for, waits):
    inner = ScriptedModel([Expected(ModelUnavailable("down"), times=None)])
    with pytest.raises(ModelUnavailable):
        await RetryingModel(inner, tries=4, first_wait_seconds=1.0).complete(request_for())
    assert [0.5 <= waits[0] <= 1, 1 <= waits[1] <= 2, 2 <= waits[2] <= 4] == [True] * 3
    assert len(waits) == 3


async def test_a_cancel_is_not_asked_again(request_for):
    inner = ScriptedModel([Expected(ModelUnavailable("down"), times=None)])
    call = asyncio.create_task(RetryingModel(inner, first_wait_seconds=30.0).complete(request_for()))
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(inner.requests) == 1
