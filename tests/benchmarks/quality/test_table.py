import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from longreader.agents.llm import ScriptedModel
from longreader.app.evaluation.row import Row

from benchmarks.quality import table
from benchmarks.quality.plot import plot
from benchmarks.quality.results import Cell, cells, merged, write

MODEL = ScriptedModel([], name="/home/somebody/models/small.gguf", window_tokens=4_096)


def rows(way: str, *scores: float, task: str = "multi_hop_qa", tokens: int = 1_000) -> list[Row]:
    return [
        Row(
            question_id=f"q{number}",
            task=task,
            way=way,
            status="answered",
            scores={"f1": score, "right": float(score > 0.5)},
            prompt_tokens=tokens,
            call_count=2,
            seconds=tokens / 100,
        )
        for number, score in enumerate(scores)
    ]


@pytest.fixture
def made() -> list[Cell]:
    """Cells of two ways over two tasks, compared."""
    all_ = [
        *rows("retrieve", 0.2, 0.4),
        *rows("auto", 0.6, 0.8, tokens=2_500),
        *rows("auto", 1.0, task="single_hop_qa"),
    ]
    return merged(Path("none.json"), cells("rivers", "f1", all_, MODEL))


def test_ways_are_compared_on_the_questions_that_both_have(made: list[Cell]):
    retrieve, auto, alone = made
    assert (retrieve.way, retrieve.quality, retrieve.over_bar) == ("retrieve", pytest.approx(0.3), None)
    assert auto.over_bar is not None
    assert (auto.quality, auto.over_bar.mean, auto.over_bar.question_count) == (pytest.approx(0.7), 0.4, 2)
    assert (alone.task, alone.over_bar) == ("single_hop_qa", None)


def test_no_path_of_a_machine_is_published(made: list[Cell]):
    assert {(cell.model, cell.window_tokens) for cell in made} == {("small.gguf", 4_096)}


def test_the_headline_counts_where_questions_have_it():
    (whole, cell) = cells("example", "right", rows("auto", 0.6, 0.2), MODEL)
    assert (cell.metric, cell.quality, cell.scores) == ("right", 0.5, {"q0": 1.0, "q1": 0.0})
    assert (whole.task, whole.quality) == ("all", 0.5)
    refused = Row(question_id="q", task="unanswerable", way="auto", scores={"abstained": 1.0})
    (cell,) = cells("rivers", "f1", [refused], MODEL)
    assert (cell.metric, cell.quality) == ("abstained", 1.0)


def test_a_later_run_takes_the_place_of_its_own_cells_only(made: list[Cell], tmp_path: Path):
    path = tmp_path / "quality.json"
    write(path, made)
    later = merged(path, cells("rivers", "f1", rows("graph", 0.3, 0.5), MODEL))
    assert [(cell.task, cell.way) for cell in later] == [
        ("multi_hop_qa", "retrieve"),
        ("multi_hop_qa", "auto"),
        ("multi_hop_qa", "graph"),
        ("single_hop_qa", "auto"),
    ]
    assert later[2].over_bar is not None
    assert later[2].over_bar.mean == 0.1
    other = ScriptedModel([], name="large", window_tokens=8_192)
    assert merged(path, cells("rivers", "f1", rows("auto", 1.0, 1.0), other))[-2].over_bar is None
    assert json.loads(path.read_text(encoding="utf-8"))[0]["figures"]["question_count"] == 2


def test_the_overview_has_a_line_for_each_task_and_a_column_for_each_way(made: list[Cell]):
    lines = table.overview(made).splitlines()
    assert lines[0] == "| set | task | metric | questions | retrieve | auto |"
    assert lines[2] == "| rivers | multi_hop_qa | f1 | 2 (few) | 30.0 | 70.0 |"
    assert lines[3] == "| rivers | single_hop_qa | f1 | 1 (few) | – | 100.0 |"


def test_a_way_that_was_asked_fewer_questions_tells_how_many(made: list[Cell]):
    first, *others = made
    more = first.figures.model_copy(update={"question_count": 30})
    lines = table.overview([first.model_copy(update={"figures": more}), *others]).splitlines()
    assert lines[2] == "| rivers | multi_hop_qa | f1 | 30 | 30.0 | 70.0 (of 2) |"


def test_the_details_tell_cost_and_faults(made: list[Cell]):
    told = table.details(made)
    (head, line) = [line.split(" | ") for line in told.splitlines() if line.startswith(("| way", "| auto"))][:2]
    assert len(head) == len(line)
    shown = dict(zip(head, line, strict=True))
    assert shown["f1"] == "70.0"
    assert shown["over retrieve (95 %)"] == "+40.0 (+40.0 to +40.0)"
    assert shown["tokens"] == "2,500 (2.5×)"
    assert shown["seconds"] == "25.0 (2.5×)"
    assert (shown["right"], shown["malformed"], shown["on gold"]) == ("100 %", "0 %", "–")
    assert table.hours(made) == "5 answers, 0.0 hours of model calls."


def test_a_way_that_is_no_more_stands_last(made: list[Cell], tmp_path: Path):
    path = tmp_path / "quality.json"
    write(path, [made[0].model_copy(update={"way": "votes"}), *made])
    later = merged(path, [])
    assert [cell.way for cell in later if cell.task == "multi_hop_qa"] == ["retrieve", "auto", "votes"]
    assert table.overview(later).splitlines()[0].endswith("| retrieve | auto | votes |")


def test_models_have_tables_of_their_own(made: list[Cell]):
    other = [cell.model_copy(update={"model": "large.gguf", "window_tokens": 8_192}) for cell in made[:1]]
    _, small, large = table.report([*made, *other]).split("\n## ")
    assert small.startswith("small.gguf, window of 4,096 tokens\n")
    assert "| 30.0 | 70.0 |" in small
    assert large.startswith("large.gguf, window of 8,192 tokens\n")
    assert "auto" not in large
    assert large.endswith("7 answers, 0.0 hours of model calls.")


def test_every_cell_is_a_dot_of_the_plot(made: list[Cell]):
    drawing = ElementTree.fromstring(plot(made))
    name = "{http://www.w3.org/2000/svg}"
    dots = [dot for dot in drawing.iter(f"{name}circle") if dot.find(f"{name}title") is not None]
    retrieve, auto, alone = ((float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in dots)
    assert auto[0] > retrieve[0], "more tokens stand to the right"
    assert auto[1] < retrieve[1], "better answers stand higher"
    assert alone[0] > 300, "another task is another panel"
    words = {text.text for text in drawing.iter(f"{name}text")}
    assert {"retrieve", "auto", "rivers: multi_hop_qa, f1"} <= words
    width, height = (float(drawing.attrib[side]) for side in ("width", "height"))
    assert all(0 < float(dot.attrib["cx"]) < width and 0 < float(dot.attrib["cy"]) < height for dot in dots)


def test_a_dot_is_full_where_the_questions_are_enough_to_judge(made: list[Cell]):
    first, *others = made
    judged = first.model_copy(update={"figures": first.figures.model_copy(update={"question_count": 30})})
    drawing = ElementTree.fromstring(plot([judged, *others]))
    name = "{http://www.w3.org/2000/svg}"
    dots = [dot for dot in drawing.iter(f"{name}circle") if dot.find(f"{name}title") is not None]
    assert [dot.attrib["fill"] == "white" for dot in dots] == [False, True, True]
