"""The routes of collections."""

from collections.abc import Callable

import httpx2
import pytest

Check = Callable[[httpx2.Response, int, str], None]


async def test_a_collection_is_made_listed_and_deleted(client: httpx2.AsyncClient, is_problem: Check):
    made = await client.post("/v1/collections", json={"name": "reports 2024"})
    assert (made.status_code, made.json()) == (201, {"name": "reports 2024", "document_count": 0})
    again = await client.post("/v1/collections", json={"name": "reports 2024"})
    assert again.json() == made.json()
    assert (await client.get("/v1/collections")).json() == [made.json()]
    assert (await client.delete("/v1/collections/reports 2024")).status_code == 204
    assert (await client.get("/v1/collections")).json() == []
    is_problem(await client.delete("/v1/collections/reports 2024"), 404, "not_found")


@pytest.mark.parametrize("name", ["", "..", ".", "a/b", "a\nb", " ", "x" * 101])
async def test_a_name_that_cannot_stand_in_an_address_is_refused(
    client: httpx2.AsyncClient, is_problem: Check, name: str
):
    is_problem(await client.post("/v1/collections", json={"name": name}), 422, "invalid_request")
