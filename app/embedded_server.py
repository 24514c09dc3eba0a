"""The model server that longreader starts itself, as a child process on loopback: llama.cpp, or vLLM.

Owns the child's life (start, readiness, stop, restart, its log). The wire is the model client's; which program
and arguments is ``server_command``'s; that the child dies with the application is ``child``'s.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from ..agents.errors import ModelError, ModelUnavailable
from ..agents.llm.dialect import VLLM_SLOTS
from ..graph_store.errors import ConfigurationError, ReaderError
from . import child
from .server_command import ServerCommand, ServerKind, command_line, find_server, served_name

START_SECONDS = 180.0
VLLM_START_SECONDS = 900.0
"""It compiles its kernels at the first start: four minutes on two cores."""
SETTLE_SECONDS = 5.0
LOG_LINES = 12
CAUSE_LINES = 200
"""vLLM tells why it ended, and then for a hundred lines that it did."""

_OUT_OF_MEMORY = (
    *("out of memory", "failed to allocate", "unable to allocate", "cannot allocate memory", "bad_alloc"),
    *("no available memory for the cache blocks", "kv cache is needed", "less than desired gpu memory utilization"),
)
_NOT_A_MODEL = (
    *("failed to load model", "invalid magic", "error loading model", "model path does not exist"),
    *("cannot find any model weights", "are not supported for now", "safetensorerror"),
)


class EmbeddedServer:
    """A server for one model: llama.cpp for a GGUF file, vLLM for a model folder.

    Attributes:
        model_name: what to send as ``model``, and what the server calls it.
        window_tokens: prompt and reply together.
        api_key: made at random; requests without it are refused, so that no other program or web page can use it.
        kind: which server it is: their dialects differ.
        slot_count: how many requests it works on at a time.
    """

    def __init__(
        self,
        model: Path,
        log_path: Path,
        *,
        window_tokens: int = 4096,
        start_seconds: float | None = None,
        server: ServerCommand | None = None,
    ) -> None:
        self.model_name = served_name(model)
        self.window_tokens = window_tokens
        self.api_key = secrets.token_urlsafe(24)
        self.log_path = log_path
        self._model = model
        self._server = server or find_server()
        self._start_seconds = start_seconds or (VLLM_START_SECONDS if self.kind == "vllm" else START_SECONDS)
        self.slot_count = VLLM_SLOTS if self.kind == "vllm" else 1
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def kind(self) -> ServerKind:
        """Which server runs."""
        return self._server.kind

    @property
    def base_url(self) -> str:
        """The OpenAI API's root; the same after a restart. Empty before the first start."""
        return f"http://127.0.0.1:{self._port}/v1" if self._port else ""

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start the child and wait until it has answered one request. Does nothing when it runs.

        Raises:
            ConfigurationError: the file is no model, or the server's build does not fit this machine.
            ModelUnavailable: out of memory, or not ready within ``start_seconds``; with the log's last lines.
        """
        if self.alive:
            return
        await self._kill()
        self._port = self._port or _free_port()
        command = await asyncio.to_thread(command_line, self._server, self._model, self._port, self.window_tokens)
        self._process = self._launch(command)
        try:
            await self._until_ready(self._process)
        except BaseException:
            await self._kill()
            raise

    async def stop(self) -> None:
        """End the child: asked to, and killed after five seconds. Does nothing when it does not run."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, child.GRACE_SECONDS + 1)
        await self._kill()

    async def restart(self) -> None:
        """Kill the child at once and start it again under the same URL and key."""
        await self._kill()
        await self.start()

    async def settle(self, limit_seconds: float = SETTLE_SECONDS) -> None:
        """Wait until the server is free after a cancelled call; restart it when that takes too long.

        A server that reads a long prompt notices only after it that nobody waits for the reply.
        """
        if not await asyncio.to_thread(self._answers, "/models", limit_seconds):
            await self.restart()

    async def __aenter__(self) -> "EmbeddedServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _launch(self, command: list[str]) -> "subprocess.Popen[bytes]":
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", child.__file__, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                bufsize=0,
            )
        assert process.stdin is not None
        process.stdin.write(f"{self.api_key}\n".encode())
        return process

    async def _until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait for the list of models and then for one written token: a bad build crashes only there."""
        end = time.monotonic() + self._start_seconds
        warm_up = {"model": self.model_name, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
        for path, body in (("/models", None), ("/chat/completions", warm_up)):
            while not await asyncio.to_thread(self._answers, path, max(end - time.monotonic(), 0.1), body):
                if process.poll() is not None:
                    raise self._failure(process.returncode)
                if time.monotonic() > end:
                    raise ModelUnavailable(
                        f"The model server was not ready within {self._start_seconds:.0f} s.\n{self._log_end()}",
                        hint="Try again when the machine has less other work, or set a smaller model in "
                        "LONGREADER_MODEL__WEIGHTS.",
                    )
                await asyncio.sleep(0.1)

    def _answers(self, path: str, timeout_seconds: float, body: dict[str, object] | None = None) -> bool:
        request = urllib.request.Request(
            f"{self.base_url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"},
        )
        try:
            with _opener.open(request, timeout=timeout_seconds) as response:
                response.read()
        except HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE:  # "still loading"
                told = error.read().decode("utf-8", errors="replace")[:500]
                raise ConfigurationError(f"The model server refuses requests: {told}") from error
            return False
        except (OSError, HTTPException):
            return False
        return True

    def _failure(self, code: int) -> ReaderError:
        log = self._log_end()
        told = self._log_end(CAUSE_LINES).lower()
        if code == 128 + signal.SIGKILL or any(sign in told for sign in _OUT_OF_MEMORY):
            return ModelUnavailable(
                f"There is not enough memory for {self.model_name}.\n{log}",
                hint="Use a smaller model or a shorter window, or close other programs.",
            )
        if code in (128 + signal.SIGSEGV, 128 + signal.SIGILL):
            return ConfigurationError(
                f"The model server crashed on this processor (signal {code - 128}).\n{log}",
                hint="Build it again without AMX, which old compilers get wrong: "
                'CMAKE_ARGS="-DCMAKE_C_FLAGS=-U__AMX_INT8__ -DCMAKE_CXX_FLAGS=-U__AMX_INT8__" '
                "pip install --force-reinstall --no-deps --no-cache-dir --no-binary :all: llama-cpp-python",
            )
        if any(sign in told for sign in _NOT_A_MODEL):
            return ConfigurationError(
                f"{self._model} cannot be loaded as a model.\n{log}",
                hint="Give a complete folder of a model that vLLM supports."
                if self.kind == "vllm"
                else "Give a complete GGUF file; `longreader model pull` fetches the default one.",
            )
        return ModelError(f"The model server ended with code {code}.\n{log}", hint=f"Its log is {self.log_path}.")

    def _log_end(self, line_count: int = LOG_LINES) -> str:
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-line_count:])

    async def _kill(self) -> None:
        process = self._process
        if process is None:
            return
        self._process = None
        with contextlib.suppress(ProcessLookupError):
            # The group, which may outlive the child that leads it.
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        if process.stdin is not None:
            process.stdin.close()


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
