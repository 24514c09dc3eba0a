import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LONG = "\n\n".join(f"In year {1800 + n} the ferry carried {n + 40} people and {n} cows to Merren." for n in range(120))
QUESTIONS = [
    {"kind": "pinpoint", "question": "How long is the Tessel?", "answers": ["212 km"], "spans": ["is 212 km long"]},
    {"kind": "pinpoint", "question": "Where does the Tessel rise?", "answers": ["the hills of Hirn"]},
    {"kind": "unanswerable", "question": "How wide is the Tessel?", "answers": []},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(question) + "\n" for question in QUESTIONS), encoding="utf-8")
    return path


def test_questions_are_judged_in_each_mode(cli: Callable[..., Any], river: Path, questions: Path) -> None:
    cli("add", river)
    said = cli("eval", questions, "--mode", "retrieve", "--mode", "auto", "--no-calibration")
    assert said.code == 0, said.err
    rows = [line.split() for line in said.out.splitlines()]
    assert rows[0] == "Kind Mode Questions Right Refused Cited On gold Tokens Seconds Errors".split()
    assert rows[1][:7] == ["pinpoint", "retrieve", "2", "50", "%", "0", "100"]
    assert rows[6][:5] == ["all", "auto", "3", "33", "%"]
    assert rows[-1][0] == "LONGREADER_READING__MODE=retrieve", "as good, and cheaper"
    assert said.err.count("right") == 2
    assert "6/6" in said.err


def test_settings_are_proposed(cli: Callable[..., Any], river: Path, questions: Path) -> None:
    river.write_text(f"{river.read_text(encoding='utf-8')}\n{LONG}", encoding="utf-8")
    cli("add", river)
    said = cli("eval", questions, "--json")
    assert said.code == 0, said.err
    report = json.loads(said.out)
    assert [row["scores"]["right"] for row in report["rows"]] == [1.0, 0.0, 0.0]
    assert report["calibration"]["needle_count"] == 1
    assert report["calibration"]["limit"] in ("documents", "window")
    assert report["calibration"]["usable_tokens"] >= 1_600
    shown = cli("eval", questions)
    for line in report["proposal"]:
        assert f"{line['variable']}={line['value']}  # {line['reason']}" in shown.out
    assert "1 passages" not in shown.out


def test_what_cannot_be_evaluated_is_said(cli: Callable[..., Any], river: Path, questions: Path) -> None:
    said = cli("eval", questions)
    assert (said.code, "no readable document" in said.err) == (1, True)
    cli("add", river)
    said = cli("eval", questions.with_name("none.jsonl"))
    assert (said.code, "cannot be read" in said.err) == (1, True)
    questions.write_text("{}", encoding="utf-8")
    assert "line 1, is no question" in cli("eval", questions).err
    said = cli("eval", river)
    assert said.code == 1
