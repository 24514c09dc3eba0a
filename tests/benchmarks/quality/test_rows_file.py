from pathlib import Path

from longreader.app.evaluation.row import Row

from benchmarks.quality.rows_file import RowsFile


def row(**fields: object) -> Row:
    return Row.model_validate({"question_id": "q1", "task": "t", "way": "auto", "scores": {"f1": 0.5}, **fields})


def test_a_finished_row_is_found_again(tmp_path: Path):
    path = tmp_path / "made" / "rows.jsonl"
    RowsFile(path).add("rivers", "digest", row(text="Ottilie Brandt"))
    again = RowsFile(path)
    assert again.get("rivers", "q1", "auto", "digest") == row(text="Ottilie Brandt")
    for other in (("lakes", "q1", "auto", "digest"), ("rivers", "q2", "auto", "digest")):
        assert again.get(*other) is None
    for other in (("rivers", "q1", "graph", "digest"), ("rivers", "q1", "auto", "other")):
        assert again.get(*other) is None


def test_the_newest_row_counts_and_an_error_never(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    rows = RowsFile(path)
    rows.add("rivers", "digest", row(error="model_cut_off"))
    assert rows.get("rivers", "q1", "auto", "digest") is None
    rows.add("rivers", "digest", row(scores={"f1": 1.0}))
    assert RowsFile(path).get("rivers", "q1", "auto", "digest") == row(scores={"f1": 1.0})


def test_a_line_that_was_cut_off_is_as_if_it_were_not_there(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    RowsFile(path).add("rivers", "digest", row(text="over\u2028two lines"))
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + whole[:40], encoding="utf-8")
    rows = RowsFile(path)
    assert rows.get("rivers", "q1", "auto", "digest") == row(text="over\u2028two lines")
    rows.add("rivers", "digest", row(question_id="q2"))
    assert RowsFile(path).get("rivers", "q2", "auto", "digest") is not None
