import asyncio
import logging
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.app import job_runner, job_upkeep
from longreader.app.async_reader import AsyncReader
from longreader.app.job import Job
from longreader.app.job_queue import JobQueue
from longreader.app.jobs import Jobs
from longreader.app.service.hub import Hub
from longreader.app.service.problems import Conflict, TooManyRequests
from longreader.app.settings import Settings
from longreader.app.workers import tables
from longreader.app.workers.job_rows import JobRows
from longreader.graph_store import cutting, noting
from longreader.graph_store.document import content_hash
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import ConfigurationError, NotFound, StoreError
from longreader.graph_store.ingest import AddResult
from longreader.graph_store.parsers import parse
from pydantic import SecretStr
from sqlalchemy import select

from ..postgres import tables_of

CANARY = "Xylocanthropy"


def answering() -> ScriptedModel:
    def script(request: ModelRequest) -> dict[str, object]:
        return {"summary": "The Tessel is 212 km long."}

    return ScriptedModel(script)


class Service:
    """A hub with jobs that can be stopped and started again, as a service is."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.database_url = database_url
        settings = Settings(data_folder=folder, database_url=SecretStr(database_url) if database_url else None)
        self.hub = Hub(settings, answering(), HashEmbedder())
        worker = self.hub._place.worker
        self.jobs = self.hub.jobs = Jobs(folder, self.hub.reader, retry_seconds=(0.0, 0.0), worker=worker)

    async def start(self) -> None:
        await self.hub.__aenter__()

    async def stop(self) -> None:
        await self.hub.close()

    async def upload(self, text: str = "The Tessel is 212 km long.", tenant: str = "local", **how: object) -> Job:
        path = self.jobs.new_upload()
        path.write_text(text)
        return await self.jobs.enqueue_ingest(tenant, "default", path, "river.md", **how)  # pyright: ignore

    async def end_of(self, job: Job) -> Job:
        async with asyncio.timeout(60):
            async for event in self.jobs.events(job.tenant, job.job_id):
                job = event
        return job

    def uploads(self) -> list[str]:
        """The ids of the jobs whose files are kept."""
        store = self.jobs._store
        if isinstance(store, JobRows):
            with store._database.reading() as connection:
                return sorted(connection.scalars(select(tables.uploads.c.job_id).distinct()))
        return [path.name for path in (self.folder / "uploads").iterdir()]

    def open_counts(self) -> dict[str, int]:
        if isinstance(self.jobs._store, JobRows):
            self.jobs._store.count_open()
        return self.jobs.open_counts()

    def places_with(self, word: str) -> list[str]:
        """Where the service's jobs and documents, or the queue, hold a word."""
        files = [str(path) for path in self.folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
        return files + (tables_of(self.database_url, word) if self.database_url else [])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse in this process, and note by a rule: a process and a tagger for each document take seconds."""

    async def parse_here(data: bytes, file_name: str, on_page: object = None) -> object:
        return parse(data, file_name)

    monkeypatch.setattr(cutting, "parse_confined", parse_here)
    monkeypatch.setattr("longreader.graph_store.extractive.is_english", lambda _text: False)


@pytest.fixture(scope="module")
def queue_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A queue that was used before: a new one takes a second until it runs its first job."""
    path = tmp_path_factory.mktemp("queue") / "jobs.sqlite"
    queue = JobQueue(f"sqlite:///{path}", lambda _job_id: None)
    queue.launch()
    queue.close()
    return path


@pytest.fixture
def data(tmp_path: Path, queue_file: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(queue_file, folder)
    return folder


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Where jobs are: in the data folder, or on a real server."""
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


@pytest.fixture
async def service(data: Path, database_url: str | None) -> AsyncIterator[Service]:
    service = Service(data, database_url)
    await service.start()
    yield service
    await service.stop()


class Gate:
    """Holds every reading of a file until it is opened, and tells which came to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived: asyncio.Queue[str] = asyncio.Queue()
        self.open = asyncio.Event()
        add = AsyncReader.add

        async def held(reader: AsyncReader, source: Path, **how: object) -> AddResult:
            self.arrived.put_nowait(source.read_bytes().decode())  # noqa: ASYNC240 (a few bytes)
            await self.open.wait()
            return await add(reader, source, **how)  # pyright: ignore

        monkeypatch.setattr(AsyncReader, "add", held)

    async def first(self) -> str:
        return await asyncio.wait_for(self.arrived.get(), 60)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


async def test_an_upload_becomes_a_document(service: Service) -> None:
    job = await service.upload()
    assert (job.status, job.file_name, job.byte_count) == ("queued", "river.md", 26)
    ended = await service.end_of(job)
    assert (ended.status, ended.problem) == ("done", None)
    async with service.hub.reader("local") as reader:
        (info,) = reader.documents()
    assert (info.document_id, info.file_name, info.content_hash) == (
        ended.document_id,
        "river.md",
        ended.content_hash,
    )
    assert service.uploads() == []


@pytest.mark.parametrize("database_url", [None])  # rows tell of stages twice a second: test_job_rows.py
async def test_the_stages_are_told_while_it_runs(service: Service) -> None:
    job = await service.upload(" ".join(f"Bridge {number} is at mile {number}." for number in range(3000)))
    stages: set[str] = set()
    async for state in service.jobs.events("local", job.job_id):
        stages |= {progress.stage for progress in state.stages}
    assert (await service.jobs.job("local", job.job_id)).stages == ()
    assert stages & {"parse", "chunk", "note", "embed", "index"}


async def test_a_new_version_takes_the_place_of_a_document(service: Service) -> None:
    old = await service.end_of(await service.upload())
    new = await service.end_of(await service.upload("The Tessel is 213 km long.", replaces=old.document_id))
    async with service.hub.reader("local") as reader:
        assert [info.document_id for info in reader.documents()] == [new.document_id]


async def test_a_file_that_cannot_be_read_fails_at_once_and_for_good(service: Service) -> None:
    job = await service.end_of(await service.upload("  \n"))
    assert job.status == "failed"
    assert job.problem is not None
    assert (job.problem.type, job.start_count) == ("empty_input", 1)
    assert service.uploads() == []
    with pytest.raises(Conflict):
        await service.jobs.retry("local", job.job_id)


async def test_a_mistake_of_the_program_ends_a_job_and_tells_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def add(_reader: AsyncReader, _source: Path, **_how: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(AsyncReader, "add", add)
    job = await service.end_of(await service.upload())
    assert job.problem is not None
    assert job.problem.type == "internal_error"
    assert "secret" not in job.model_dump_json()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(("fault_count", "status"), [(2, "done"), (3, "failed")])
async def test_a_model_that_is_away_is_waited_for(
    service: Service, monkeypatch: pytest.MonkeyPatch, fault_count: int, status: str
) -> None:
    add, faults = AsyncReader.add, iter(range(fault_count))

    async def adding(reader: AsyncReader, source: Path, **how: object) -> AddResult:
        if next(faults, None) is not None:
            raise ModelUnavailable("gone")
        return await add(reader, source, **how)  # pyright: ignore

    monkeypatch.setattr(AsyncReader, "add", adding)
    job = await service.end_of(await service.upload())
    assert job.status == status
    if status == "failed":
        assert job.problem is not None
        assert (job.problem.type, service.uploads()) == ("model_unavailable", [job.job_id])
        again = await service.jobs.retry("local", job.job_id)
        assert (again.status, again.problem) == ("queued", None)
        assert (await service.end_of(again)).status == "done"
    assert service.uploads() == []


async def test_a_job_that_goes_on_after_waiting_says_no_longer_why_it_waited(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, told = AsyncReader.add, list[object]()

    async def adding(reader: AsyncReader, source: Path, **how: object) -> AddResult:
        (job,) = await service.jobs.jobs("local")
        told.append(job.problem and job.problem.type)
        if len(told) == 1:
            raise ModelUnavailable("gone")
        return await add(reader, source, **how)  # pyright: ignore

    monkeypatch.setattr(AsyncReader, "add", adding)
    monkeypatch.setattr(service.jobs._work, "_retry_seconds", (0.1,))
    waiting = await service.upload()
    reasons = {job.problem.type async for job in service.jobs.events("local", waiting.job_id) if job.problem}
    assert told == [None, None]
    assert reasons <= {"model_unavailable"}


async def test_a_job_that_waits_is_cancelled(service: Service, gate: Gate) -> None:
    first, second = await service.upload("one"), await service.upload("two")
    assert await gate.first() == "one"
    assert (await service.jobs.job("local", first.job_id)).status == "running"
    assert service.open_counts() == {"queued": 1, "running": 1}
    assert (await service.jobs.cancel("local", second.job_id)).status == "cancelled"
    assert service.uploads() == [first.job_id]
    gate.open.set()
    assert (await service.end_of(first)).status == "done"
    assert gate.arrived.empty()


async def test_a_job_that_runs_is_cancelled_and_leaves_no_document(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, writing = asyncio.Event(), noting.write_notes

    async def note(*arguments: object) -> None:
        begun.set()
        await asyncio.sleep(600)

    monkeypatch.setattr(noting, "write_notes", note)
    job = await service.upload()
    await asyncio.wait_for(begun.wait(), 60)
    assert (await service.jobs.cancel("local", job.job_id)).status == "cancelled"
    async with service.hub.reader("local") as reader:
        assert reader.documents() == []
    assert (service.uploads(), list((service.folder / "files").glob("*/*"))) == ([], [])
    monkeypatch.setattr(noting, "write_notes", writing)
    assert (await service.end_of(await service.upload())).status == "done"


async def test_tenants_take_turns(service: Service, gate: Gate) -> None:
    for number in range(3):
        await service.upload(f"a{number}", tenant="a")
    await service.upload("b0", tenant="b")
    assert {await gate.first(), await gate.first()} == {"a0", "b0"}
    gate.open.set()
    for job in (*await service.jobs.jobs("a"), *await service.jobs.jobs("b")):
        assert (await service.end_of(job)).status == "done"
    assert [await gate.first(), await gate.first()] == ["a1", "a2"]


async def test_a_tenant_sees_only_its_own(service: Service, gate: Gate) -> None:
    job = await service.upload(tenant="a")
    assert await service.jobs.jobs("b") == []
    assert [seen.job_id for seen in await service.jobs.jobs("a")] == [job.job_id]
    refused: list[Callable[[], Awaitable[object]]] = [
        lambda: service.jobs.cancel("b", job.job_id),
        lambda: service.jobs.retry("b", job.job_id),
        lambda: service.jobs.remove("b", job.job_id),
        lambda: anext(aiter(service.jobs.events("b", job.job_id))),
    ]
    for call in refused:
        with pytest.raises(NotFound):
            await call()


async def test_too_many_jobs_of_a_tenant_are_refused(service: Service, gate: Gate) -> None:
    service.jobs._most_open = 2
    await service.upload("one")
    await service.upload("two")
    with pytest.raises(TooManyRequests) as refused:
        await service.upload("three")
    assert refused.value.fields["retry_after_seconds"] == 30.0
    with pytest.raises(TooManyRequests):
        await service.jobs.require_room("local")
    assert len(service.uploads()) == 2
    await service.upload("three", tenant="another")


async def test_long_jobs_do_not_hold_up_short_ones(service: Service, gate: Gate) -> None:
    await service.upload("long", notes="llm")
    await service.upload("short")
    assert {await gate.first(), await gate.first()} == {"long", "short"}


async def test_a_restart_goes_on(data: Path, database_url: str | None, gate: Gate) -> None:
    service = Service(data, database_url)
    await service.start()
    first, second = await service.upload("one"), await service.upload("two")
    await gate.first()
    await service.stop()
    service.jobs.new_upload().write_text("orphan")
    if not database_url:
        (data / "jobs" / "half.part").write_text("{")
    again = Service(data, database_url)
    await again.start()
    assert [job.status for job in await again.jobs.jobs("local")] == ["queued", "queued"]
    gate.open.set()
    try:
        for job in (first, second):
            ended = await again.end_of(job)
            assert (ended.status, ended.start_count) == ("done", 2 if job is first else 1)
        assert again.uploads() == []
        assert not [path for path in (data / "uploads").rglob("*") if path.is_file()]
        assert database_url or {path.suffix for path in (data / "jobs").iterdir()} == {".json"}
    finally:
        await again.stop()


async def test_workers_folders_do_not_stop_a_service_without_them(data: Path) -> None:
    left = data / "uploads" / "worker-1" / "incoming-1"
    left.parent.mkdir(parents=True)
    left.write_text("left")
    service = Service(data)
    await service.start()
    await service.stop()
    assert list((data / "uploads").iterdir()) == []


async def test_a_file_that_is_not_what_was_received_is_refused(service: Service) -> None:
    with pytest.raises(StoreError):
        await service.upload("The second half.", received_hash=content_hash(b"Both halves."))
    with pytest.raises(StoreError):
        await service.jobs.enqueue_ingest("local", "default", service.jobs.new_upload(), "gone.md")
    assert (await service.jobs.jobs("local"), service.uploads()) == ([], [])
    job = await service.upload("Both halves.", received_hash=content_hash(b"Both halves."))
    assert (await service.end_of(job)).status == "done"


@pytest.mark.parametrize("lost", ["the queue's file", "the end of a run"])
async def test_a_job_is_never_lost_between_its_record_and_the_queue(data: Path, gate: Gate, lost: str) -> None:
    service = Service(data)
    await service.start()
    job = await service.upload()
    await gate.first()
    kept = (data / "jobs" / f"{job.job_id}.json").read_bytes()
    if lost == "the end of a run":
        gate.open.set()
        uploaded = (data / "uploads" / job.job_id).read_bytes()
        await service.end_of(job)
        await asyncio.sleep(0.5)  # the queue writes down that it is over
        (data / "jobs" / f"{job.job_id}.json").write_bytes(kept)
        (data / "uploads" / job.job_id).write_bytes(uploaded)
    await service.stop()
    if lost == "the queue's file":
        (data / "jobs.sqlite").unlink()
    gate.open.set()
    again = Service(data)
    await again.start()
    try:
        assert (await again.end_of(job)).status == "done"
    finally:
        await again.stop()


async def test_a_job_that_ends_its_process_again_and_again_is_given_up(
    data: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    monkeypatch.setattr(job_runner, "MOST_STARTS", 1)
    service = Service(data, database_url)
    await service.start()
    job = await service.upload()
    await gate.first()
    await service.stop()
    again = Service(data, database_url)
    await again.start()
    try:
        ended = await again.end_of(job)
        assert (ended.status, ended.can_retry) == ("failed", True)
    finally:
        await again.stop()


async def test_a_summary_is_kept_as_a_trace(service: Service) -> None:
    added = await service.end_of(await service.upload())
    job = await service.end_of(await service.jobs.enqueue_summary("local", "default", added.document_id))
    assert (job.status, job.problem) == ("done", None)
    assert job.trace_id is not None
    async with service.hub.reader("local") as reader:
        answer = reader.trace(job.trace_id).answer
        assert answer is not None
        assert answer.text.startswith("The Tessel is 212 km long.")
        assert answer.text not in job.model_dump_json()
        await reader.delete(added.document_id or "")
        with pytest.raises(NotFound):
            reader.trace(job.trace_id)


async def test_jobs_keep_nothing_of_a_deleted_document(service: Service) -> None:
    done = await service.end_of(await service.upload(f"{CANARY} was practised."))
    other = await service.end_of(await service.upload())
    assert done.document_id is not None
    await service.jobs.forget_document("local", "default", done.document_id, done.content_hash)
    async with service.hub.reader("local") as reader:
        await reader.delete(done.document_id)
    assert [job.job_id for job in await service.jobs.jobs("local")] == [other.job_id]
    assert service.places_with(CANARY) == []
    assert service.places_with(done.content_hash) == []


async def test_a_document_that_is_being_read_is_deleted(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def note(*_: object) -> None:
        begun.set()
        await asyncio.sleep(600)

    monkeypatch.setattr(noting, "write_notes", note)
    job = await service.upload()
    await asyncio.wait_for(begun.wait(), 60)
    async with service.hub.reader("local") as reader:
        (info,) = reader.documents()
        await service.jobs.forget_document("local", "default", info.document_id, info.content_hash)
        assert await service.jobs.jobs("local") == []
        await reader.delete(info.document_id)
        assert reader.documents() == []
    assert service.uploads() == []
    assert job.content_hash == info.content_hash


async def test_a_deleted_collection_takes_its_jobs(service: Service, gate: Gate) -> None:
    await service.upload("one")
    await service.upload("two")
    await gate.first()
    await service.jobs.forget_collection("local", "default")
    assert (await service.jobs.jobs("local"), service.uploads()) == ([], [])


async def test_the_queue_is_given_ids_alone(service: Service) -> None:
    await service.end_of(await service.upload(f"{CANARY} was practised."))
    await service.end_of(await service.upload("  \n"))
    if service.database_url:
        assert not any(place.startswith("longreader_queue.") for place in service.places_with("river.md"))
        assert any(place.startswith("longreader_queue.") for place in service.places_with("local"))
        return
    with sqlite3.connect(service.folder / "jobs.sqlite") as database:
        dumped = "\n".join(database.iterdump())
    assert CANARY not in dumped
    assert "river.md" not in dumped


async def test_only_the_newest_ended_jobs_are_told_of(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_upkeep, "MOST_KEPT", 2)
    monkeypatch.setattr(job_upkeep, "_KEPT_SLACK", 1)
    ended = [await service.end_of(await service.upload(f"Text {number}.")) for number in range(4)]
    async with asyncio.timeout(20):
        # The end of a job is told before the oldest are dropped.
        while len(await service.jobs.jobs("local")) > 2:  # noqa: ASYNC110 (they tell of no event)
            await asyncio.sleep(0.05)
    assert [job.job_id for job in await service.jobs.jobs("local")] == [job.job_id for job in reversed(ended[2:])]


async def test_one_queue_in_a_process(service: Service, tmp_path: Path, gate: Gate) -> None:
    await service.upload()
    other = Service(tmp_path / "other")
    await other.start()
    try:
        with pytest.raises(ConfigurationError):
            await other.upload()
    finally:
        await other.stop()


async def test_it_prints_nothing(service: Service, capfd: pytest.CaptureFixture[str]) -> None:
    await service.end_of(await service.upload())
    assert capfd.readouterr() == ("", "")
    assert [type(handler) for handler in logging.getLogger("dbos").handlers if handler.name] == []
