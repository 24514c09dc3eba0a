import asyncio
import inspect
import os
import signal
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from longreader.agents.errors import ModelError, ModelUnavailable
from longreader.app import child
from longreader.app.embedded_server import EmbeddedServer
from longreader.app.server_command import ServerCommand
from longreader.graph_store.errors import ConfigurationError

# Plays a llama.cpp server. Its first argument says how well; it writes its process id beside the model.
FAKE = """
import http.server, json, os, pathlib, signal, sys, time

mode = sys.argv[1]
arguments = dict(zip(sys.argv[2::2], sys.argv[3::2]))
model = pathlib.Path(arguments["--model"])
(model.parent / "pid").write_text(str(os.getpid()))
(model.parent / "environment").write_text(json.dumps(dict(os.environ)))
if mode == "memory":
    print("ggml_aligned_malloc: failed to allocate 8000 MB", flush=True)
    sys.exit(1)
if mode == "junk":
    print("gguf_init_from_file: invalid magic characters", flush=True)
    sys.exit(1)
if mode == "cache":
    print("ValueError: No available memory for the cache blocks.", *range(90), sep="\\n", flush=True)
    sys.exit(1)
if mode == "strange":
    print("something else", flush=True)
    sys.exit(3)
if mode in ("helper", "stubborn helper"):
    import subprocess
    waits = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    (model.parent / "helper").write_text(str(subprocess.Popen([sys.executable, "-S", "-c", waits]).pid))
if mode in ("stubborn", "stubborn helper"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode == "never":
    time.sleep(60)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers["Authorization"] != "Bearer " + os.environ["API_KEY"]:
            self.send_error(401)
            return
        if (model.parent / "busy").exists():
            (model.parent / "busy").unlink()
            time.sleep(60)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        if mode == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if mode == "refuses":
            self.send_error(500)
            return
        self.do_GET()

    def log_message(self, *args):
        pass

http.server.HTTPServer(("127.0.0.1", int(arguments["--port"])), Handler).serve_forever()
"""


@pytest.fixture
def make(tmp_path):
    (tmp_path / "fake.py").write_text(FAKE)
    (tmp_path / "tiny.gguf").write_bytes(b"GGUF")

    def make(mode: str = "good", **options: float) -> EmbeddedServer:
        command = ServerCommand("llama-cpp-python", (sys.executable, "-S", str(tmp_path / "fake.py"), mode))
        return EmbeddedServer(tmp_path / "tiny.gguf", tmp_path / "logs" / "server.log", server=command, **options)

    return make


def pid_in(folder: Path) -> int:
    return int((folder / "pid").read_text())


def runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while runs(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not runs(pid)


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(250):
        if happened():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen within 5 s")


async def test_start_serve_stop(make, tmp_path):
    async with make() as server:
        assert server.alive
        assert server.base_url.startswith("http://127.0.0.1:")
        assert server.model_name == "tiny"
        request = urllib.request.Request(
            f"{server.base_url}/models", headers={"Authorization": f"Bearer {server.api_key}"}
        )
        with await asyncio.to_thread(urllib.request.urlopen, request) as response:
            assert response.status == 200
    assert not server.alive
    assert gone_within(pid_in(tmp_path), 1)
    await server.stop()


async def test_a_vllm_is_given_a_key_and_time_and_takes_many_requests(tmp_path):
    (tmp_path / "fake.py").write_text(FAKE)
    (tmp_path / "Qwen2.5").mkdir()
    command = ServerCommand("vllm", (sys.executable, "-S", str(tmp_path / "fake.py"), "good"))
    async with EmbeddedServer(tmp_path / "Qwen2.5", tmp_path / "server.log", server=command) as server:
        assert (server.model_name, server.slot_count) == ("Qwen2.5", 16)
        assert server._start_seconds == 900
        assert f'"VLLM_API_KEY": "{server.api_key}"' in (tmp_path / "environment").read_text()
    assert gone_within(pid_in(tmp_path), 1)


async def test_a_stranger_without_the_key_is_refused(make):
    async with make() as server:
        with pytest.raises(urllib.error.HTTPError, match="401") as raised:
            await asyncio.to_thread(urllib.request.urlopen, f"{server.base_url}/models")
        raised.value.close()


async def test_settings_of_other_programs_do_not_leak_in(make, tmp_path, monkeypatch):
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("LLAMA_ARG_CTX_SIZE", "1")
    monkeypatch.setenv("MODEL", "other")
    async with make():
        environment = (tmp_path / "environment").read_text()
    assert not {'"PORT"', '"LLAMA_ARG_CTX_SIZE"', '"MODEL"'} & set(environment.replace(":", " ").split())
    assert '"PATH"' in environment


@pytest.mark.parametrize(
    ("mode", "error", "said"),
    [
        ("memory", ModelUnavailable, "not enough memory"),
        ("cache", ModelUnavailable, "not enough memory"),
        ("junk", ConfigurationError, "cannot be loaded as a model"),
        ("crash", ConfigurationError, "crashed on this processor"),
        ("refuses", ConfigurationError, "refuses requests"),
        ("strange", ModelError, "ended with code 3.\nsomething else"),
    ],
)
async def test_a_failed_start_says_why_and_leaves_nothing(make, tmp_path, mode, error, said):
    server = make(mode)
    with pytest.raises(error, match=said):
        await server.start()
    assert not server.alive
    assert gone_within(pid_in(tmp_path), 1)


async def test_a_start_that_takes_too_long_is_given_up(make, tmp_path):
    server = make("never", start_seconds=3.0)
    with pytest.raises(ModelUnavailable, match="not ready within 3 s"):
        await server.start()
    assert gone_within(pid_in(tmp_path), 1)


async def test_a_cancelled_start_leaves_nothing(make, tmp_path):
    starting = asyncio.create_task(make("never").start())
    await until((tmp_path / "environment").exists)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert gone_within(pid_in(tmp_path), 1)


async def test_a_child_that_ignores_the_request_to_stop_is_killed(make, tmp_path, monkeypatch):
    impatient = tmp_path / "child.py"
    impatient.write_text(inspect.getsource(child).replace("GRACE_SECONDS = 5.0", "GRACE_SECONDS = 0.2"))
    monkeypatch.setattr(child, "__file__", str(impatient))
    server = make("stubborn")
    await server.start()
    pid = pid_in(tmp_path)
    await server.stop()
    assert gone_within(pid, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("mode", ["helper", "stubborn helper"])
async def test_what_the_server_started_ends_with_it(make, tmp_path, monkeypatch, mode):
    # vLLM's engine is a process of its own, and lives on when the server is killed.
    impatient = tmp_path / "child.py"
    impatient.write_text(inspect.getsource(child).replace("GRACE_SECONDS = 5.0", "GRACE_SECONDS = 0.2"))
    monkeypatch.setattr(child, "__file__", str(impatient))
    async with make(mode):
        helper = int((tmp_path / "helper").read_text())
        assert runs(helper)
    assert gone_within(helper, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
async def test_what_the_server_started_ends_where_its_guard_was_killed(make, tmp_path):
    server = make("helper")
    await server.start()
    helper = int((tmp_path / "helper").read_text())
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGKILL)
    await until(lambda: not server.alive)
    await server.stop()
    assert gone_within(helper, 1)


async def test_restart_keeps_the_address(make, tmp_path):
    async with make() as server:
        before, address = pid_in(tmp_path), server.base_url
        await server.restart()
        assert server.alive
        assert server.base_url == address
        assert pid_in(tmp_path) != before
        assert gone_within(before, 1)


async def test_settle_leaves_a_free_server_alone_and_restarts_a_busy_one(make, tmp_path):
    async with make() as server:
        before = pid_in(tmp_path)
        await server.settle()
        assert pid_in(tmp_path) == before
        (tmp_path / "busy").touch()
        await server.settle(0.2)
        assert pid_in(tmp_path) != before
        assert server.alive


async def test_a_dead_child_is_noticed_and_started_again(make, tmp_path):
    async with make() as server:
        os.kill(pid_in(tmp_path), signal.SIGKILL)
        await until(lambda: not server.alive)
        await server.start()
        assert server.alive


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_dies_with_the_application(tmp_path, how):
    (tmp_path / "fake.py").write_text(FAKE)
    application = textwrap.dedent(f"""
        import asyncio, sys
        from pathlib import Path
        from longreader.app.embedded_server import EmbeddedServer
        from longreader.app.server_command import ServerCommand
        folder = Path({str(tmp_path)!r})
        command = ServerCommand("llama-cpp-python", (sys.executable, "-S", str(folder / "fake.py"), "good"))
        server = EmbeddedServer(folder / "tiny.gguf", folder / "log", server=command)
        async def main():
            await server.start()
            print("ready", flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """)
    with subprocess.Popen([sys.executable, "-c", application], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        pid = pid_in(tmp_path)
        assert runs(pid)
        process.send_signal(how)
    assert gone_within(pid, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
async def test_the_server_dies_with_its_guard(make, tmp_path):
    async with make() as server:
        assert server._process is not None
        os.kill(server._process.pid, signal.SIGKILL)
        assert gone_within(pid_in(tmp_path), 1)
