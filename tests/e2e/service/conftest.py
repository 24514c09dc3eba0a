"""The service as a process, before a model server as a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

HERE = Path(__file__).parent
START_SECONDS = 120.0


def started(script: str, *arguments: object, **environment: str) -> tuple["subprocess.Popen[str]", int]:
    """Start a script of this folder; return it and the port that it prints."""
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        end(process, signal.SIGKILL)
        pytest.fail(f"{script} did not start")
    return process, int(line)


class PlayingModel:
    """A model server whose delay and faults can be changed, and which can be gone."""

    def __init__(self, delay_seconds: float) -> None:
        self.delay_seconds = delay_seconds
        self._process, self.port = started("playing_model.py", 0, delay_seconds)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def play(self, fault: str = "none", delay_seconds: float | None = None) -> None:
        delay = self.delay_seconds if delay_seconds is None else delay_seconds
        httpx2.post(f"{self.url}/play", json={"fault": fault, "delay_seconds": delay}).raise_for_status()

    def stop(self) -> None:
        end(self._process, signal.SIGKILL)

    def start(self) -> None:
        self._process, _ = started("playing_model.py", self.port, self.delay_seconds)


class ServiceProcess:
    """The service over a data folder; it can be stopped, killed and started again."""

    def __init__(
        self, folder: Path, model_url: str, embedder: str = "hash", environment: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self._embedder = embedder
        own = {"LONGREADER_DATA_FOLDER": str(folder), "LONGREADER_MODEL__URL": model_url}
        self._environment = own | (environment or {})
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process, port = started("serving.py", self._embedder, **self._environment)
        self.url = f"http://127.0.0.1:{port}"
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx2.get(f"{self.url}/healthz", timeout=5).raise_for_status()
                return
            except httpx2.HTTPError:
                assert self.process.poll() is None, "the service ended while it started"
                assert time.monotonic() < limit, "the service does not answer"
                time.sleep(0.05)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it; return its exit code."""
        assert self.process is not None
        return end(self.process, how)

    def client(self, timeout: float = 60.0) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, timeout=timeout)

    def upload(self, client: httpx2.Client, name: str, content: bytes) -> str:
        """Upload a file; return its job's id."""
        response = client.post("/v1/collections/default/documents", files={"files": (name, content)})
        assert response.status_code == 202, response.text
        return response.json()["jobs"][0]["job_id"]

    def ended(self, client: httpx2.Client, job_id: str, seconds: float = 120.0) -> dict[str, object]:
        """Wait until a job has ended; return it."""
        limit = time.monotonic() + seconds
        while True:
            job = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
            if job["status"] in ("done", "failed", "cancelled"):
                return job
            assert time.monotonic() < limit, job
            time.sleep(0.1)


def end(process: "subprocess.Popen[str]", how: int) -> int:
    if process.poll() is None:
        process.send_signal(how)
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    finally:
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="module")
def playing_model() -> Iterator[PlayingModel]:
    model = PlayingModel(0.05)
    yield model
    model.stop()


@pytest.fixture(scope="module")
def serve(
    tmp_path_factory: pytest.TempPathFactory, playing_model: PlayingModel
) -> Iterator[Callable[..., ServiceProcess]]:
    """Starts a service over a folder of its own. It takes seconds, so the tests of a module may share one."""
    services: list[ServiceProcess] = []

    def start(embedder: str = "hash") -> ServiceProcess:
        service = ServiceProcess(tmp_path_factory.mktemp("service") / "data", playing_model.url, embedder)
        services.append(service)
        service.start()
        return service

    yield start
    for service in services:
        if service.process is not None and service.process.poll() is None:
            service.stop()
