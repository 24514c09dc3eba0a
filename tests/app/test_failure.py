import subprocess
import sys
from collections.abc import Iterator
from typing import get_args

import pytest
import typer
from longreader.agents import errors as reading_errors
from longreader.agents.mode import Mode
from longreader.app.cli import failure
from longreader.app.main import app
from longreader.graph_store.errors import ConfigurationError, InputError, NotFound, ReaderError, StoreError
from typer.testing import CliRunner


def kinds(root: type[ReaderError]) -> Iterator[type[ReaderError]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def test_every_error_has_the_exit_code_of_its_branch() -> None:
    branches = {
        InputError: 1,
        reading_errors.ReadingError: 1,
        ConfigurationError: 2,
        reading_errors.ModelError: 3,
        StoreError: 4,
    }
    for branch, code in branches.items():
        assert {failure.exit_code(kind("x")) for kind in kinds(branch)} == {code}
    assert failure.exit_code(ReaderError("x")) == 1


def failing(error: Exception) -> typer.Typer:
    app = typer.Typer(cls=failure.Commands)

    @app.command()
    def fail() -> None:
        raise error

    @app.command()
    def other() -> None: ...

    return app


def test_an_error_is_one_line_and_a_hint() -> None:
    result = CliRunner().invoke(failing(NotFound("No [red]such[/red]\x1b[31m thing.\nlog line")), ["fail"])
    assert result.exit_code == 4
    assert result.stderr == (
        "error: No [red]such[/red] [31m thing.\nhint:  `longreader list` shows what is there.\nlog line\n"
    )
    assert result.stdout == ""


def test_an_unknown_exception_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        CliRunner().invoke(failing(ZeroDivisionError()), ["fail"], catch_exceptions=False)


def test_the_modes_offered_are_the_modes_there_are() -> None:
    for command in ("ask", "chat"):
        offered = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout
        assert all(f"{mode}" in offered for mode in get_args(Mode))
        refused = CliRunner().invoke(app, [command, "x", "--mode", "guess"], env={"COLUMNS": "200"}).stderr
        assert all(f"'{mode}'" in refused for mode in get_args(Mode))


def test_starting_the_command_line_loads_nothing_heavy() -> None:
    heavy = {
        "torch",
        "spacy",
        "faiss",
        "openai",
        "langgraph",
        "sqlalchemy",
        "pydantic",
        "numpy",
        "sentence_transformers",
    }
    code = "import sys, longreader.app.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert heavy.isdisjoint(loaded)
