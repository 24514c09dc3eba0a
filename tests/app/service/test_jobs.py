import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.app.job import Job
from longreader.app.service.hub import LOCAL, Hub


@pytest.fixture
def model() -> ScriptedModel:
    def script(request: ModelRequest) -> dict[str, object]:
        return {"summary": "The club was founded by Ada Brunn in 1961."}

    return ScriptedModel(script)


@pytest.fixture
def upload(hub: Hub, rules: Path) -> Callable[..., object]:
    async def make(text: str | None = None, tenant: str = LOCAL) -> Job:
        path, told = hub.jobs.new_upload(), await asyncio.to_thread(rules.read_bytes)
        await asyncio.to_thread(path.write_bytes, told if text is None else text.encode())
        return await hub.jobs.enqueue_ingest(tenant, "default", path, "rules.md")

    return make


async def ended(client: httpx2.AsyncClient, job_id: str) -> list[dict[str, object]]:
    """Follow a job to its end; return the data of its events."""
    response = await client.get(f"/v1/jobs/{job_id}/events", timeout=60)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "event: job" in response.text
    return [json.loads(line.removeprefix("data: ")) for line in response.text.splitlines() if line.startswith("data: ")]


async def test_a_job_is_followed_shown_listed_and_forgotten(client: httpx2.AsyncClient, upload) -> None:
    job = await upload()
    events = await ended(client, job.job_id)
    last = events[-1]
    assert (last["status"], last["file_name"], last["kind"]) == ("done", "rules.md", "ingest")
    shown = (await client.get(f"/v1/jobs/{job.job_id}")).json()
    assert {name: shown[name] for name in last} == last
    assert shown["answer"] is None
    assert [line["job_id"] for line in (await client.get("/v1/jobs")).json()] == [job.job_id]
    for only in ("kind=summary", "status=failed", "collection=other", "offset=1"):
        assert (await client.get(f"/v1/jobs?{only}")).json() == []
    assert (await client.delete(f"/v1/jobs/{job.job_id}")).status_code == 204
    assert (await client.get("/v1/jobs")).json() == []


async def test_a_failed_job_tells_why(client: httpx2.AsyncClient, upload, is_problem) -> None:
    job = await upload(" \n")
    last = (await ended(client, job.job_id))[-1]
    assert last["status"] == "failed"
    assert last["problem"]["type"] == "empty_input"
    assert last["can_retry"] is False
    is_problem(await client.post(f"/v1/jobs/{job.job_id}/retry"), 409, "conflict")


@pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("GET", "/events"), ("DELETE", ""), ("POST", "/retry")])
async def test_a_job_of_another_tenant_is_not_there(
    client: httpx2.AsyncClient, upload, is_problem, method: str, rest: str
) -> None:
    job = await upload(tenant="other")
    is_problem(await client.request(method, f"/v1/jobs/{job.job_id}{rest}"), 404, "not_found")
    assert (await client.get("/v1/jobs")).json() == []


async def test_a_summary_is_a_job_with_an_answer(client: httpx2.AsyncClient, upload, hub: Hub) -> None:
    document_id = (await ended(client, (await upload()).job_id))[-1]["document_id"]
    body = {"document_id": document_id, "budget": {"tokens": 50_000}}
    key = {"Idempotency-Key": "one"}
    began = await client.post("/v1/collections/default/summaries", json=body, headers=key)
    assert began.status_code == 202
    job_id = began.json()["job_id"]
    assert (await ended(client, job_id))[-1]["status"] == "done"
    shown = (await client.get(f"/v1/jobs/{job_id}")).json()
    assert shown["answer"]["text"].startswith("The club was founded by Ada Brunn in 1961.")
    assert shown["answer"]["citations"]
    again = await client.post("/v1/collections/default/summaries", json=body, headers=key)
    assert (again.json()["job_id"], again.headers["Idempotent-Replayed"]) == (job_id, "true")
    async with hub.reader(LOCAL) as reader:
        await reader.delete(document_id)
    assert (await client.get(f"/v1/jobs/{job_id}")).json()["answer"] is None


@pytest.mark.parametrize(("collection", "document_id"), [("none", None), ("default", "d0")])
async def test_a_summary_of_nothing_is_refused(
    client: httpx2.AsyncClient, is_problem, collection: str, document_id: str | None
) -> None:
    response = await client.post(f"/v1/collections/{collection}/summaries", json={"document_id": document_id})
    is_problem(response, 404, "not_found")


@pytest.mark.data_folder_only
async def test_a_job_that_is_forgotten_while_it_is_followed_ends_the_stream(
    client: httpx2.AsyncClient, upload, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def held(*_: object, **__: object) -> None:
        await asyncio.sleep(600)

    monkeypatch.setattr("longreader.app.async_reader.AsyncReader.add", held)
    job = await upload()
    following = asyncio.create_task(client.get(f"/v1/jobs/{job.job_id}/events", timeout=60))
    while not hub.jobs._store._news:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await hub.jobs.remove(LOCAL, job.job_id)
    assert '"type":"not_found"' in (await following).text
