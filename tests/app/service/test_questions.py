"""Back-pressure: how many questions are read, how many wait, and what the others are told."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import pytest
from longreader import NotFound
from longreader.app.service.problems import QuestionCancelled, TooManyRequests
from longreader.app.service.questions import Question, Questions


class Read:
    """A reading that ends when it is let go."""

    def __init__(self) -> None:
        self.begun, self.go, self.closed = asyncio.Event(), asyncio.Event(), False

    async def events(self) -> AsyncGenerator[str, None]:
        try:
            self.begun.set()
            await self.go.wait()
            yield "done"
        finally:
            self.closed = True


async def told(question: Question[str]) -> list[str]:
    return [event async for event in question.events()]


async def test_so_many_are_read_so_many_wait_and_the_next_is_refused():
    questions, reads = Questions(running_count=1, waiting_count=1), [Read(), Read(), Read()]
    async with questions.asking("a") as first, questions.asking("a") as second, questions.asking("b") as third:
        await first.start(reads[0].events())
        await reads[0].begun.wait()
        await second.start(reads[1].events())
        with pytest.raises(TooManyRequests) as caught:
            await third.start(reads[2].events())
        assert caught.value.fields["retry_after_seconds"] > 0
        assert [question.waited_seconds is None for question in questions.of("a")] == [False, True]
        assert not reads[1].begun.is_set()
        reads[0].go.set()
        assert await told(first) == ["done"]
        await reads[1].begun.wait()
        reads[1].go.set()
        assert await told(second) == ["done"]
    assert questions.of("a") == []
    async with questions.asking("b") as question:
        await question.start(reads[2].events())


async def test_a_crowd_of_one_tenant_leaves_places_to_others():
    questions, reads = Questions(running_count=1, waiting_count=3), [Read() for _ in range(5)]
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(questions.asking("b"))
        await other.start(reads[0].events())
        await other.stop()
        crowd = [await stack.enter_async_context(questions.asking("a")) for _ in range(4)]
        for question, read in zip(crowd[:3], reads[1:], strict=False):
            await question.start(read.events())
        with pytest.raises(TooManyRequests):
            await crowd[3].start(reads[4].events())
        late = await stack.enter_async_context(questions.asking("b"))
        await late.start(reads[4].events())
        await reads[1].begun.wait()
        reads[1].go.set()
        await reads[2].begun.wait()
        reads[2].go.set()
        await reads[4].begun.wait()
        assert not reads[3].begun.is_set(), "the other tenant's turn came before the crowd's third"


async def test_a_place_is_free_when_whoever_asked_leaves():
    questions, read = Questions(1, 0), Read()

    async def leave() -> None:
        async with questions.asking("a") as question:
            await question.start(read.events())
            await read.begun.wait()
            raise KeyError

    with pytest.raises(KeyError):
        await leave()
    assert read.closed
    async with questions.asking("a") as question:
        await question.start(Read().events())


@pytest.mark.parametrize("waits", [True, False])
async def test_one_that_is_stopped_tells_whoever_asked(waits: bool):
    questions, read, other = Questions(1, 1), Read(), Read()
    async with questions.asking("a") as before, questions.asking("a") as question:
        if waits:
            await before.start(other.events())
            await other.begun.wait()
        await question.start(read.events())
        questions.cancel("a", question.question_id)
        with pytest.raises(QuestionCancelled):
            await told(question)


async def test_only_the_tenant_can_stop_its_question():
    questions, read = Questions(1, 0), Read()
    async with questions.asking("a") as question:
        await question.start(read.events())
        for tenant, question_id in (("b", question.question_id), ("a", "q0")):
            with pytest.raises(NotFound):
                questions.cancel(tenant, question_id)
        assert questions.of("b") == []
        read.go.set()
        assert await told(question) == ["done"]


async def test_what_reading_raises_is_raised():
    async def broken() -> AsyncGenerator[str, None]:
        yield "step"
        raise NotFound("gone")

    async with Questions(1, 0).asking("a") as question:
        await question.start(broken())
        with pytest.raises(NotFound, match="gone"):
            await told(question)
