"""The command line against a model server on loopback: as a process, and within the test's own process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from longreader import Reader
from longreader.app.main import app
from longreader.graph_store.embedder import HashEmbedder
from typer.testing import CliRunner

RIVER = """# The Tessel

The Tessel is 212 km long and rises in the hills of Hirn. Its ferry was built by Ottilie Brandt in 1911.

## Mouth

The river ends in the Sound of Merren, where the ferry of Ottilie Brandt still runs on Sundays.
"""


QUESTION = "How long is the Tessel?"


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str


def fill(schema: dict[str, Any], answer: str) -> Any:
    """Return a small value that the schema allows; every free text is ``answer``."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: fill(part, answer) for name, part in schema["properties"].items()}
        case "array":
            count = max(schema.get("minItems", 0), min(schema.get("maxItems", 1), 1))
            return [fill(schema["items"], answer) for _ in range(count)]
        case "string":
            return answer[: schema.get("maxLength", len(answer))]
        case "integer":
            return schema.get("minimum", 0)
    raise AssertionError(f"no value for {schema}")


@pytest.fixture
def model_server(loopback_server: Any) -> Any:
    """A model server that answers every question alike, in the form that is asked for."""

    def chat(body: Any) -> list[Any]:
        schema = body["response_format"]["json_schema"]["schema"]
        reply = json.dumps(fill(schema, "The Tessel is 212 km long."))
        return loopback_server.stream(reply, usage={"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})

    loopback_server.routes["/v1/models"] = {"object": "list", "data": [{"id": "test-model", "object": "model"}]}
    loopback_server.chat = chat
    return loopback_server


@pytest.fixture
def environment(model_server: Any, tmp_path: Path) -> dict[str, str]:
    """The settings of a reader that uses the model server and a folder of its own."""
    return {
        "LONGREADER_DATA_FOLDER": str(tmp_path / "data"),
        "LONGREADER_MODEL__URL": model_server.url,
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }


@pytest.fixture
def river(tmp_path: Path) -> Path:
    path = tmp_path / "river.md"
    path.write_text(RIVER, encoding="utf-8")
    return path


@pytest.fixture
def cli(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs a command in this process, with the embedder for tests."""
    monkeypatch.setattr("longreader.app.engine.SentenceEmbedder", lambda *_: HashEmbedder())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object, piped: str | None = None, **changed: str) -> Said:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=piped, env=changed or None)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def refused() -> Callable[[str, Said, int, tuple[str, ...]], None]:
    """Prints a row of the table of bad input, and checks it: input | what was said | exit code."""

    def check(name: str, said: Said, code: int, words: tuple[str, ...]) -> None:
        shown = said.err.splitlines()[-2:] if code else said.out.splitlines()[:2]
        print(f"\n{name} | {' / '.join(shown)} | {said.code}")
        assert said.code == code, said.err + said.out
        for word in words:
            assert word in said.err + said.out
        if code:
            assert "error: " in said.err
            assert "hint:  " in said.err
            assert said.out == ""
        assert "Traceback" not in said.err

    return check


@pytest.fixture
def original(tmp_path: Path) -> Callable[[str], bytes]:
    """Reads a document's file as it is kept."""

    def read(document_id: str) -> bytes:
        with Reader(tmp_path / "data", embedder=HashEmbedder()) as reader:
            return reader.original(document_id).read()

    return read


@pytest.fixture
def intact(
    cli: Callable[..., Said], river: Path, original: Callable[[str], bytes], tmp_path: Path
) -> Callable[[], None]:
    """Stores a document; what is returned checks that it is still there, sound, and that the next command works."""
    assert cli("add", river).code == 0
    (before,) = json.loads(cli("list", "--json").out)

    def check() -> None:
        listed = cli("list", "--json")
        assert listed.code == 0, listed.err
        assert json.loads(listed.out)[0] == before
        assert original(before["document_id"]) == river.read_bytes()
        said = cli("ask", QUESTION)
        assert said.out.startswith("The Tessel is 212 km long."), said.err
        if "LONGREADER_DATABASE_URL" not in os.environ:
            # It checks what it writes; a database has tools of its own.
            assert cli("backup", tmp_path / "checked.zip").code == 0
            (tmp_path / "checked.zip").unlink()

    return check


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a command as a process of its own, with everything real but the model."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object) -> "subprocess.Popen[str]":
        # A shell starts jobs in the background with Ctrl-C ignored, and children inherit that.
        heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        command = [sys.executable, "-c", f"{heard}; from longreader.app.main import run; run()", *map(str, arguments)]
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def process(start: Callable[..., "subprocess.Popen[str]"]) -> Callable[..., Said]:
    """Runs a command as a process and waits for its end."""

    def run(*arguments: object) -> Said:
        started = start(*arguments)
        out, err = started.communicate(timeout=120)
        return Said(started.returncode, out, err)

    return run
