"""The routes of search and of the note graph."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import httpx2
import pytest
from longreader.app.service.hub import LOCAL, Hub

Check = Callable[[httpx2.Response, int, str], None]
HERE = "/v1/collections/default"


@pytest.fixture(autouse=True)
async def document_id(hub: Hub, rules: Path) -> str:
    async with hub.reader(LOCAL) as reader:
        return (await reader.add(rules)).document_id


async def test_a_search_finds_passages(client: httpx2.AsyncClient, document_id: str, is_problem: Check):
    best, *_ = (await client.get(f"{HERE}/search", params={"q": "yearly fee"})).json()
    assert best["document_id"] == document_id
    assert "twelve crowns" in best["text"]
    assert len(best["text"]) == best["span"]["end"] - best["span"]["start"]
    only = {"q": "yearly fee", "document_id": ["d0", document_id]}
    assert (await client.get(f"{HERE}/search", params=only)).json()[0] == best
    assert (await client.get(f"{HERE}/search", params={"q": "fee", "document_id": "d0"})).json() == []
    is_problem(await client.get(f"{HERE}/search"), 422, "invalid_request")
    is_problem(await client.get("/v1/collections/none/search?q=fee"), 404, "not_found")


async def test_nodes_are_listed_and_shown(client: httpx2.AsyncClient, document_id: str, is_problem: Check):
    every = (await client.get(f"{HERE}/graph")).json()
    assert every["total_count"] == len(every["nodes"]) > 3
    assert (await client.get(f"{HERE}/graph?offset=1&limit=1")).json()["nodes"] == every["nodes"][1:2]
    (line,) = (await client.get(f"{HERE}/graph?containing=brunn")).json()["nodes"]
    node = (await client.get(f"{HERE}/graph/nodes/{line['key']}")).json()
    assert {name: node[name] for name in line} == line
    assert node["facts"][0]["document_id"] == document_id
    assert node["facts"][0]["text"] == "The club was founded by Ada Brunn in 1961."
    place = await client.get(f"{HERE}/documents/{document_id}/text", params=node["facts"][0]["span"])
    assert place.json()["text"] == node["facts"][0]["text"]
    assert {neighbor["weight"] for neighbor in node["neighbors"]} == {1}
    bare = (await client.get(f"{HERE}/graph/nodes/Ada Brunn?fact_limit=0&neighbor_limit=0")).json()
    assert bare == node | {"facts": [], "neighbors": []}
    is_problem(await client.get(f"{HERE}/graph/nodes/no/body"), 404, "not_found")


async def test_the_graph_is_exported(client: httpx2.AsyncClient, document_id: str, is_problem: Check):
    exported = await client.get(f"{HERE}/graph/export")
    assert exported.headers["content-disposition"] == 'attachment; filename="graph.json"'
    nodes = json.loads(exported.text)["nodes"]
    assert "Ada Brunn" in {node["label"] for node in nodes}
    xml = await client.get(f"{HERE}/graph/export?format=graphml&document_id={document_id}")
    assert xml.headers["content-type"].startswith("application/graphml+xml")
    assert ElementTree.fromstring(xml.text).tag.endswith("graphml")
    is_problem(await client.get(f"{HERE}/graph/export?document_id=d0"), 404, "not_found")
    is_problem(await client.get(f"{HERE}/graph/export?format=dot"), 422, "invalid_request")
