"""Turns: how many at once, and in which order the others."""

import asyncio
import time

import pytest
from longreader.app.service import turns
from longreader.app.service.turns import BEGINNING_SECONDS, Turn, Turns


class Crowd:
    """Tasks that take a turn, note it, and hold it until they are let go."""

    def __init__(self, count: int) -> None:
        self.turns = Turns(count)
        self.came: list[str] = []
        self.go = asyncio.Semaphore(0)

    async def one(self, tenant: str) -> None:
        async with self.turns.turn(tenant) as turn:
            turn.has_begun()
            self.came.append(tenant)
            await self.go.acquire()

    async def all(self, tenants: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.one(tenant)) for tenant in tenants]
        await asyncio.sleep(0)
        return tasks

    async def end(self, tasks: list[asyncio.Task[None]]) -> None:
        for _ in tasks:
            self.go.release()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_so_many_at_once():
    crowd = Crowd(2)
    tasks = await crowd.all("aaaa")
    assert crowd.came == ["a", "a"]
    await crowd.end(tasks)
    assert crowd.came == ["a"] * 4


async def test_tenants_take_turns_whoever_brought_more():
    crowd = Crowd(1)
    await crowd.end(await crowd.all("aaaaabcb"))
    assert "".join(crowd.came) == "aabcabaa"


async def test_who_leaves_while_waiting_is_passed_over():
    crowd = Crowd(1)
    tasks = await crowd.all("aabc")
    tasks[1].cancel()
    tasks[2].cancel()
    await crowd.end(tasks)
    assert crowd.came == ["a", "c"]
    await crowd.end(await crowd.all("d"))
    assert crowd.came[-1] == "d"


async def test_a_turn_that_comes_in_the_moment_of_leaving_is_not_lost():
    crowd = Crowd(1)
    async with crowd.turns.turn("a"):
        [waiting] = await crowd.all("b")
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await crowd.end(await crowd.all("c"))
    assert crowd.came == ["c"]


async def test_one_begins_at_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turns, "BEGINNING_SECONDS", 60)
    three = Turns(3)
    held: dict[str, Turn] = {}
    go = asyncio.Event()

    async def hold(name: str) -> None:
        async with three.turn("a") as held[name]:
            await go.wait()

    tasks = [asyncio.create_task(hold(name)) for name in "abcd"]
    for name in "abc":
        await asyncio.sleep(0.01)
        assert list(held)[-1] == name
        held[name].has_begun()
        held[name].has_begun()
    await asyncio.sleep(0.01)
    assert "d" not in held, "three at once"
    go.set()
    await asyncio.gather(*tasks)
    assert "d" in held


async def test_who_never_says_that_it_has_begun_holds_nobody_up_for_long():
    two = Turns(2)
    async with two.turn("a"):
        begun = time.monotonic()
        async with two.turn("b"):
            assert BEGINNING_SECONDS / 2 < time.monotonic() - begun < 50 * BEGINNING_SECONDS
