"""Signs of life, readiness and metrics; and that neither metrics nor the log tell what documents say."""

import json
import logging
from collections.abc import Callable

import httpx2
import pytest
from longreader import ModelUnavailable
from longreader.app.service.hub import Hub
from longreader.app.service.logs import JsonLines
from prometheus_client.parser import text_string_to_metric_families

Check = Callable[[httpx2.Response, int, str], None]
CANARY = "Zanzibarquell"


def figures(text: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            found[f"{sample.name}:{labels}" if labels else sample.name] = sample.value
    return found


async def test_it_lives_and_is_ready(client: httpx2.AsyncClient):
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"store": "ok", "model": "ok", "queue": "ok"})


async def test_without_a_model_server_it_is_not_ready(
    client: httpx2.AsyncClient, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    look_count = 0

    async def away() -> None:
        nonlocal look_count
        look_count += 1
        raise ModelUnavailable("The server at http://10.0.0.7 is away.")

    monkeypatch.setattr(hub.engine, "check_model", away)
    for _ in range(3):
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["model"]) == (503, "failed")
        assert "10.0.0.7" not in answer.text
    assert look_count == 1, "often asked, seldom looked"


async def test_what_happens_is_counted(client: httpx2.AsyncClient):
    here = "/v1/collections/default"
    files = [("files", ("rules.txt", b"The yearly fee is twelve crowns."))]
    job_id = (await client.post(f"{here}/documents", files=files)).json()["jobs"][0]["job_id"]
    await client.get(f"/v1/jobs/{job_id}/events", timeout=60)
    await client.post(f"{here}/ask", json={"question": "What is the yearly fee?"})
    await client.get("/v1/nothing/at/all")
    told = await client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    seen = figures(told.text)
    assert seen["longreader_questions_total:answered"] == 1
    assert seen["longreader_question_seconds_count"] == 1
    assert sum(value for name, value in seen.items() if name.startswith("longreader_model_calls_total")) == 1
    assert seen["longreader_model_tokens_total:read"] > 10
    assert seen["longreader_jobs:queued"] == seen["longreader_jobs:running"] == 0
    assert seen["longreader_questions_under_way:reading"] == 0
    assert {
        seen[f"longreader_ingest_stage_seconds_count:{stage}"] for stage in ("parse", "note", "embed", "index")
    } == {1}
    assert seen["longreader_request_seconds_count:POST,/v1/collections/{collection}/ask,200"] == 1
    assert seen["longreader_request_seconds_count:GET,unknown,404"] == 1


async def test_metrics_are_the_operators(client: httpx2.AsyncClient, hub: Hub, is_problem: Check):
    keys = {tenant: hub.keys.make(tenant)[1] for tenant in ("local", "acme")}
    is_problem(await client.get("/metrics"), 401, "unauthorized")
    acme = {"Authorization": f"Bearer {keys['acme']}"}
    is_problem(await client.get("/metrics", headers=acme), 404, "not_found")
    local = {"Authorization": f"Bearer {keys['local']}"}
    assert (await client.get("/metrics", headers=local)).status_code == 200


async def test_neither_log_nor_metrics_tell_what_a_document_says(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
):
    here = "/v1/collections/default"
    text = f"The {CANARY} was founded by Ada {CANARY} in 1961. The fee is twelve crowns."
    with caplog.at_level(logging.INFO):
        files = [("files", (f"{CANARY}.txt", text.encode()))]
        job_id = (await client.post(f"{here}/documents", files=files)).json()["jobs"][0]["job_id"]
        await client.get(f"/v1/jobs/{job_id}/events", timeout=60)
        assert (await client.get(f"{here}/search", params={"q": CANARY})).json()
        assert (await client.get(f"{here}/graph/nodes/{CANARY}")).status_code == 200
        await client.post(f"{here}/ask", json={"question": f"What is the {CANARY}?"})
        await client.get(f"{here}/graph/nodes/{CANARY} that is none")
    written = [JsonLines().format(record) for record in caplog.records if record.name.startswith("longreader")]
    assert len(written) >= 6
    assert CANARY not in "\n".join(written)
    assert CANARY not in (await client.get("/metrics")).text
    last = json.loads(written[-1])
    assert last["route"] == "/v1/collections/{collection}/graph/nodes/{node:path}"
    assert (last["level"], last["status"], last["method"]) == ("INFO", 404, "GET")
