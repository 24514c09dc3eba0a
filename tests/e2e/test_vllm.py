"""`longreader serve --model-server vllm` with the real vLLM; `make test-vllm` sets it up and runs this."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.vllm

START_SECONDS = 900.0
EXAMPLE = Path(__file__).parents[2] / "examples" / "ansholm.pdf"


def ask(url: str, body: object = None, seconds: float = 600.0) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=seconds) as response:
        return json.load(response)


def processes_with(word: str) -> list[int]:
    found = []
    for line in Path("/proc").glob("[0-9]*/environ"):
        try:
            if word.encode() in line.read_bytes():
                found.append(int(line.parent.name))
        except OSError:
            continue
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_serve_starts_vllm_answers_with_it_and_leaves_nothing(tmp_path, how):
    for needed in ("LONGREADER_MODEL__VLLM_PYTHON", "LONGREADER_MODEL__WEIGHTS"):
        assert os.environ.get(needed), f"{needed} is not set: run `make test-vllm`"
    port, mark = free_port(), f"VLLM_TEST_MARK={tmp_path}"
    environment = os.environ | {"LONGREADER_DATA_FOLDER": str(tmp_path / "data"), "VLLM_TEST_MARK": str(tmp_path)}
    command = [Path(sys.executable).with_name("longreader"), "serve", "--model-server", "vllm", "--port", str(port)]
    with subprocess.Popen(command, env=environment) as service:
        try:
            log = tmp_path / "data" / "model-server.log"
            wait_until(lambda: "Application startup complete" in (log.read_text() if log.exists() else ""), service)
            # The service started it by itself, before any question.
            if how == signal.SIGTERM:
                url = f"http://127.0.0.1:{port}/v1/collections/default"
                subprocess.run(
                    ["curl", "-sf", "-F", f"files=@{EXAMPLE}", f"{url}/documents"], check=True, capture_output=True
                )
                wait_until(lambda: ready(f"{url}/documents"), service)
                question = "On what date did current from the sea first reach the grid?"
                answer = ask(f"{url}/ask", {"question": question, "mode": "retrieve"})
                assert "12 October 2001" in answer["text"]
                assert answer["citations"]
            assert len(processes_with(mark)) >= 3
        finally:
            service.send_signal(how)
            service.wait(30)
    end = time.monotonic() + 15
    while processes_with(mark) and time.monotonic() < end:
        time.sleep(0.2)
    assert not processes_with(mark)


def ready(url: str) -> bool:
    documents = ask(url)
    listed = documents["documents"]
    return bool(listed) and all(document["status"] == "ready" for document in listed)


def wait_until(happened, service: subprocess.Popen) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert service.poll() is None, "the service ended"
        try:
            if happened():
                return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(1)
    raise AssertionError("it did not happen in time")
