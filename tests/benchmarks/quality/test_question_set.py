import json
from pathlib import Path

import pytest
from longreader.app.evaluation.question import Measure, Question

from benchmarks.quality.question_set import EXAMPLE, load, sample

from .conftest import write

BUILT = "Its ferry was built in 1911 by Ottilie Brandt."


def test_a_folder_is_read(data: Path):
    loaded = load(data)
    assert (loaded.name, loaded.headline, len(loaded.questions)) == ("rivers", "f1", 4)
    first = loaded.questions[0]
    assert first.spans == ("built by Ottilie Brandt in 1911",)
    source = loaded.source_of(first)
    assert (source.document_id, source.file_name) == ("river", "river.txt")
    assert b"Tessel" in source.data


def test_questions_on_long_documents_are_left_out(data: Path):
    assert {question.document_id for question in load(data, max_words=20).questions} == {"town"}


def test_the_example_is_a_question_set():
    loaded = load(Path(EXAMPLE))
    assert loaded.headline == "right"
    assert {loaded.source_of(question).file_name for question in loaded.questions} == {"ansholm.pdf"}
    assert {question.measure for question in loaded.questions} == {Measure.WORDS, Measure.REFUSAL}


@pytest.mark.parametrize(
    ("evidence", "spans"),
    [
        (" one ", ("one",)),
        (["one", "two"], ("one", "two")),
        ([{"page": 3, "text": "one"}], ("one",)),
        ("Its ferry was built in 1911 by Ottilie Brandt. See also: Merren.", (BUILT,)),
        ([], ()),
        (None, ()),
        ("", ()),
    ],
)
def test_evidence_is_written_in_several_forms(data: Path, evidence: object, spans: tuple[str, ...]):
    line = {"id": "q", "document_id": "town", "question": "When?", "answers": ["1874"], "task": "t"}
    write(data / "questions.jsonl", [line | {"meta": {"evidence": evidence}}])
    assert load(data).questions[0].spans == spans


def test_options_that_are_not_the_answers_are_no_multiple_choice(data: Path):
    line = {"id": "q", "document_id": "town", "question": "Forty boats?", "answers": ["True"], "task": "t"}
    write(data / "questions.jsonl", [line | {"choices": {"T": "True", "F": "False"}}])
    loaded = load(data)
    assert loaded.asked(loaded.questions[0]) == "Forty boats?"


def test_several_options_may_be_right_where_they_are_for_some_question_of_the_task(data: Path):
    line = {"document_id": "town", "question": "?", "choices": {"A": "x", "B": "y"}}
    lines = [
        line | {"id": "1", "task": "single", "answers": ["A"]},
        line | {"id": "2", "task": "several", "answers": ["A"]},
        line | {"id": "3", "task": "several", "answers": ["A", "B"]},
    ]
    write(data / "questions.jsonl", lines)
    loaded = load(data)
    wanted = [loaded.asked(question).split()[-4:] for question in loaded.questions]
    assert [" ".join(words) for words in wanted] == [
        "of the right option.",
        "of all right options.",
        "of all right options.",
    ]


def test_every_answer_is_needed_where_the_set_says_so(data: Path):
    line = {"id": "q", "document_id": "town", "question": "?", "answers": ["a", "b"], "task": "t"}
    write(data / "questions.jsonl", [line | {"meta": {"scoring": "all of answers must occur"}}])
    assert load(data).questions[0].measure is Measure.ALL


def questions(**counts: int) -> list[Question]:
    return [
        Question.model_validate({"id": f"{task}{number}", "task": task, "question": "?"})
        for task, count in counts.items()
        for number in range(count)
    ]


def test_a_sample_has_as_many_of_each_task():
    drawn = sample(questions(long=50, short=3), 10)
    assert len(drawn) == 10
    assert [question.task for question in drawn[:6]] == ["long", "short"] * 3
    assert len({question.id for question in drawn}) == 10


def test_a_smaller_sample_begins_a_larger_one():
    all_ = questions(long=50, short=20)
    assert sample(all_, 40)[:15] == sample(all_, 15)
    assert sample(all_[::-1], 15) == sample(all_, 15), "whatever the order in the file"
    assert sample(all_, 15, seed=1) != sample(all_, 15)
    assert sorted(question.id for question in sample(all_, None)) == sorted(question.id for question in all_)


def test_the_texts_of_a_line_are_those_of_the_file(data: Path):
    lines = [json.loads(line) for line in (data / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {name: source.data.decode() for name, source in load(data).sources.items()} == {
        line["document_id"]: line["document"] for line in lines
    }
