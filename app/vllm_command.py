"""How the vLLM of an environment is started on a model folder. Owns no process.

vLLM pins its own torch, so it lives in an environment of its own; nothing of it is imported here.
"""

import shlex
import subprocess
import sys
from pathlib import Path

from ..graph_store.errors import ConfigurationError

# Not the program `vllm`: the builds for CPUs are distributed under another name, and it does not start there.
_MODULE = "vllm.entrypoints.openai.api_server"
_LOOK = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"
_LOOK_SECONDS = 60.0


def program(python: Path | None) -> tuple[str, ...]:
    """Return the program of an environment's vLLM.

    Raises:
        ConfigurationError: there is no such interpreter, or no vLLM in its environment.
    """
    # Not resolved: an environment's interpreter is a link, and where it lies decides what it imports.
    interpreter = str((python.expanduser() if python else Path(sys.executable)).absolute())
    try:
        found = subprocess.run([interpreter, "-P", "-c", _LOOK], capture_output=True, timeout=_LOOK_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(
            f"{interpreter} is no Python interpreter: {error}", hint="Set LONGREADER_MODEL__VLLM_PYTHON to one."
        ) from error
    if found.returncode:
        raise ConfigurationError(
            f"There is no vLLM in the environment of {interpreter}.",
            hint="Install it in an environment of its own (`python -m venv …`, `pip install vllm`), and set "
            "LONGREADER_MODEL__VLLM_PYTHON to that environment's python.",
        )
    return (interpreter, "-P", "-m", _MODULE)


def split(arguments: str) -> tuple[str, ...]:
    """Split further arguments as a shell does.

    Raises:
        ConfigurationError: a quotation mark is not closed.
    """
    try:
        return tuple(shlex.split(arguments))
    except ValueError as error:
        raise ConfigurationError(
            f"LONGREADER_MODEL__VLLM_ARGUMENTS cannot be read: {error}.", hint="Close every quotation mark."
        ) from error


def model_folder(reference: str) -> Path:
    """Return the folder of a Hugging Face model.

    Raises:
        ConfigurationError: it is none.
    """
    folder = Path(reference).expanduser()
    if not (folder / "config.json").is_file():
        raise ConfigurationError(
            f"{reference} is not the folder of a Hugging Face model.",
            hint="Set LONGREADER_MODEL__WEIGHTS to a folder with config.json, tokenizer and safetensors.",
            weights=reference,
        )
    return folder.resolve()


def command_line(
    program: tuple[str, ...], arguments: tuple[str, ...], model: Path, port: int, window_tokens: int
) -> list[str]:
    """Return the full command for one model on a loopback port. The key comes in the environment (VLLM_API_KEY)."""
    options = {
        "--model": str(model),
        "--served-model-name": model.name,
        "--host": "127.0.0.1",
        "--port": str(port),
        "--max-model-len": str(window_tokens),
        "--scheduling-policy": "priority",  # questions before notes of documents
        "--structured-outputs-config.backend": "guidance",  # keeps the bounds on white space of dialect.py
        "--generation-config": "vllm",  # none of the model's own penalties, which punish the copying of quotes
    }
    switches = ["--enable-prefix-caching", "--enable-prompt-tokens-details", "--disable-uvicorn-access-log"]
    return [*program, *(word for pair in options.items() for word in pair), *switches, *arguments]
