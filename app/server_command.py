"""Which llama.cpp server is on this machine, and the command that starts it. Owns no process."""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..graph_store.errors import ConfigurationError
from .cores import usable_core_count

ServerKind = Literal["llama-server", "llama-cpp-python"]

# 512 and 1,024, with flash attention or without: no difference beyond noise with the default weights on a CPU.
BATCH_TOKENS = 512


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """A server's kind and its program with the arguments that choose it."""

    kind: ServerKind
    program: tuple[str, ...]


def find_server() -> ServerCommand:
    """Find a server: ``llama-server`` on the path if there is one, else the one of llama-cpp-python.

    Raises:
        ConfigurationError: there is neither.
    """
    if program := shutil.which("llama-server"):
        return ServerCommand("llama-server", (program,))
    if importlib.util.find_spec("llama_cpp") and importlib.util.find_spec("uvicorn"):
        return ServerCommand("llama-cpp-python", (sys.executable, "-P", "-m", "llama_cpp.server"))
    raise ConfigurationError(
        "There is no model server on this machine.",
        hint='Install one with `pip install "longreader[cpu]"`, put llama-server on the PATH, or set the URL of any '
        "server that speaks the OpenAI API.",
    )


def command_line(server: ServerCommand, model: Path, port: int, window_tokens: int) -> list[str]:
    """Return the full command for one model on a loopback port, one request at a time."""
    threads = str(usable_core_count())
    common = ["--model", str(model), "--host", "127.0.0.1", "--port", str(port)]
    if server.kind == "llama-server":
        options = ["--ctx-size", str(window_tokens), "--threads", threads, "--parallel", "1"]
        options += ["--batch-size", str(BATCH_TOKENS), "--alias", model.stem]
        return [
            *server.program,
            *common,
            *options,
            *_known_flags(server.program, "--jinja", "--no-webui", "--no-slots"),
        ]
    options = {
        "model_alias": model.stem,
        "n_ctx": window_tokens,
        "n_threads": threads,
        "n_threads_batch": threads,
        "n_batch": BATCH_TOKENS,
        "logits_all": "false",  # true, the server's default, keeps a score for each token and word: gigabytes
        "interrupt_requests": "false",
        "chat_format": "chat_template.default",  # the model file's own template, never a guessed one
        "verbose": "false",
    }
    return [*server.program, *common, *(word for name, value in options.items() for word in (f"--{name}", str(value)))]


def _known_flags(program: tuple[str, ...], *flags: str) -> list[str]:
    """Return the flags that this version of the server has: they came and went over the years."""
    told = subprocess.run([*program, "--help"], capture_output=True, text=True, errors="replace", timeout=30)
    return [flag for flag in flags if flag in told.stdout]
