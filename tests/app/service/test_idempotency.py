"""Idempotency keys: what is kept, for whom and how long."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from longreader import StoreError
from longreader.app.service import request_file
from longreader.app.service.idempotency import Once
from longreader.app.service.problems import KeyInUse, KeyReused
from longreader.app.service.request_file import RequestFile


async def done(folder: Path, key: str | None, *parts: str, result: str = "t1") -> str | None:
    once = Once(RequestFile(folder, set()), key)
    earlier = await once.begin(*parts)
    if earlier is None:
        await once.keep(result)
    await once.end()
    return earlier


async def test_what_came_of_a_request_is_told_to_the_next(tmp_path: Path):
    assert await done(tmp_path, "k", "/ask", "body") is None
    assert await done(tmp_path, "k", "/ask", "body", result="t2") == "t1"
    assert await done(tmp_path, "other", "/ask", "body") is None
    with pytest.raises(KeyReused):
        await done(tmp_path, "k", "/ask", "another body")
    with pytest.raises(KeyReused):
        await done(tmp_path, "k", "/askbody", "")


async def test_without_a_key_nothing_is_kept(tmp_path: Path):
    assert await done(tmp_path, None, "/ask") is None
    assert not (tmp_path / request_file.FILE_NAME).exists()


async def test_tenants_have_keys_of_their_own(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assert await done(tmp_path / name, "k", name) is None


async def test_only_one_of_equal_requests_is_served_at_a_time(tmp_path: Path):
    under_way: set[tuple[Path, str]] = set()
    first, second = (Once(RequestFile(tmp_path, under_way), "k") for _ in range(2))
    await first.begin("body")
    with pytest.raises(KeyInUse):
        await second.begin("body")
    await second.end()
    with pytest.raises(KeyInUse):
        await second.begin("body")
    await first.end()
    assert await second.begin("body") is None


async def test_of_equal_requests_at_the_same_moment_one_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened = RequestFile._open

    @contextmanager
    def slow(self: RequestFile) -> Iterator[sqlite3.Connection]:
        with opened(self) as driver:
            time.sleep(0.05)
            yield driver

    monkeypatch.setattr(RequestFile, "_open", slow)
    under_way: set[tuple[Path, str]] = set()
    both = (Once(RequestFile(tmp_path, under_way), "k").begin("body") for _ in range(2))
    begun = await asyncio.gather(*both, return_exceptions=True)
    assert {type(came) for came in begun} == {type(None), KeyInUse}


async def test_it_is_forgotten_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    await done(tmp_path, "k", "body")
    monkeypatch.setattr(request_file, "KEPT_SECONDS", -1.0)
    assert await done(tmp_path, "k", "another body", result="t2") is None


async def test_a_damaged_file_is_an_error_of_the_store(tmp_path: Path):
    (tmp_path / request_file.FILE_NAME).write_bytes(b"junk" * 1000)
    with pytest.raises(StoreError):
        await done(tmp_path, "k", "body")
