"""Which model server is on this machine, and the command that starts it. Owns no process.

What is vLLM's alone is in `vllm_command`.
"""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..graph_store.errors import ConfigurationError
from . import vllm_command
from .cores import usable_core_count

ServerName = Literal["llama.cpp", "vllm"]
ServerKind = Literal["llama-server", "llama-cpp-python", "vllm"]

# 512 and 1,024, with flash attention or without: no difference beyond noise with the default weights on a CPU.
BATCH_TOKENS = 512


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """A server's kind, its program with the arguments that choose it, and further ones that come last."""

    kind: ServerKind
    program: tuple[str, ...]
    arguments: tuple[str, ...] = ()


def find_server() -> ServerCommand:
    """Find a llama.cpp server: ``llama-server`` on the path if there is one, else the one of llama-cpp-python.

    Raises:
        ConfigurationError: there is neither.
    """
    if program := shutil.which("llama-server"):
        return ServerCommand("llama-server", (program,))
    if importlib.util.find_spec("llama_cpp") and importlib.util.find_spec("uvicorn"):
        return ServerCommand("llama-cpp-python", (sys.executable, "-P", "-m", "llama_cpp.server"))
    raise ConfigurationError(
        "There is no model server on this machine.",
        hint='Install one with `pip install "longreader[cpu]"` (a llama-server on the PATH is then preferred), or set '
        "LONGREADER_MODEL__URL to any server that speaks the OpenAI API.",
    )


def find_vllm(python: Path | None, arguments: str) -> ServerCommand:
    """Return how the vLLM of an environment is started.

    Args:
        python: the environment's interpreter; None is this one.
        arguments: further ones, as on a command line.

    Raises:
        ConfigurationError: there is no such interpreter, or no vLLM in its environment.
    """
    return ServerCommand("vllm", vllm_command.program(python), vllm_command.split(arguments))


def served_name(model: Path) -> str:
    """Return what the server calls a model: a file's name without its end, or a folder's name."""
    return model.name if model.is_dir() else model.stem


def command_line(server: ServerCommand, model: Path, port: int, window_tokens: int) -> list[str]:
    """Return the full command for one model on a loopback port; llama.cpp takes one request at a time."""
    if server.kind == "vllm":
        return vllm_command.command_line(server.program, server.arguments, model, port, window_tokens)
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
