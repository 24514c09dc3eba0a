import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest
from longreader.app.job import Job, StageProgress
from longreader.app.workers import upload_rows
from longreader.app.workers.job_rows import JobRows
from longreader.app.workers.worker import Worker
from longreader.graph_store.errors import InputError, StoreError

NewRows = Callable[..., JobRows]
NewWorker = Callable[..., Worker]


async def made(rows: JobRows, job_id: str = "j1", text: str | None = None, **about: object) -> Job:
    told = {"job_id": job_id, "tenant": "a", "kind": "ingest", "collection": "default", **about}
    job = Job(number=await rows.next_number(), **told)  # pyright: ignore[reportArgumentType]
    upload = None
    if text is not None:
        upload = rows.new_upload()
        upload.write_text(text)
    await rows.add(job, upload)
    assert upload is None or not upload.exists()
    return job


async def uploaded(rows: JobRows, job: Job) -> str:
    async with rows.upload(job) as path:
        return path.read_text()


async def test_a_job_of_one_worker_is_seen_by_another(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    job = await made(here, file_name="river.md", notes="llm")
    assert await there.get("j1") == job
    assert await there.get("j2") is None
    later = await made(there, "j2", tenant="b")
    assert later.number > job.number
    assert await here.find() == [job, later]
    assert await here.find("b") == [later]
    assert await here.find("a", "other") == []
    assert await here.find("a", "default", "summary") == []


async def test_only_one_worker_begins_a_job(new_rows: NewRows):
    workers = [new_rows() for _ in range(4)]
    await made(workers[0])
    begun = await asyncio.gather(*(rows.begin("j1") for rows in workers))
    (job,) = [job for job in begun if job]
    assert (job.status, job.start_count) == ("running", 1)
    assert [(await rows.get("j1")) == job for rows in workers] == [True] * 4
    assert await workers[0].begin("unknown") is None


async def test_an_upload_comes_to_whoever_reads_it(new_rows: NewRows, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upload_rows, "_PART_BYTES", 5)
    here, there = new_rows(), new_rows()
    for number, text in enumerate(["Twelve bytes", "five!", ""]):
        job = await made(here, f"j{number}", text)
        assert await uploaded(there, job) == text
    assert list(there.new_upload().parent.iterdir()) == []
    begun = await there.begin("j0")
    assert begun is not None
    assert await there.put(begun.model_copy(update={"status": "done"}), "running")
    with pytest.raises(StoreError):
        await uploaded(here, begun)


async def test_an_upload_stays_while_the_job_may_be_tried_again(new_rows: NewRows):
    rows = new_rows()
    await made(rows, text="text")
    begun = await rows.begin("j1")
    assert begun is not None
    failed = begun.model_copy(update={"status": "failed"})
    await rows.put(failed, "running")
    assert await uploaded(rows, failed) == "text"
    again = failed.model_copy(update={"status": "queued", "run_count": 2})
    assert await rows.put(again, "failed")
    assert not await rows.put(again, "failed"), "it is tried again once"
    await rows.put(
        (await rows.begin("j1") or again).model_copy(update={"status": "failed", "for_good": True}), "running"
    )
    with pytest.raises(StoreError):
        await uploaded(rows, again)


async def test_an_upload_whose_job_never_came_goes(new_rows: NewRows, monkeypatch: pytest.MonkeyPatch):
    rows = new_rows()
    kept = await made(rows, text="kept")
    lost = rows.new_upload()
    lost.write_text("lost")
    rows._uploads.store("j2", lost)
    await rows.open()
    assert await uploaded(rows, kept.model_copy(update={"job_id": "j2"})) == "lost", "it may still come"
    monkeypatch.setattr(upload_rows, "_ORPHAN_SECONDS", -1.0)
    await rows.open()
    with pytest.raises(StoreError):
        await uploaded(rows, kept.model_copy(update={"job_id": "j2"}))
    assert await uploaded(rows, kept) == "kept"


async def test_a_worker_that_starts_leaves_the_uploads_of_those_that_live(new_rows: NewRows, new_worker: NewWorker):
    alive, gone, started = new_worker(), new_worker(), new_worker()
    alive._say()
    there, starting = new_rows(alive), new_rows(started)
    lost, received = new_rows(gone).new_upload(), there.new_upload()
    for path in (lost, received):
        path.write_text("text")
    job = await made(there, text="lent")
    async with there.upload(job) as lent:
        await starting.open()
        assert [path.exists() for path in (received, lent, lost.parent)] == [True, True, False]
    assert starting.new_upload().parent.is_dir()


async def test_a_file_that_goes_while_it_is_read_is_not_the_documents_fault(new_rows: NewRows):
    rows = new_rows()
    job = await made(rows, text="text")

    async def fail(*, loses: bool) -> None:
        async with rows.upload(job) as lent:
            if loses:
                lent.unlink()
            raise InputError("It cannot be read.")

    with pytest.raises(StoreError):
        await fail(loses=True)
    with pytest.raises(InputError):
        await fail(loses=False)


async def test_a_worker_that_was_taken_for_gone_receives_again(new_rows: NewRows, new_worker: NewWorker):
    here = new_rows()
    here.new_upload().write_text("text")
    await new_rows().open()
    here.new_upload().write_text("text")


async def test_progress_is_told_elsewhere(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    await made(here)
    await here.begin("j1")
    for done in (1, 2):
        here.report("j1", StageProgress(stage="note", done_count=done, total_count=4))
    here.report("j1", StageProgress(stage="parse", done_count=1, total_count=1))
    here.report("unknown", StageProgress(stage="parse", done_count=1, total_count=1))
    here.flush()
    job = await there.get("j1")
    assert job is not None
    assert [(stage.stage, stage.done_count) for stage in job.stages] == [("note", 2), ("parse", 1)]
    assert "stages" not in job.record
    await here.put(job.model_copy(update={"status": "done"}), "running")
    ended = await there.get("j1")
    assert ended is not None
    assert (ended.status, ended.stages) == ("done", ())


async def test_a_worker_that_was_taken_for_gone_ends_nothing(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    await made(here)
    job = await here.begin("j1")
    assert job is not None
    assert there.holders() == {here._worker_id}
    there.take_from({here._worker_id})
    assert there.holders() == set()
    again = await there.begin("j1")
    assert again is not None
    assert again.start_count == 2
    assert not await here.put(job.model_copy(update={"status": "done"}), "running")
    here.report("j1", StageProgress(stage="note", done_count=1, total_count=4))
    here.flush()
    await here.let_go("j1")
    assert await there.get("j1") == again
    assert await there.put(again.model_copy(update={"status": "done"}), "running")


async def test_a_job_that_waits_is_ended_once(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    job = await made(here)
    await there.begin("j1")
    assert not await here.put(job.model_copy(update={"status": "cancelled"}), "queued")
    await there.let_go("j1")
    assert await here.put(job.model_copy(update={"status": "cancelled"}), "queued")
    assert await there.begin("j1") is None


async def test_whoever_runs_a_job_learns_that_it_is_to_stop(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    await made(here)
    await there.ask_to_stop("j1", clears=True)
    assert there.asked_to_stop() == {}, "it does not run"
    await here.begin("j1")
    await there.ask_to_stop("j1", clears=True)
    assert (here.asked_to_stop(), there.asked_to_stop()) == ({"j1": True}, {})
    there.take_from({here._worker_id})
    again = await there.begin("j1")
    assert again is not None
    assert there.asked_to_stop() == {"j1": True}, "the wish outlives the worker"
    await there.put(again.model_copy(update={"status": "cancelled"}), "running")
    assert there.asked_to_stop() == {}


async def test_what_changes_is_told_to_who_follows(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    await made(here)
    async with aclosing(there.follow("j1")) as states, asyncio.timeout(20):
        told = await anext(states)
        assert told is not None
        assert told.status == "queued"
        begun = await here.begin("j1")
        assert await anext(states) == begun
        await here.remove("j1")
        assert await anext(states) is None


async def test_counts(new_rows: NewRows):
    here, there = new_rows(), new_rows()
    for number in range(3):
        await made(here, f"j{number}")
    await made(here, "other", tenant="b")
    await here.begin("j0")
    ended = await there.begin("j1")
    assert ended is not None
    await there.put(ended.model_copy(update={"status": "failed"}), "running")
    counts = await there.counts("a")
    assert (counts.open, counts.ended) == (2, 1)
    there.count_open()
    assert there.open_counts() == {"queued": 2, "running": 1}
    assert [job.job_id for job in await there.waiting()] == ["j2", "other"]


async def test_a_removed_job_leaves_nothing(new_rows: NewRows, postgres_url: str):
    from ...postgres import tables_of

    rows = new_rows()
    await made(rows, text="Xylocanthropy was practised.", file_name="xylocanthropy.txt")
    assert tables_of(postgres_url, "xylocanthropy") != []
    await rows.remove("j1")
    assert tables_of(postgres_url, "xylocanthropy") == []
