import json
from pathlib import Path

import pytest
from longreader.app.evaluation.question import Measure, Question, read_questions
from longreader.graph_store.errors import InputError

CHOICES = {"A": "in spring", "B": "in autumn"}


@pytest.mark.parametrize(
    ("fields", "measure"),
    [
        ({"answers": ["1911"]}, Measure.WORDS),
        ({"answers": ["B"], "choices": CHOICES}, Measure.CHOICE),
        ({"answers": ["in autumn"], "choices": CHOICES}, Measure.WORDS),
        ({"answers": ["Long."], "task": "summarisation"}, Measure.SUMMARY),
        ({"answers": ["a", "b"], "needs_all": True}, Measure.ALL),
        ({"answers": []}, Measure.REFUSAL),
        ({"answers": ["It is not said."], "kind": "unanswerable"}, Measure.REFUSAL),
        ({}, Measure.NONE),
    ],
)
def test_what_is_known_decides_how_it_is_judged(fields, measure):
    assert Question.model_validate({"question": "When?", **fields}).measure is measure


def test_options_are_part_of_the_question():
    question = Question(question="When?", answers=("B",), choices=CHOICES)
    assert question.asked() == "When?\nA. in spring\nB. in autumn\nAnswer with the letter of the right option."
    assert question.asked(several=True).endswith("Answer with the letters of all right options.")
    assert Question(question="When?", answers=("1911",)).asked() == "When?"


def test_a_file_of_questions_is_read(tmp_path: Path):
    path = tmp_path / "questions.jsonl"
    full = {"id": "q1", "kind": "pinpoint", "question": "When?", "answers": ["1911"], "spans": ["in 1911"]}
    lines = [json.dumps(line, ensure_ascii=False) for line in (full, {"question": "Who\u2028?"})]
    path.write_text("\n\n".join(lines), encoding="utf-8")
    first, second = read_questions(path)
    assert (first.id, first.task, first.answers, first.spans) == ("q1", "pinpoint", ("1911",), ("in 1911",))
    assert (second.id, second.answers) == ("3", None)


@pytest.mark.parametrize("line", ["{", "[]", '"When?"', '{"question": ""}', '{"answers": ["1911"]}'])
def test_a_line_that_is_no_question_is_named(line: str, tmp_path: Path):
    path = tmp_path / "questions.jsonl"
    path.write_text('{"question": "When?"}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match=r"questions.jsonl, line 2, is no question"):
        read_questions(path)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
