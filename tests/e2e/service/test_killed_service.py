"""kill -9 of the service at random moments of upload, ingest, answer and delete: what a client was told of stays.

The moments are drawn from KILL_SEED (default 1). After each kill the service is started again over the same folder.
With -s a line is printed for each kill.
"""

import contextlib
import io
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.store import Store

SEED = int(os.environ.get("KILL_SEED", "1"))
QUESTION = "How long is the Tessel?"
ANSWER_SECONDS = 0.3
PATH = "/v1/collections/default"


@dataclass
class Told:
    """What the clients were told, and so must stay."""

    documents: dict[str, str] = field(default_factory=dict)
    deleted: dict[str, str] = field(default_factory=dict)
    in_doubt: dict[str, str] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    chat_id: str = ""
    turn_count: int = 0


class SlowFile(io.BytesIO):
    """A file that comes bit by bit."""

    def read(self, size: int | None = -1, /) -> bytes:
        time.sleep(0.02)
        return super().read(4_000 if size is None or size < 0 else min(size, 4_000))


class Siege:
    """Operations on a service that is killed meanwhile, and what must hold afterwards."""

    def __init__(self, service: Any) -> None:
        self.service = service
        self.told = Told()
        self.draw = random.Random(SEED)
        self._number = 0
        self._questions = 0

    def text(self) -> tuple[str, bytes]:
        """Return a new document's secret and its bytes."""
        self._number += 1
        secret = f"Xylo{self._number:03}canthropy"
        bridges = "\n\n".join(f"Bridge {n} of {secret} is at mile {n * 7}." for n in range(60))
        return secret, f"# {secret}\n\nThe Tessel is 212 km long, says {secret}.\n\n{bridges}\n".encode()

    def prepare(self) -> None:
        with self.service.client() as client:
            self.told.chat_id = client.post("/v1/chats", json={"collection": "default"}).json()["chat_id"]
            self.add(client, 2)
            self.answer(client)

    def add(self, client: httpx2.Client, count: int) -> None:
        for _ in range(count):
            secret, content = self.text()
            job = self.service.ended(client, self.service.upload(client, f"{secret}.md", content))
            assert job["status"] == "done", job
            self.told.documents[job["document_id"]] = secret

    def upload(self, client: httpx2.Client) -> None:
        secret, content = self.text()
        padded = SlowFile(content + b"\n" * 100_000)
        response = client.post(f"{PATH}/documents", files={"files": (f"{secret}.md", padded)})
        self.told.jobs.append(response.json()["jobs"][0]["job_id"])

    def ingest(self, client: httpx2.Client) -> None:
        secret, content = self.text()
        job_id = self.service.upload(client, f"{secret}.md", content)
        self.told.jobs.append(job_id)
        self.service.ended(client, job_id)

    def answer(self, client: httpx2.Client) -> None:
        self._questions += 1
        body = {"question": f"{QUESTION[:-1]} at {self._questions}?", "mode": "retrieve", "chat_id": self.told.chat_id}
        answer = client.post(f"{PATH}/ask", json=body).raise_for_status().json()
        self.told.traces.append(answer["trace_id"])
        self.told.turn_count += 1

    def delete(self, client: httpx2.Client) -> None:
        if not self.told.documents:
            return
        document_id, secret = self.told.documents.popitem()
        self.told.in_doubt[document_id] = secret
        assert client.delete(f"{PATH}/documents/{document_id}").status_code == 204
        self.told.deleted[document_id] = self.told.in_doubt.pop(document_id)

    def kill(self, name: str, most_seconds: float) -> None:
        """Kill the service in the middle of an operation, start it again, and check it."""
        operation: Callable[[httpx2.Client], None] = getattr(self, name)

        def run() -> None:
            with contextlib.suppress(httpx2.HTTPError), self.service.client() as client:
                operation(client)

        delay = self.draw.uniform(0.0, most_seconds)
        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(delay)
        self.service.stop(signal.SIGKILL)
        thread.join()
        started = time.monotonic()
        self.service.start()
        self.check()
        told = self.told
        counts = f"{len(told.documents)} documents, {told.turn_count} turns"
        seconds = time.monotonic() - started
        print(f"{name:<7} killed after {delay:.3f} s, up and whole again after {seconds:4.1f} s: {counts}")

    def check(self) -> None:
        with self.service.client() as client:
            for job_id in self.told.jobs:
                job = self.service.ended(client, job_id)
                assert job["status"] == "done", job
            self.told.jobs.clear()  # a deleted document takes its jobs along
            for job in client.get("/v1/jobs?limit=200").json():
                self.service.ended(client, job["job_id"])
            listed = {
                line["document_id"]: line for line in client.get(f"{PATH}/documents?limit=200").json()["documents"]
            }
            assert {line["status"] for line in listed.values()} <= {"ready"}
            assert set(self.told.documents) <= set(listed)
            assert not set(self.told.deleted) & set(listed)
            for document_id, secret in self.told.documents.items():
                told = client.get(f"{PATH}/documents/{document_id}/text").raise_for_status().text
                assert f"says {secret}" in told
            self._settle_doubts(client, set(listed))
            self._check_traces(client)
            turns = client.get(f"/v1/chats/{self.told.chat_id}").raise_for_status().json()["turns"]
            assert len(turns) >= self.told.turn_count
            self.told.turn_count = len(turns)
            self.told.documents |= {
                document_id: line["title"]
                for document_id, line in listed.items()
                if document_id not in self.told.deleted
            }
            self.answer(client)
        assert not [path for path in (self.service.folder / "uploads").rglob("*") if path.is_file()]

    def _settle_doubts(self, client: httpx2.Client, listed: set[str]) -> None:
        """A delete whose answer did not come is there wholly or not at all; it is sent again."""
        for document_id, secret in self.told.in_doubt.items():
            status = client.delete(f"{PATH}/documents/{document_id}").status_code
            assert status == (204 if document_id in listed else 404)
            self.told.deleted[document_id] = secret
        self.told.in_doubt.clear()

    def _check_traces(self, client: httpx2.Client) -> None:
        stored = {line["trace_id"] for line in client.get("/v1/traces?limit=200").json()}
        assert set(self.told.traces) <= stored

    def finish(self) -> None:
        """Stop the service and look into its folder."""
        self.service.stop()
        folder: Path = self.service.folder
        with Store.open(folder, HashEmbedder()) as store:
            infos = store.collection().documents()
            assert store.files.hashes() == {info.content_hash for info in infos}
            assert all(store.files.is_sound(info.content_hash) for info in infos)
            index = store.collection()._current().index
            assert index is not None
            indexed = set(index.row_ids.tolist())
        with contextlib.closing(sqlite3.connect(folder / "longreader.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            assert database.execute("SELECT count(*) FROM passages WHERE vector IS NULL").fetchone() == (0,)
            passages = {row_id for (row_id,) in database.execute("SELECT row_id FROM passages")}
        assert indexed == passages
        kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for secret in self.told.deleted.values():
            assert [path for path, content in kept.items() if secret.encode() in content] == [], secret


@pytest.fixture
def siege(serve: Callable[..., Any], playing_model: Any) -> Siege:
    playing_model.play(delay_seconds=ANSWER_SECONDS)
    siege = Siege(serve())
    siege.prepare()
    return siege


MOMENTS = (("upload", 0.8), ("ingest", 1.5), ("answer", 0.6), ("delete", 0.3))
"""Operations, and within how many seconds of each the kill comes."""


@pytest.mark.data_folder_only
def test_killed_twice(siege: Siege) -> None:
    for name, most_seconds in (MOMENTS[1], MOMENTS[3]):
        siege.kill(name, most_seconds)
    siege.finish()


@pytest.mark.data_folder_only
@pytest.mark.slow
def test_killed_twenty_times(siege: Siege) -> None:
    with siege.service.client() as client:
        siege.add(client, 5)  # as many are deleted; on a slow machine few uploads outlive a kill
    for number in range(20):
        siege.kill(*MOMENTS[number % len(MOMENTS)])
    siege.finish()
