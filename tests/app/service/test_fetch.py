"""Fetching by address: never into the network around the service, whatever names and redirects say."""

import asyncio
from collections.abc import Callable
from contextlib import closing, suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from longreader import StoreError, TooLargeInput
from longreader.app.job_upload import append
from longreader.app.service import fetch as fetching
from longreader.app.service.fetch import Fetcher, is_public
from longreader.app.service.problems import AddressRefused, FetchFailed
from longreader.app.settings import ServiceSettings, Settings

Check = Callable[[httpx2.Response, int, str], None]
PRIVATE = """
127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8 198.18.0.1 224.0.0.1
255.255.255.255 240.0.0.1 :: ::1 fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
64:ff9b::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1
""".split()


@pytest.mark.parametrize("address", PRIVATE)
async def test_an_address_inside_is_refused_by_number_and_by_name(tmp_path: Path, address: str):
    assert not is_public(ip_address(address))
    shown = f"[{address}]" if ":" in address else address

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", address]

    with pytest.raises(AddressRefused):
        await Fetcher(100).fetch(f"http://{shown}/x", tmp_path / "file")
    with pytest.raises(AddressRefused):
        await Fetcher(100, resolve=resolve).fetch("http://docs.example/x", tmp_path / "file")


def test_an_address_outside_is_public():
    for address in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"):
        assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x.example/f", "//x.example", "x", "", "http://", "http://a:b@x.example/",
     "http://x.example:99999/", "http://[::1", "http://2130706433/", "http://0x7f.1/", "http://localhost/",
     "http://" + "a" * 300 + ".example/"],
)  # fmt: skip
async def test_what_is_no_public_address_is_refused(tmp_path: Path, url: str):
    with pytest.raises(AddressRefused):
        await Fetcher(100).fetch(url, tmp_path / "file")


class Site:
    """A site on loopback that the fetcher takes for a public one; "inner.example" is private."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        self._answer = answer
        self.requests: list[str] = []
        self.port = 0

    async def __aenter__(self) -> "Site":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(head)
            answer = self._answer(head.split(" ")[1])
            if answer is None:
                await reader.read()
            else:
                writer.write(answer)
                await writer.drain()

    async def resolve(self, host: str, _port: int) -> list[str]:
        return [{"inner.example": "10.0.0.1", "docs.example": "127.0.0.1"}.get(host, host)]

    def fetcher(self, most_bytes: int = 1_000, seconds: float = 20.0) -> Fetcher:
        return Fetcher(most_bytes, seconds, self.resolve, lambda address: str(address) == "127.0.0.1")

    def url(self, path: str, host: str = "docs.example") -> str:
        return f"http://{host}:{self.port}{path}"


def ok(content: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n{headers}\r\n".encode() + content


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def test_a_file_comes_from_the_address_that_was_checked(tmp_path: Path):
    async with Site(lambda _path: ok(b"It is here.")) as site:
        name = await site.fetcher().fetch(site.url("/a%20b/the%20report.txt?x=1"), tmp_path / "file")
    assert name == "the report.txt"
    assert (tmp_path / "file").read_bytes() == b"It is here."
    assert f"host: docs.example:{site.port}" in site.requests[0].lower()
    assert "GET /a%20b/the%20report.txt?x=1 " in site.requests[0]


async def test_redirects_are_followed_and_each_is_checked(tmp_path: Path):
    pages: dict[str, bytes] = {"/file.txt": ok(b"Found.")}
    async with Site(lambda path: pages[path]) as site:
        pages |= {
            "/start": moved("/file.txt"),
            "/inward": moved(site.url("/file.txt", "inner.example")),
            "/number": moved("http://169.254.169.254/latest/meta-data"),
            "/file": moved("file:///etc/passwd"),
            "/round": moved("/round"),
        }
        assert await site.fetcher().fetch(site.url("/start"), tmp_path / "file") == "file.txt"
        for path in ("/inward", "/number", "/file"):
            count = len(site.requests)
            with pytest.raises(AddressRefused):
                await site.fetcher().fetch(site.url(path), tmp_path / "other")
            assert len(site.requests) == count + 1
        with pytest.raises(FetchFailed):
            await site.fetcher().fetch(site.url("/round"), tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", ok(b""), ok(b"x", "Content-Encoding: gzip\r\n"),
     b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut off", b"no http"],
)  # fmt: skip
async def test_what_is_no_file_fails(tmp_path: Path, answer: bytes):
    async with Site(lambda _path: answer) as site:
        with pytest.raises(FetchFailed):
            await site.fetcher().fetch(site.url("/x"), tmp_path / "file")


async def test_size_and_time_are_bounded(tmp_path: Path):
    async with Site(lambda path: None if path == "/slow" else ok(b"x" * 1_001)) as site:
        with pytest.raises(TooLargeInput):
            await site.fetcher().fetch(site.url("/large"), tmp_path / "file")
        with pytest.raises(FetchFailed):
            await site.fetcher(seconds=0.2).fetch(site.url("/slow"), tmp_path / "file")


async def test_a_file_that_is_removed_while_it_comes_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def losing(path: Path, data: bytes, written_count: int) -> None:
        append(path, data, written_count)
        path.unlink()

    monkeypatch.setattr(fetching, "append", losing)
    async with Site(lambda _path: ok(b"x" * (1 << 19))) as site:
        with pytest.raises(StoreError):
            await site.fetcher(most_bytes=1 << 20).fetch(site.url("/large"), tmp_path / "file")
    assert not (tmp_path / "file").exists()


class TestRoute:
    @pytest.fixture
    def settings(self, settings: Settings, request: pytest.FixtureRequest) -> Settings:
        service = ServiceSettings(fetch_urls="off" not in request.node.name)
        return settings.model_copy(update={"service": service})

    async def test_it_is_off_by_default(self, client: httpx2.AsyncClient, is_problem: Check):
        assert not ServiceSettings().fetch_urls
        asked = {"url": "https://docs.example/x.pdf"}
        is_problem(await client.post("/v1/collections/default/documents:fetch", json=asked), 403, "switched_off")

    async def test_a_fetched_file_is_read_in_a_job(
        self, client: httpx2.AsyncClient, is_problem: Check, monkeypatch: pytest.MonkeyPatch
    ):
        async def fetch(_self: Fetcher, url: str, path: Path) -> str:
            await asyncio.to_thread(path.write_bytes, b"The yearly fee is twelve crowns.")
            return urlsplit(url).path.rpartition("/")[2]

        asked = {"url": "http://127.0.0.1/x.pdf"}
        is_problem(await client.post("/v1/collections/default/documents:fetch", json=asked), 422, "address_refused")
        monkeypatch.setattr(Fetcher, "fetch", fetch)
        asked, key = {"url": "https://docs.example/rules.txt"}, {"Idempotency-Key": "once"}
        sent = await client.post("/v1/collections/default/documents:fetch", json=asked, headers=key)
        (job,) = sent.json()["jobs"]
        assert (sent.status_code, job["file_name"]) == (202, "rules.txt")
        again = await client.post("/v1/collections/default/documents:fetch", json=asked, headers=key)
        assert again.json() == sent.json()
        await client.get(f"/v1/jobs/{job['job_id']}/events", timeout=60)
        assert (await client.get(f"/v1/jobs/{job['job_id']}")).json()["status"] == "done"
