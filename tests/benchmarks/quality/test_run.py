import json
from pathlib import Path

import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import Expected, ScriptedModel

from benchmarks.quality import __main__ as command
from benchmarks.quality.ways import WAYS

from .conftest import QUESTIONS, answering


async def test_every_way_answers_every_question(run, capsys):
    cells = await run(answering("Ottilie Brandt"), "--ways", *WAYS)
    assert {cell["way"] for cell in cells} == set(WAYS)
    assert all(cell["figures"]["error_count"] == 0 for cell in cells)
    told = [line for line in capsys.readouterr().out.splitlines() if " | rivers " in line and "/" in line.split()[0]]
    assert len(told) == 4 * len(WAYS)


async def test_a_row_tells_what_was_right_and_what_it_cost(run):
    (single, refusals) = await run(answering("Ottilie Brandt"), "--ways", "retrieve")
    assert (single["task"], single["metric"], single["scores"]) == (
        "single_hop_qa",
        "f1",
        {"r1": 1.0, "r2": 0.0, "t1": 0.0},
    )
    assert (refusals["task"], refusals["metric"], refusals["scores"]) == ("unanswerable", "abstained", {"r3": 0.0})
    assert single["figures"]["mean_calls"] == 1.0
    assert single["figures"]["verified_share"] == 1.0


async def test_questions_that_are_read_at_the_same_time_are_told_apart(run, tmp_path: Path):
    alone = await run(answering("Ottilie Brandt"), "--ways", "closed_book", "sub_questions")
    (tmp_path / "rows.jsonl").unlink()
    together = await run(answering("Ottilie Brandt"), "--ways", "closed_book", "sub_questions", "--at-once", "4")
    assert [cell["figures"]["mean_tokens"] for cell in together] == [cell["figures"]["mean_tokens"] for cell in alone]
    assert [cell["scores"] for cell in together] == [cell["scores"] for cell in alone]


async def test_what_is_finished_is_not_asked_again(run):
    await run(answering("Ottilie Brandt"), "--ways", "retrieve", "--limit", "2")
    again = answering("somebody else")
    cells = await run(again, "--ways", "retrieve")
    asked = [request.messages[-1].content.rsplit("Question: ")[-1] for request in again.requests]
    assert len(asked) == 2
    assert sum(len(cell["scores"]) for cell in cells) == 4


async def test_sets_may_have_a_limit_each(run):
    cells = await run(answering("Ottilie Brandt"), "example", "--ways", "closed_book", "--limit", "1,2")
    asked = {(cell["set_name"], cell["task"]): len(cell["scores"]) for cell in cells}
    assert asked["example", "all"] == 2
    assert sum(count for (name, _), count in asked.items() if name != "example") == 1


@pytest.mark.parametrize("option", ["--limit", "--max-words"])
def test_numbers_that_fit_no_set_are_refused(option: str, capsys):
    with pytest.raises(SystemExit):
        command.options(["one", "two", option, "1,2,3"])
    assert f"{option}: 3 numbers for 2 sets; give one or 2." in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.options(["one", option, "0"])
    assert f"{option}: invalid" in capsys.readouterr().err


async def test_another_model_is_asked_anew(run):
    await run(answering("Ottilie Brandt"), "--ways", "retrieve")
    other = answering("somebody else")
    other.name = "other"
    await run(other, "--ways", "retrieve")
    assert len(other.requests) == 4


async def test_a_question_that_fails_is_a_row_with_its_error_and_is_asked_again(run):
    (single, refusals) = await run(ScriptedModel(lambda request: 1 / 0), "--ways", "closed_book")
    assert (single["figures"]["error_count"], single["scores"]["r1"]) == (3, 0.0)
    assert (refusals["figures"]["error_count"], refusals["scores"]) == (1, {"r3": 0.0})
    (single, _) = await run(answering("Ottilie Brandt"), "--ways", "closed_book")
    assert (single["figures"]["error_count"], single["scores"]["r1"]) == (0, 1.0)


async def test_a_server_that_is_gone_ends_the_run(run):
    gone = ScriptedModel([Expected(ModelUnavailable("gone"), times=None)])
    with pytest.raises(ModelUnavailable):
        await run(gone, "--ways", "retrieve")


async def test_a_question_reads_its_own_document_only(run):
    model = answering("B")
    await run(model, "--ways", "retrieve")
    (asked,) = [request for request in model.requests if "B. 1874" in request.messages[-1].content]
    assert asked.purpose == "choose"
    assert "Tessel" not in asked.messages[-1].content


async def test_results_hold_no_text_of_the_set(run, tmp_path: Path):
    await run(answering("Ottilie Brandt"), "--ways", "retrieve", "sub_questions")
    for name in ("quality.json", "quality.md", "quality.svg"):
        published = (tmp_path / "results" / name).read_text(encoding="utf-8")
        assert "retrieve" in published
        assert "Brandt" not in published
        assert not any(question["question"] in published for question in QUESTIONS)


async def test_results_of_another_run_stay(run, tmp_path: Path):
    await run(answering("x"), "--ways", "retrieve")
    path = tmp_path / "results" / "quality.json"
    cells = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([cells[0] | {"set_name": "lakes"}, *cells]), encoding="utf-8")
    cells = await run(answering("x"), "--ways", "closed_book")
    assert {(cell["set_name"], cell["way"]) for cell in cells} == {
        ("lakes", "retrieve"),
        ("rivers", "retrieve"),
        ("rivers", "closed_book"),
    }
