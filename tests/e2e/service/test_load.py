"""Many clients asking, uploading and deleting at once: no error but 429, no lost job; and the service's own figures.

The short form checks what must hold at any speed; `make test-slow` runs 200 askers and 20 uploaders for a quarter of
an hour, three minutes of it to grow warm, and checks the figures too. With -s they are printed. What counts as the
service's own part: decision 19.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

PATH = "/v1/collections/default"
# A document that goes while a question reads it fails the question, as documented; here none may fail.
OTHER = "/v1/collections/other"
PROBING = Path(__file__).with_name("probing.py")


@dataclass(frozen=True)
class Load:
    """How many clients do what, and for how long. ``warm_seconds`` pass before memory is watched."""

    asker_count: int
    uploader_count: int
    seconds: float
    warm_seconds: float


@dataclass
class Figures:
    """What was measured."""

    statuses: Counter[str] = field(default_factory=Counter)
    jobs: Counter[str] = field(default_factory=Counter)
    answer_seconds: list[float] = field(default_factory=list)
    responses: list[tuple[str, float]] = field(default_factory=list)
    own_seconds: list[float] = field(default_factory=list)
    whole_seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0
    health_seconds: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    file_memory: list[float] = field(default_factory=list)

    def slope(self, warm_seconds: float) -> float:
        """Return how many MB a minute the service's memory grew."""
        warm = [(at, megabytes) for at, megabytes in self.memory if at >= warm_seconds]
        return statistics.linear_regression(*zip(*warm, strict=True)).slope * 60 if len(warm) > 1 else 0.0

    def print(self, load: Load) -> None:
        print(f"\n{load.asker_count} askers, {load.uploader_count} uploaders, {load.seconds:g} s")
        print(f"responses: {dict(sorted(self.statuses.items()))}; jobs: {dict(self.jobs)}")
        print(f"answer: median {middle(self.answer_seconds):.2f} s, p95 {p95(self.answer_seconds):.2f} s")
        print(f"own part of an answer: median {middle(self.own_seconds):.3f} s, p95 {p95(self.own_seconds):.3f} s")
        print(f"with HTTP and storing: median {middle(self.whole_seconds):.3f} s, p95 {p95(self.whole_seconds):.3f} s")
        per_answer = 1000 * self.cpu_seconds / max(1, len(self.responses))
        print(f"processor: {self.cpu_seconds:.1f} s of the service's process, {per_answer:.0f} ms an answer")
        print(f"/healthz: median {middle(self.health_seconds):.3f} s, p95 {p95(self.health_seconds):.3f} s")
        first, last = self.memory[0][1], self.memory[-1][1]
        print(f"memory: {first:.0f} to {last:.0f} MB, {self.slope(load.warm_seconds):+.2f} MB a minute when warm")
        print(f"every 20 s: {', '.join(f'{one:.0f}' for _, one in self.memory[::20])} MB")
        print(f"of it pages of files: {', '.join(f'{one:.0f}' for one in self.file_memory[::20])} MB")


def middle(values: list[float]) -> float:
    return statistics.median(values) if values else 0.0


def p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))] if values else 0.0


class Crowd:
    """Clients of one service."""

    def __init__(self, service: Any, delay_seconds: float) -> None:
        self.figures = Figures()
        self._service = service
        self._delay_seconds = delay_seconds
        self._numbers = itertools.count()
        self._started = time.monotonic()

    async def run(self, load: Load) -> Figures:
        """Let all clients do what they do, then wait for every job's end."""
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx2.AsyncClient(base_url=self._service.url, timeout=120, limits=limits) as client:
            doing: list[Callable[[httpx2.AsyncClient], Awaitable[None]]] = [
                *[self._ask] * load.asker_count,
                *[self._upload] * load.uploader_count,
                self._memory,
            ]
            self._started, cpu_before = time.monotonic(), cpu_seconds(self._service.process.pid)
            async with self._probed(), asyncio.TaskGroup() as group:
                for one in doing:
                    group.create_task(self._again(one, client, load.seconds))
            self.figures.cpu_seconds = cpu_seconds(self._service.process.pid) - cpu_before
            left = (await client.get("/v1/jobs")).raise_for_status().json()
            assert all(job["ended"] for job in left)
            for trace_id, seconds in self.figures.responses:
                await self._measure(client, trace_id, seconds)
        return self.figures

    @asynccontextmanager
    async def _probed(self) -> AsyncIterator[None]:
        """Have another process ask for /healthz meanwhile: in this one, two hundred clients would delay its clock."""
        port = str(httpx2.URL(self._service.url).port)
        probe = await asyncio.create_subprocess_exec(sys.executable, PROBING, port, stdin=PIPE, stdout=PIPE)
        try:
            yield
        finally:
            told, _ = await probe.communicate(b"")
        self.figures.health_seconds += json.loads(told)

    async def _again(
        self, one: Callable[[httpx2.AsyncClient], Awaitable[None]], client: httpx2.AsyncClient, seconds: float
    ) -> None:
        while time.monotonic() - self._started < seconds:
            await one(client)

    async def _ask(self, client: httpx2.AsyncClient) -> None:
        number = next(self._numbers)
        body = {"question": f"How long is the Tessel, asked for the {number}th time?", "mode": "retrieve"}
        begun = time.monotonic()
        response = await client.post(f"{PATH}/ask", json=body)
        if await self._is_done("ask", response):
            seconds = time.monotonic() - begun
            queued = float(response.headers["server-timing"].removeprefix("queue;dur=")) / 1000
            self.figures.answer_seconds.append(seconds)
            self.figures.responses.append((response.json()["trace_id"], seconds - queued))

    async def _upload(self, client: httpx2.AsyncClient) -> None:
        number = next(self._numbers)
        lines = "\n\n".join(f"Bridge {mile} of river {number} was built in {1500 + mile}." for mile in range(150))
        files = {"files": (f"river{number}.md", f"# River {number}\n\n{lines}\n".encode())}
        response = await client.post(f"{OTHER}/documents", files=files)
        if await self._is_done("upload", response):
            job = await self._ended(client, response.json()["jobs"][0]["job_id"])
            self.figures.jobs[job["status"]] += 1
            # So that what is stored, and held in memory, stays as much as it is.
            deleted = await client.delete(f"{OTHER}/documents/{job['document_id']}")
            self.figures.statuses[f"delete {deleted.raise_for_status().status_code}"] += 1

    async def _ended(self, client: httpx2.AsyncClient, job_id: str) -> dict[str, Any]:
        while True:
            job = (await client.get(f"/v1/jobs/{job_id}")).raise_for_status().json()
            if job["ended"] is not None:
                return job
            await asyncio.sleep(0.5)

    async def _memory(self, _client: httpx2.AsyncClient) -> None:
        whole, of_files = megabytes(self._service.process.pid)
        self.figures.memory.append((time.monotonic() - self._started, whole))
        self.figures.file_memory.append(of_files)
        await asyncio.sleep(1)

    async def _is_done(self, what: str, response: httpx2.Response) -> bool:
        self.figures.statuses[f"{what} {response.status_code}"] += 1
        if response.status_code != 429:
            response.raise_for_status()
            return True
        await asyncio.sleep(float(response.headers["retry-after"]))
        return False

    async def _measure(self, client: httpx2.AsyncClient, trace_id: str, seconds: float) -> None:
        """Note the seconds of an answer in which neither a slot was waited for nor the model's delay passed.

        The trace begins when it is the question's turn. ``seconds`` are those of the whole response as its client sees
        them, without the wait for that turn.
        """
        trace = (await client.get(f"/v1/traces/{trace_id}")).raise_for_status().json()
        spent = max(trace["answer"]["usage"]["seconds"], trace["steps"][-1]["seconds"])
        of_model = sum(call["waited_seconds"] + self._delay_seconds for call in trace["calls"])
        self.figures.own_seconds.append(spent - of_model)
        self.figures.whole_seconds.append(seconds - of_model)


def cpu_seconds(pid: int) -> float:
    """Return what a process has used of the processor, its children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> tuple[float, float]:
    """Return what a process holds of the machine's memory, and how much of it is pages of mapped files."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    whole, of_files = (int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6 for pages in fields[1:3])
    return whole, of_files


@asynccontextmanager
async def warmed(service: Any) -> AsyncIterator[None]:
    """Give the service a document, and let it load what it needs."""
    with service.client() as client:
        content = b"# The Tessel\n\nThe Tessel is 212 km long.\n"
        assert service.ended(client, service.upload(client, "tessel.md", content))["status"] == "done"
        client.post(f"{PATH}/ask", json={"question": "How long is it?", "mode": "retrieve"}).raise_for_status()
    yield


def check(figures: Figures) -> None:
    """Check that there was no error but 429, and no lost job."""
    assert figures.statuses["ask 200"] > 0
    assert figures.jobs == {"done": figures.statuses["upload 202"]}
    assert {status.split()[1] for status in figures.statuses} <= {"200", "202", "204", "429"}


async def test_some_clients_for_a_moment(serve: Callable[..., Any], playing_model: Any) -> None:
    load = Load(asker_count=20, uploader_count=3, seconds=3, warm_seconds=1)
    playing_model.play(delay_seconds=0.5)
    service = serve()
    async with warmed(service):
        figures = await Crowd(service, 0.5).run(load)
    figures.print(load)
    check(figures)


@pytest.mark.slow
async def test_many_clients_for_a_quarter_of_an_hour(serve: Callable[..., Any], playing_model: Any) -> None:
    load = Load(asker_count=200, uploader_count=20, seconds=900, warm_seconds=180)
    playing_model.play(delay_seconds=0.5)
    service = serve("real")
    async with warmed(service):
        figures = await Crowd(service, 0.5).run(load)
    figures.print(load)
    check(figures)
    assert figures.slope(load.warm_seconds) < 1.0
    assert p95(figures.own_seconds) < 0.150
    assert p95(figures.health_seconds) < 0.050
