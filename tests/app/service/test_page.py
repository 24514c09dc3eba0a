"""The page's files: found under one address each, kept by browsers, and under a policy that lets nothing else run."""

import gzip
import re

import httpx2
import pytest
from longreader.app.service import page


@pytest.fixture
async def address(client: httpx2.AsyncClient) -> str:
    """Where the page's files are, as the page names it."""
    found = re.search(r'src="(page/[0-9a-f]+)/main\.js"', (await client.get("/")).text)
    assert found
    return f"/{found[1]}"


async def test_the_page_is_served_under_a_strict_policy(client: httpx2.AsyncClient):
    response = await client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' ")
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy, "nothing comes from elsewhere"


async def test_the_page_has_nothing_inline_and_names_no_other_place(client: httpx2.AsyncClient):
    text = (await client.get("/")).text
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:", text)
    assert "//" not in text.replace("<!doctype html>", "")


async def test_an_unchanged_page_is_not_sent_again(client: httpx2.AsyncClient):
    known = (await client.get("/")).headers["etag"]
    response = await client.get("/", headers={"If-None-Match": known})
    assert (response.status_code, response.content) == (304, b"")


async def test_its_files_are_kept_for_good(client: httpx2.AsyncClient, address: str):
    response = await client.get(f"{address}/main.js")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-security-policy"] == page.POLICY
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_another_versions_address_is_not_kept(client: httpx2.AsyncClient):
    response = await client.get("/page/0123456789abcdef/main.js")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


async def test_text_is_compressed_for_those_who_take_it(client: httpx2.AsyncClient, address: str):
    plain = await client.get(f"{address}/style.css", headers={"Accept-Encoding": "identity"})
    packed = await client.get(f"{address}/style.css", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


async def test_every_file_has_a_type_that_browsers_take(client: httpx2.AsyncClient, address: str):
    for path in page.FOLDER.glob("*"):
        if path.is_file() and path.name != "index.html":
            kind = (await client.get(f"{address}/{path.name}")).headers["content-type"].partition(";")[0]
            assert kind == {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}[path.suffix]


@pytest.mark.parametrize(
    "name", ["nothing.js", "", "../service/page.py", "%2e%2e/service/page.py", "..%2fjobs.py", "vendor", "/etc/passwd"]
)
async def test_nothing_else_is_served(client: httpx2.AsyncClient, address: str, name: str):
    response = await client.get(f"{address}/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_the_page_comes_without_a_key(client: httpx2.AsyncClient, hub, address: str):
    hub.keys.make("anyone")
    assert (await client.get("/v1/collections")).status_code == 401
    assert (await client.get("/")).status_code == 200
    assert (await client.get(f"{address}/main.js")).status_code == 200


def test_what_a_first_visit_loads_is_small():
    """The vendored parts, and what imports them, are loaded when they are needed."""
    own = [path for path in page.FOLDER.glob("*") if path.is_file()]
    assert sum(len(gzip.compress(path.read_bytes())) for path in own) < 100_000
