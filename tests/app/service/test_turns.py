"""Turns: how many at once, and in which order the others."""

import asyncio

from longreader.app.service.turns import Turns


class Crowd:
    """Tasks that take a turn, note it, and hold it until they are let go."""

    def __init__(self, count: int) -> None:
        self.turns = Turns(count)
        self.came: list[str] = []
        self.go = asyncio.Semaphore(0)

    async def one(self, tenant: str) -> None:
        async with self.turns.turn(tenant):
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
