"""A model server that is gone, slow, stalls, answers 429 or 500, or cuts its streams: requests wait or fail clearly,
and the service recovers by itself. The short form asks once during each fault, `make test-slow` for a minute each.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

PATH = "/v1/collections/default"
FAULTS = ("429", "500", "cut", "stall", "slow", "down")
BUDGET_SECONDS = 4
SLOW_SECONDS = 6
RECOVERY_SECONDS = 60.0
CLEAR = {502, 503}
"""How a request may fail: the model did not do its part, or cannot be reached."""


@pytest.fixture(scope="module")
def service(serve: Callable[..., Any]) -> Any:
    service = serve()
    with service.client() as client:
        job_id = service.upload(client, "tessel.md", b"# The Tessel\n\nThe Tessel is 212 km long.\n")
        assert service.ended(client, job_id)["status"] == "done"
        assert ask(client, 0).json()["status"] == "answered"
    return service


def ask(client: httpx2.Client, number: int) -> httpx2.Response:
    body = {
        "question": f"How long is the Tessel, asked for the {number}th time?",
        "mode": "retrieve",
        "budget": {"seconds": BUDGET_SECONDS},
    }
    return client.post(f"{PATH}/ask", json=body)


def is_clear(response: httpx2.Response) -> bool:
    """Tell whether a response is an answer, one whose budget ended, or a problem that says so."""
    if response.status_code == 200:
        return response.json()["status"] in ("answered", "budget_spent", "partly_answered")
    return response.status_code in CLEAR | {429} and response.headers["content-type"] == "application/problem+json"


def begin(model: Any, fault: str) -> None:
    if fault == "down":
        model.stop()
    elif fault == "slow":
        model.play(delay_seconds=SLOW_SECONDS)
    else:
        model.play(fault)


def heal(model: Any, fault: str) -> None:
    if fault == "down":
        model.start()
    else:
        model.play()


def recovered(client: httpx2.Client) -> float:
    """Return after how many seconds a question is answered again."""
    begun = time.monotonic()
    while (response := ask(client, 1_000_000 + int(begun * 10))).status_code != 200:
        assert is_clear(response), response.text
        assert time.monotonic() - begun < RECOVERY_SECONDS
        time.sleep(0.2)
    return time.monotonic() - begun


@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_during_a_fault(service: Any, playing_model: Any, fault: str) -> None:
    with service.client() as client:
        begin(playing_model, fault)
        response = ask(client, 1)
        assert is_clear(response), response.text
        assert response.status_code in CLEAR or response.json()["status"] != "answered"
        client.get("/healthz").raise_for_status()
        heal(playing_model, fault)
        recovered(client)


def test_notes_by_the_model_wait_for_it(service: Any, playing_model: Any) -> None:
    with service.client() as client:
        begin(playing_model, "down")
        files = {"files": ("hirn.md", b"# The Hirn\n\nThe Hirn is a hill of 412 m. Otto Weber climbed it in 1874.\n")}
        queued = client.post(f"{PATH}/documents", files=files, data={"notes": "llm"}).json()["jobs"][0]
        limit = time.monotonic() + 60
        while (job := client.get(f"/v1/jobs/{queued['job_id']}").json())["problem"] is None:
            assert time.monotonic() < limit, job
            time.sleep(0.1)
        assert (job["status"], job["problem"]["type"]) == ("running", "model_unavailable")
        heal(playing_model, "down")
        assert service.ended(client, queued["job_id"])["status"] == "done"


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_minute_of_questions_during_a_fault(service: Any, playing_model: Any, fault: str) -> None:
    statuses: Counter[str] = Counter()
    ends = time.monotonic() + 60

    async def client_asks(client: httpx2.AsyncClient, first: int) -> None:
        number = first
        while time.monotonic() < ends:
            number += 1
            body = {"question": f"How long, question {number}?", "mode": "retrieve", "budget": {"seconds": 4}}
            response = await client.post(f"{PATH}/ask", json=body)
            assert is_clear(response), response.text
            statuses[f"{response.status_code} {response.json().get('type') or response.json()['status']}"] += 1
            if response.status_code == 429:
                await asyncio.sleep(1)

    begin(playing_model, fault)
    async with httpx2.AsyncClient(base_url=service.url, timeout=120) as client, asyncio.TaskGroup() as group:
        for first in range(20):
            group.create_task(client_asks(client, first * 1_000_000))
    heal(playing_model, fault)
    with service.client() as client:
        seconds = await asyncio.to_thread(recovered, client)
    print(f"\n{fault}: {dict(statuses)}; the next answer after {seconds:.1f} s")
