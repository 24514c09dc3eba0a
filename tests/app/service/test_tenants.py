"""No route reaches another tenant's things, or tells that they exist: asked for with another tenant's ids, each answers
as it does for ids that never were."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.app.service.hub import Hub

SECRET = "The yearly fee is twelve crowns."
RANDOM = re.compile(r"\b(?:[cjqt][0-9a-f]{10,}|chatcmpl-\w+|[0-9]{10}(?:\.[0-9]+)?|[0-9-]{10}T[0-9:.]+Z)\b")
# They tell of the service, not of a tenant.
PUBLIC = {"/healthz", "/readyz", "/metrics"}


@pytest.fixture
def model() -> ScriptedModel:
    def script(request: ModelRequest) -> dict[str, object]:
        match request.purpose:
            case "plan":
                return {"steps": ["x"]}
            case "answer":
                return {"thought": "So it says.", "answer": "twelve crowns"}
            case _:
                return {"sentences": [SECRET]}

    return ScriptedModel(script)


class Client:
    """A tenant's client."""

    def __init__(self, hub: Hub, application: FastAPI, tenant: str) -> None:
        _, key = hub.keys.make(tenant)
        transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers)

    async def fill(self, collection: str) -> dict[str, str]:
        """Bring in a document, ask, chat and summarise; return the ids of all that there is then, by parameter."""
        here = f"/v1/collections/{collection}"
        files = [("files", ("rules.txt", SECRET.encode()))]
        job_id = (await self.http.post(f"{here}/documents", files=files)).json()["jobs"][0]["job_id"]
        await self.http.get(f"/v1/jobs/{job_id}/events", timeout=60)
        document_id = (await self.http.get(f"/v1/jobs/{job_id}")).json()["document_id"]
        answer = (await self.http.post(f"{here}/ask", json={"question": "What is the yearly fee?"})).json()
        assert answer["status"] == "answered", answer
        chat = (await self.http.post("/v1/chats", json={"collection": collection})).json()
        node = (await self.http.get(f"{here}/graph")).json()["nodes"][0]["key"]
        return {
            "collection": collection,
            "document_id": document_id,
            "job_id": job_id,
            "trace_id": answer["trace_id"],
            "chat_id": chat["chat_id"],
            "node": node,
            "question_id": "q0",
            "page": "1",
            "model": collection,
        }


@pytest.fixture
async def owner(hub: Hub, application: FastAPI) -> AsyncIterator[Client]:
    owner = Client(hub, application, "owner")
    yield owner
    await owner.http.aclose()


@pytest.fixture
async def stranger(hub: Hub, application: FastAPI) -> AsyncIterator[Client]:
    stranger = Client(hub, application, "stranger")
    yield stranger
    await stranger.http.aclose()


def operations(application: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    """All operations; those that make something come last."""
    paths = application.openapi()["paths"].items()
    found = [(method, path, told) for path, item in paths for method, told in item.items() if path not in PUBLIC]
    return sorted(found, key=lambda one: ["get", "delete", "patch", "put", "post"].index(one[0]))


def made_up(schema: dict[str, Any], ids: dict[str, str], name: str, schemas: dict[str, Any]) -> object:
    """A value that fits a schema; ids where it is named like one."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if name in ids:
        return ids[name]
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return made_up(schema[key][0], ids, name, schemas)
    match schema.get("type"):
        case "object":
            named = schema.get("properties", {}).items()
            wanted = {*schema.get("required", ()), *ids} if name != "multipart" else set()
            return {key: made_up(value, ids, key, schemas) for key, value in named if key in wanted}
        case "array":
            return [made_up(schema["items"], ids, "", schemas)]
        case "string":
            return schema.get("enum", ["x"])[0]
        case kind:
            return {"integer": 1, "number": 1, "boolean": False}.get(str(kind))


def request_of(operation: dict[str, Any], ids: dict[str, str], schemas: dict[str, Any]) -> dict[str, Any]:
    asked = {
        parameter["name"]: made_up(parameter["schema"], ids, parameter["name"], schemas)
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and (parameter["required"] or parameter["name"] in ids)
    }
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return {"params": asked, "files": [("files", ("x.txt", b"Something else."))]}
    if "application/json" in content:
        return {"params": asked, "json": made_up(content["application/json"]["schema"], ids, "", schemas)}
    return {"params": asked}


async def told(
    client: Client, application: FastAPI, ids: dict[str, str], only: tuple[str, str] | None = None
) -> dict[str, tuple[int, str]]:
    """Call every route with these ids; return statuses and bodies, in which ids and what is random are left out."""
    schemas = application.openapi()["components"]["schemas"]
    answers = {}
    for method, path, operation in operations(application):
        address = path
        for name, value in ids.items():
            address = address.replace(f"{{{name}}}", value)
        assert "{" not in address, f"give this test an id for {path}"
        request = request_of(operation, ids, schemas)
        response = await client.http.request(method, address, timeout=60, **request)
        text = response.text
        for name, value in ids.items():
            if len(value) > 2:
                text = text.replace(json.dumps(value)[1:-1], f"<{name}>")
        answers[f"{method} {path}"] = response.status_code, RANDOM.sub("<random>", text)
    return answers


NEVER_WERE = {
    "collection": "nothing",
    "document_id": "d0123456789",
    "job_id": "j0123456789abcdef",
    "trace_id": "t0123456789",
    "chat_id": "c0123456789",
    "node": "nobody",
    "question_id": "q0",
    "page": "1",
    "model": "nothing",
}


async def test_every_route_needs_a_key(application: FastAPI, client: httpx2.AsyncClient, hub: Hub):
    hub.keys.make("owner")
    schemas = application.openapi()["components"]["schemas"]
    for method, path, operation in operations(application):
        address = re.sub(r"\{(\w+)\}", lambda match: NEVER_WERE[match[1]], path)
        response = await client.request(method, address, **request_of(operation, NEVER_WERE, schemas))
        assert response.status_code == 401, (method, path)
        assert operation["security"] == [{"key": []}], (method, path)


async def test_another_tenants_ids_are_ids_that_never_were(
    application: FastAPI, owner: Client, stranger: Client, hub: Hub
):
    ids = await owner.fill("secrets")
    before = await told_of(owner)
    assert SECRET in before
    theirs = await told(stranger, application, ids)
    # A tenant of its own each time: what a call makes must not be there at the next.
    other = Client(hub, application, "other")
    never = await told(other, application, NEVER_WERE)
    await other.http.aclose()
    assert theirs == never
    for route, (_, body) in theirs.items():
        assert SECRET not in body, route
        assert "rules.txt" not in body, route
    assert await told_of(owner) == before, "and nothing of the owner's was changed"


async def told_of(owner: Client) -> str:
    """All that a tenant is told of its own."""
    here = "/v1/collections/secrets"
    lists = ["/v1/collections", f"{here}/documents", f"{here}/graph", f"{here}/search?q=fee"]
    lists += ["/v1/jobs", "/v1/traces", "/v1/chats", "/v1/models"]
    return "\n".join([(await owner.http.get(address)).text for address in lists])
