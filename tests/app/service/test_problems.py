"""Every error becomes a problem that tells a client what it needs and nothing internal."""

import json
from collections.abc import Callable, Iterator

import httpx2
import pytest
from fastapi import FastAPI
from longreader import ConfigurationError, InputError, ModelUnavailable, NotFound, ReaderError, StoreError
from longreader.app.service.problems import TooManyRequests, problem_of, status_of

Check = Callable[[httpx2.Response, int, str], None]
SECRET = "/srv/data/longreader.sqlite on http://10.0.0.7:8000"


def kinds(root: type[ReaderError] = ReaderError) -> Iterator[type[ReaderError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_but_those_that_never_leave_the_reader(kind: type[ReaderError]):
    assert kind.__name__ == "ServiceError" or status_of(kind) != 500


@pytest.mark.parametrize("kind", [ConfigurationError, ModelUnavailable, StoreError])
def test_what_is_the_operators_is_not_told(kind: type[ReaderError]):
    assert SECRET not in problem_of(kind(SECRET, hint=SECRET)).model_dump_json()


@pytest.mark.parametrize("kind", [InputError, NotFound])
def test_what_is_the_clients_is_told(kind: type[ReaderError]):
    assert problem_of(kind("Page 3 is torn.")).detail == "Page 3 is torn."


async def test_unknown_addresses_and_methods_are_problems_too(client: httpx2.AsyncClient, is_problem: Check):
    is_problem(await client.get("/v1/nothing"), 404, "not_found")
    refused = await client.put("/healthz")
    is_problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET"


async def test_a_value_that_does_not_fit_is_named(client: httpx2.AsyncClient, is_problem: Check):
    refused = await client.post("/v1/collections", json={})
    is_problem(refused, 422, "invalid_request")
    assert refused.json()["faults"] == [{"place": "body.name", "reason": "Field required"}]


async def test_a_mistake_of_the_program_tells_nothing(
    application: FastAPI, client: httpx2.AsyncClient, is_problem: Check, caplog: pytest.LogCaptureFixture
):
    async def broken() -> None:
        raise RuntimeError(SECRET)

    application.add_api_route("/broken", broken)
    response = await client.get("/broken")
    is_problem(response, 500, "internal_error")
    assert SECRET not in response.text
    assert SECRET in caplog.text


async def test_when_to_come_back_is_told(application: FastAPI, client: httpx2.AsyncClient):
    async def full() -> None:
        raise TooManyRequests("Full.", retry_after_seconds=12.4)

    application.add_api_route("/full", full)
    response = await client.get("/full")
    assert (response.status_code, response.headers["retry-after"]) == (429, "13")


async def test_problems_are_documented(client: httpx2.AsyncClient):
    document = (await client.get("/openapi.json")).json()
    told = document["paths"]["/v1/collections/{collection}"]["delete"]["responses"]["404"]["content"]
    assert told["application/problem+json"]["examples"]["not_found"]["value"]["status"] == 404
    assert "HTTPValidationError" not in json.dumps(document)
