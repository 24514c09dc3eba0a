"""A key's allowance of questions and tokens: used up, refused with the time to wait, filled again."""

import httpx2
import pytest
from longreader.app.service.hub import Hub
from longreader.app.service.limits import OwnRates, Rates, Sizes
from longreader.app.service.problems import TooManyRequests
from longreader.app.settings import ServiceSettings, Settings


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def refused_for(rates: Rates, key_id: str) -> float:
    with pytest.raises(TooManyRequests) as caught:
        await rates.admit(key_id)
    seconds = caught.value.fields["retry_after_seconds"]
    assert isinstance(seconds, float)
    return seconds


async def test_questions_come_back_with_time(clock: Clock):
    rates = OwnRates(Sizes(6, 1_000), clock)
    for _ in range(6):
        await rates.admit("one")
    assert await refused_for(rates, "one") == pytest.approx(10)
    await rates.admit("another")
    clock.seconds += 10
    await rates.admit("one")
    assert await refused_for(rates, "one") == pytest.approx(10)
    clock.seconds += 3_600
    for _ in range(6):
        await rates.admit("one")
    assert await refused_for(rates, "one") == pytest.approx(10), "what is not used is not saved up"


async def test_tokens_may_be_overdrawn_once(clock: Clock):
    rates = OwnRates(Sizes(100, 600), clock)
    await rates.admit("one")
    rates.charge("one", 1_200)
    assert await refused_for(rates, "one") == pytest.approx(60.1)
    clock.seconds += 60.2
    await rates.admit("one")


async def test_without_a_key_nothing_is_counted(clock: Clock):
    rates = OwnRates(Sizes(1, 1), clock)
    for _ in range(5):
        await rates.admit(None)
        rates.charge(None, 100)


class TestService:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        service = ServiceSettings(questions_per_minute=2, tokens_per_minute=1_000_000)
        return settings.model_copy(update={"service": service})

    async def test_a_key_that_asks_too_much_is_told_when_to_come_again(
        self, client: httpx2.AsyncClient, hub: Hub, rules
    ):
        async with hub.reader("acme") as reader:
            await reader.add(rules)
        _, key = hub.keys.make("acme")
        _, other = hub.keys.make("acme")
        asked = {"url": "/v1/collections/default/ask", "json": {"question": "What is the yearly fee?"}}
        for _ in range(2):
            answer = await client.post(**asked, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 200, answer.text
        refused = await client.post(**asked, headers={"Authorization": f"Bearer {key}"})
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert (await client.post(**asked, headers={"Authorization": f"Bearer {other}"})).status_code == 200

    @pytest.mark.data_folder_only
    async def test_the_tokens_of_a_question_are_charged_to_its_key(self, client: httpx2.AsyncClient, hub: Hub, rules):
        async with hub.reader("acme") as reader:
            await reader.add(rules)
        key, text = hub.keys.make("acme")
        asked = {"question": "What is the yearly fee?"}
        authorised = {"Authorization": f"Bearer {text}"}
        answer = await client.post("/v1/collections/default/ask", json=asked, headers=authorised)
        used = answer.json()["usage"]
        assert isinstance(hub.rates, OwnRates)
        left = hub.rates._keys[key.key_id][0].tokens  # as charged: not yet filled up by the time since
        assert 1_000_000 - left == pytest.approx(used["prompt_tokens"] + used["completion_tokens"], abs=1)
