"""Who is let in: names, origins and sizes; and what every response tells browsers."""

from collections.abc import Callable

import httpx2
import pytest
from fastapi import FastAPI
from longreader.app.service.guards import HEADERS, MOST_BODY_BYTES
from longreader.app.service.hub import Hub

Check = Callable[[httpx2.Response, int, str], None]


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost", "LOCALHOST:1", "[::1]:8420"])
async def test_loopback_names_are_served(client: httpx2.AsyncClient, host: str):
    assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8420", "127.0.0.1.evil.example", "", "[", "a@127.0.0.1.x"]
)
async def test_another_name_is_refused_while_no_key_is_needed(
    client: httpx2.AsyncClient, hub: Hub, is_problem: Check, host: str
):
    is_problem(await client.get("/v1/collections", headers={"Host": host}), 421, "wrong_host")
    _, key = hub.keys.make("local")
    named = {"Host": "docs.example", "Authorization": f"Bearer {key}"}
    assert (await client.get("/v1/collections", headers=named)).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:3000", "http://localhost"])
async def test_pages_of_other_origins_are_refused(client: httpx2.AsyncClient, is_problem: Check, origin: str):
    refused = await client.post("/v1/collections", json={"name": "x"}, headers={"Origin": origin})
    is_problem(refused, 403, "cross_origin")
    asked = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
    preflight = await client.options("/v1/collections/x", headers=asked)
    assert preflight.status_code == 403
    assert not [name for name in {**refused.headers, **preflight.headers} if name.startswith("access-control")]


async def test_pages_of_its_own_origin_are_served(client: httpx2.AsyncClient):
    assert (await client.get("/healthz", headers={"Origin": "http://127.0.0.1"})).status_code == 200


async def test_a_large_body_is_refused_before_it_is_read(client: httpx2.AsyncClient, is_problem: Check):
    async def endless():
        raise AssertionError("not to be read")
        yield b""

    told = {"Content-Length": str(MOST_BODY_BYTES + 1), "Content-Type": "application/json"}
    is_problem(await client.post("/v1/chats", content=endless(), headers=told), 413, "too_large_input")
    is_problem(await client.post("/v1/chats", content=endless()), 422, "invalid_request")


async def test_every_response_tells_browsers_to_be_careful(application: FastAPI, client: httpx2.AsyncClient):
    async def broken() -> None:
        raise RuntimeError("x")

    application.add_api_route("/broken", broken)
    wrong = await client.get("/healthz", headers={"Host": "evil.example"})
    for response in (await client.get("/healthz"), await client.get("/nothing"), wrong, await client.get("/broken")):
        assert {name: response.headers[name] for name in HEADERS} == HEADERS, response.status_code
