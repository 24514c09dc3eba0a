"""Bad input: each is told clearly, with its exit code, and the next command works.

`pytest -k bad_input -s` prints the table: input | what was said | exit code.
"""

import base64
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

QUESTION = "How long is the Tessel?"


@dataclass(frozen=True)
class Case:
    """A bad input: its name, the command made of it, the exit code, and words of what is said."""

    name: str
    arguments: Callable[[Path], list[object]]
    code: int
    words: tuple[str, ...]
    model: str = "well"


def empty(folder: Path) -> list[object]:
    path = folder / "empty.txt"
    path.touch()
    return ["add", path]


def white_space(folder: Path) -> list[object]:
    path = folder / "blank.md"
    path.write_text(" \n\n\t\n")
    return ["add", path]


def binary_junk(folder: Path) -> list[object]:
    path = folder / "junk.bin"
    path.write_bytes(random.Random(7).randbytes(20_000))
    return ["add", path]


def junk_called_pdf(folder: Path) -> list[object]:
    path = folder / "junk.pdf"
    path.write_bytes(b"%PDF-1.7\n" + random.Random(7).randbytes(20_000))
    return ["add", path]


def encrypted_pdf(folder: Path) -> list[object]:
    path = folder / "secret.pdf"
    canvas = Canvas(str(path), encrypt="password")
    canvas.drawString(72, 700, "The Tessel is 212 km long.")
    canvas.save()
    return ["add", path]


def pdf_without_text(folder: Path) -> list[object]:
    path = folder / "scan.pdf"
    canvas = Canvas(str(path))
    canvas.rect(72, 500, 300, 200, fill=1)
    canvas.save()
    return ["add", path]


def broken_utf8(folder: Path) -> list[object]:
    path = folder / "broken.txt"
    path.write_bytes("The café on the Tessel is 80 years old.\n".encode() * 20 + b"\xff\xfe\xc3\x28 The end.\n")
    return ["add", path]


def one_long_line(folder: Path) -> list[object]:
    path = folder / "line.txt"
    path.write_bytes(base64.b64encode(random.Random(7).randbytes(1_500_000)))
    return ["add", path]


def missing(folder: Path) -> list[object]:
    return ["add", folder / "missing.pdf"]


def asking(question: str) -> Callable[[Path], list[object]]:
    return lambda folder: ["ask", question]


CASES = (
    Case("missing file", missing, 1, ("cannot be read", "No such file")),
    Case("empty file", empty, 1, ("empty",)),
    Case("only white space", white_space, 1, ("empty",)),
    Case("binary junk", binary_junk, 1, ("not",)),
    Case("binary junk called PDF", junk_called_pdf, 1, ("PDF",)),
    Case("encrypted PDF", encrypted_pdf, 1, ("password",)),
    Case("PDF without text", pdf_without_text, 1, ("no text", "OCR")),
    Case("broken UTF-8", broken_utf8, 0, ("words",)),
    Case("one line of 2 MB", one_long_line, 0, ("chunks",)),
    Case("empty question", asking("  "), 1, ("question is empty",)),
    Case(
        "question longer than the window", asking("Why is the river long? " * 1_000), 1, ("tokens", "shorter question")
    ),
    Case("model down", asking(QUESTION), 3, ("No model server answers", "doctor"), model="down"),
    Case("model answers junk", asking(QUESTION), 3, ("does not match",), model="junk"),
    Case("model cut short", asking(QUESTION), 3, ("ended before",), model="cut"),
    Case("model answers without end", asking(QUESTION), 3, ("limit",), model="endless"),
    Case("model refuses", asking(QUESTION), 3, ("answers 500",), model="refuses"),
)


def spoil(model_server: Any, how: str) -> dict[str, str]:
    """Make the model server misbehave; return the environment for that."""
    match how:
        case "down":
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                return {"LONGREADER_MODEL__URL": f"http://127.0.0.1:{probe.getsockname()[1]}"}
        case "junk":
            model_server.chat = lambda _body: model_server.stream("I would rather talk about the weather.")
        case "cut":
            model_server.chat = lambda _body: model_server.stream('{"steps": ["How', finish_reason=None)
        case "endless":
            model_server.chat = lambda _body: model_server.stream('{"steps": ["How', finish_reason="length")
        case "refuses":
            broken = model_server.answer(500, {"error": {"message": "out of order"}})
            model_server.chat = lambda _body: [broken]
    return {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input(case: Case, cli: Callable[..., Any], river: Path, tmp_path: Path, model_server: Any) -> None:
    if case.arguments(tmp_path)[0] == "ask":
        assert cli("add", river).code == 0
    well = model_server.chat
    said = cli(*case.arguments(tmp_path), **spoil(model_server, case.model))
    print(f"\n{case.name} | {' / '.join((said.err or said.out).splitlines()[-2:])} | {said.code}")
    assert said.code == case.code, said.err + said.out
    for word in case.words:
        assert word in said.err + said.out
    if case.code:
        assert said.out == ""
        assert said.err.splitlines()[-2].startswith("error: ")
        assert said.err.splitlines()[-1].startswith("hint:  ")
    assert "Traceback" not in said.err

    model_server.chat = well
    assert cli("add", river).code == 0
    assert cli("ask", QUESTION).out.startswith("The Tessel is 212 km long.")
