"""The capacity page holds what the calculation gives, and the calculation is right."""

import json
from pathlib import Path

import pytest

from benchmarks.capacity import (
    RESULTS,
    Gpu,
    Measured,
    Notes,
    Question,
    documents_a_day,
    markdown,
    questions_a_minute,
    taken_from,
    worker_cores,
)

PAGE = Path(__file__).parents[2] / "docs" / "capacity.md"
GPU = Gpu(name="G", asking=1000, noting=500)


def test_the_page_holds_the_tables():
    tables = markdown(Measured.model_validate_json(RESULTS.read_bytes()))
    assert tables in PAGE.read_text(encoding="utf-8"), "run `python -m benchmarks.capacity` and put its tables in"


def test_the_page_names_where_each_figure_is_from():
    text = PAGE.read_text(encoding="utf-8")
    assert all(source in text for source in Measured.model_validate_json(RESULTS.read_bytes()).sources.values())


def test_speed_is_shared_by_tokens():
    question = Question(mode="auto", question_count=1, calls=3, tokens=700)
    assert questions_a_minute(question, GPU, 4) == pytest.approx(4 * 1000 * 0.7 * 60 / 700)
    assert documents_a_day(Notes(words=1, calls=1, tokens=3500), GPU, 1) == pytest.approx(500 * 0.7 * 86_400 / 3500)


def test_cores_grow_with_questions_and_calls():
    measured = Measured.model_validate_json(RESULTS.read_bytes()).model_copy(update={"answer_cpu_seconds": 0.07})
    question = Question(mode="auto", question_count=1, calls=2, tokens=700)
    assert worker_cores(measured, question, 600) == pytest.approx(600 * 2 * 0.07 / 60 / 0.7)


def test_figures_are_taken_over_all_sets_by_the_number_of_questions(tmp_path):
    def cell(way: str, task: str, count: int, tokens: float) -> dict:
        return {
            "way": way,
            "task": task,
            "figures": {"question_count": count, "mean_tokens": tokens, "mean_calls": 1.0},
        }

    cells = [cell("retrieve", "a", 10, 100), cell("retrieve", "b", 30, 200), cell("retrieve", "all", 40, 175)]
    (tmp_path / "quality.json").write_text(json.dumps([*cells, cell("baseline", "a", 5, 1)]))
    assert taken_from(tmp_path / "quality.json") == [
        Question(mode="retrieve", question_count=40, calls=1.0, tokens=175.0)
    ]
