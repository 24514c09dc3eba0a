import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.agents.errors import BudgetSpent, ModelUnavailable, WindowExceeded
from longreader.agents.llm import (
    Budget,
    Call,
    Expected,
    Message,
    MeteredModel,
    ModelReply,
    ModelRequest,
    ScriptedCounter,
    ScriptedModel,
    Usage,
)

PROMPT_TOKENS = 16
"""Of the requests that `request_for` makes."""


class SlowModel(ScriptedModel):
    def __init__(self, seconds: float) -> None:
        super().__init__(lambda _: "word " * 10)
        self.seconds = seconds
        self.cancelled = False

    async def complete(self, request: ModelRequest) -> ModelReply:
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return await super().complete(request)


async def test_counts_what_was_used(request_for):
    calls: list[Call] = []
    inner = ScriptedModel(lambda _: "four four four", cached_tokens=5)
    metered = MeteredModel(inner, Budget(1000, 10, 60.0), on_call=calls.append)
    for _ in range(2):
        await metered.complete(request_for(purpose="walk"))
    usage = metered.usage
    assert usage == Usage(2, 0, 2 * PROMPT_TOKENS, 6, 10, usage.seconds)
    assert usage.tokens == 2 * PROMPT_TOKENS + 6
    assert 0 < usage.seconds < 5
    assert calls[0] == Call("walk", PROMPT_TOKENS, 3, calls[0].seconds, False, "stop", 5)


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(PROMPT_TOKENS + 49, 10, 60.0), "tokens"),
        (Budget(1000, 0, 60.0), "calls"),
        (Budget(1000, 10, 0.0), "seconds"),
    ],
)
async def test_a_call_that_does_not_fit_is_not_made(request_for, budget, limit):
    inner = ScriptedModel(lambda _: "x")
    with pytest.raises(BudgetSpent) as caught:
        await MeteredModel(inner, budget).complete(request_for(purpose="walk"))
    assert caught.value.fields["limit"] == limit
    assert caught.value.fields["purpose"] == "walk"
    assert inner.requests == []


async def test_a_call_that_fits_exactly_is_made(request_for):
    metered = MeteredModel(ScriptedModel(lambda _: "x"), Budget(PROMPT_TOKENS + 50, 1, 60.0))
    await metered.complete(request_for())


async def test_the_reserve_is_for_the_last_answer(request_for):
    metered = MeteredModel(ScriptedModel(lambda _: "x"), Budget(200, 2, 60.0), reserve=Budget(60, 1, 10.0))
    await metered.complete(request_for())
    assert metered.left().calls == 0
    assert metered.left().seconds < 50.0
    with pytest.raises(BudgetSpent):
        await metered.complete(request_for())
    metered.release_reserve()
    await metered.complete(request_for())
    assert metered.usage.call_count == 2


async def test_calls_in_flight_count_as_spent(request_for):
    inner = SlowModel(0.05)
    metered = MeteredModel(inner, Budget(2 * (PROMPT_TOKENS + 50), 10, 60.0))
    outcomes = await asyncio.gather(*(metered.complete(request_for()) for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ModelReply, ModelReply, BudgetSpent, BudgetSpent, BudgetSpent]
    await metered.complete(request_for())


async def test_a_call_that_runs_into_the_limit_of_seconds_is_stopped(request_for):
    inner = SlowModel(30.0)
    calls: list[Call] = []
    metered = MeteredModel(inner, Budget(1000, 10, 0.1), on_call=calls.append)
    with pytest.raises(BudgetSpent) as caught:
        await metered.complete(request_for())
    assert caught.value.fields["limit"] == "seconds"
    assert inner.cancelled
    assert calls[0].finish_reason == "budget_spent"


async def test_a_failed_call_counts_its_prompt(request_for):
    calls: list[Call] = []
    metered = MeteredModel(
        ScriptedModel([Expected(ModelUnavailable("down"))]), Budget(1000, 10, 60.0), on_call=calls.append
    )
    with pytest.raises(ModelUnavailable):
        await metered.complete(request_for())
    assert (metered.usage.call_count, metered.usage.tokens) == (1, PROMPT_TOKENS)
    assert calls[0].finish_reason == "model_unavailable"


async def test_what_was_not_sent_costs_no_tokens(request_for):
    metered = MeteredModel(ScriptedModel([], window_tokens=20), Budget(1000, 10, 60.0))
    with pytest.raises(WindowExceeded):
        await metered.complete(request_for())
    assert metered.usage.tokens == 0


async def test_a_cancelled_call_is_booked_and_frees_its_share(request_for):
    metered = MeteredModel(SlowModel(30.0), Budget(200, 10, 60.0))
    call = asyncio.create_task(metered.complete(request_for()))
    while metered.left().calls == 10:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert metered.left().calls == 9
    assert metered.left().tokens == 200 - PROMPT_TOKENS


async def test_replies_from_the_cache_cost_what_they_cost_the_first_time(request_for):
    class Cached(ScriptedModel):
        async def complete(self, request: ModelRequest) -> ModelReply:
            return ModelReply("x", "stop", PROMPT_TOKENS, 1, 0.0, None, from_cache=True)

    metered = MeteredModel(Cached([]), Budget(1000, 10, 60.0))
    await metered.complete(request_for())
    assert (metered.usage.call_count, metered.usage.cached_call_count) == (1, 1)
    assert metered.usage.tokens == PROMPT_TOKENS + 1


@settings(deadline=None, max_examples=40)
@given(
    budget=st.builds(Budget, st.integers(0, 400), st.integers(0, 8), st.just(60.0)),
    reserve=st.builds(Budget, st.integers(0, 100), st.integers(0, 2), st.just(0.0)),
    waves=st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60)), max_size=4), max_size=4),
    reply_words=st.integers(0, 80),
)
def test_usage_never_exceeds_the_budget(budget, reserve, waves, reply_words):
    async def run() -> None:
        metered = MeteredModel(ScriptedModel(lambda _: "four " * reply_words), budget, reserve)
        for wave in waves:
            requests = [ModelRequest((Message("user", "four " * words),), room) for words, room in wave]
            await asyncio.gather(*(metered.complete(request) for request in requests), return_exceptions=True)
            assert metered.usage.tokens <= max(0, budget.tokens - reserve.tokens)
            assert metered.usage.call_count <= max(0, budget.calls - reserve.calls)
        metered.release_reserve()
        outcome = await asyncio.gather(
            metered.complete(ModelRequest((Message("user", "last"),), 20)), return_exceptions=True
        )
        assert metered.usage.tokens <= budget.tokens
        assert metered.usage.call_count <= budget.calls
        if reserve.tokens >= 30 and reserve.calls and budget.tokens >= reserve.tokens and budget.calls:
            assert isinstance(outcome[0], ModelReply)

    asyncio.run(run())


def test_the_prompt_tokens_of_these_tests(request_for):
    assert ScriptedCounter().count_messages(request_for().messages) == PROMPT_TOKENS
