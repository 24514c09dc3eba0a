"""Rows are held against a text here without any model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.agents.aggregate import aggregate
from longreader.agents.aggregation import Aggregation, aggregation_of
from longreader.agents.replies import PairedRow, ScanRow, ValuedRow
from longreader.agents.rows import Row, join, verify
from longreader.agents.support import Sentence
from longreader.graph_store.chunk import Passage
from longreader.graph_store.document import Span

STAFF = """Name | Trade | Base | Since
Ada Brunn | fitter | Lund | 2009
Per Dahl | clerk | Varn | 2019
Signe Lind | diver | Lund | 2015"""
PROSE = "The Alma was built for 4,200 crowns. Mr Dahl voted against."


def read(*texts: str) -> list[tuple[Passage, str]]:
    places = [sum(len(text) + 2 for text in texts[:i]) for i in range(len(texts))]
    return [
        (Passage(f"c-{i}", "c", "d", i, Span(start, start + len(text))), text)
        for i, (start, text) in enumerate(zip(places, texts, strict=True), 1)
    ]


def asked(question: str) -> Aggregation:
    found = aggregation_of(question)
    assert found is not None
    return found


def names(question: str, rows: list, *texts: str) -> list[str]:
    return [row.name for row in verify(rows, read(*texts), question, asked(question)).rows]


def test_a_row_that_does_not_stand_in_the_text_is_dropped_and_counted():
    question = "Which boats were built?"
    verdict = verify([ScanRow(name="Alma"), ScanRow(name="Berta")], read(PROSE), question, asked(question))
    assert [row.name for row in verdict.rows] == ["Alma"]
    assert verdict.rows[0].sentence.text == "The Alma was built for 4,200 crowns."
    assert verdict.unfounded_count == 1


def test_a_value_must_stand_beside_its_name():
    question = "Which boat cost the most?"
    rows = [ValuedRow(name="Alma", value="4,200 crowns"), ValuedRow(name="Alma", value="9,000 crowns")]
    assert len(verify(rows, read(PROSE), question, asked(question)).rows) == 1


def test_table_rows_keep_the_terms_that_tell_them_apart():
    rows = [ScanRow(name=name) for name in ("Ada Brunn", "Per Dahl", "Signe Lind")]
    assert names("How many of the staff were based at Lund?", rows, STAFF) == ["Ada Brunn", "Signe Lind"]
    assert names("How many of the staff were based at Lund on 31 December 2019?", rows, STAFF) == [
        "Ada Brunn",
        "Signe Lind",
    ]


def test_a_table_row_is_one_thing_whichever_cell_names_it():
    rows = [ScanRow(name="Ada Brunn"), ScanRow(name="fitter")]
    assert names("Which of the staff are there?", rows, STAFF) == ["Ada Brunn"]


def test_the_kind_is_no_row():
    assert names("How many boats are there?", [ScanRow(name="boats")], "The boats were painted.") == []


def test_a_total_is_no_row():
    table = "Grant | Crowns\nLifeboat | 7,500\nHall | 6,200\nAll grants | 13,700"
    rows = [ValuedRow(name="Lifeboat", value="7,500"), ValuedRow(name="All grants", value="13,700")]
    assert names("How many grants were above 5,000?", rows, table) == ["Lifeboat"]


def test_bounds_and_pairs_are_kept_by_code():
    table = "Pier | 1949 | 1950\nNorth Pier | 310 | 420\nMill Pier | 95 | 80"
    pairs = [
        PairedRow(name="North Pier", first="420", second="310"),
        PairedRow(name="Mill Pier", first="80", second="95"),
    ]
    assert names("How many piers took more in 1950 than in 1949?", pairs, table) == ["North Pier"]
    values = [ValuedRow(name="North Pier", value="420"), ValuedRow(name="Mill Pier", value="80")]
    assert names("Which piers took less than 100?", values, table) == ["Mill Pier"]


def row(name: str, *values: str) -> Row:
    passage = Passage("c-1", "c", "d", 1, Span(0, 10))
    return Row(name, Sentence(passage, Span(0, 10), "0123456789"), values)


def test_short_forms_join_the_only_name_that_holds_them():
    rows = [
        row("Mr Hallam"),
        row("Gregor Hallam"),
        row("Hallam"),
        row("Ivo Strand"),
        row("Lavinia Strand"),
        row("Strand"),
    ]
    assert [found.name for found in join(rows)] == ["Gregor Hallam", "Ivo Strand", "Lavinia Strand"]


def test_names_that_a_word_tells_apart_are_two_things():
    names = ["Guinea", "Papua New Guinea", "Equatorial Guinea", "Sudan", "South Sudan"]
    assert [found.name for found in join([row(name) for name in names])] == names


def test_the_first_amount_stays():
    [joined] = join([row("Alma", "unknown"), row("the Alma", "14 m"), row("Alma", "15 m")])
    assert joined.values == ("14 m",)


@given(
    st.lists(
        st.sampled_from(["Ada", "Ada Brunn", "Mrs Brunn", "Per Dahl", "the Per Dahl", "Lund", "7", "72"]), max_size=8
    )
)
@settings(deadline=None)
def test_joining_again_changes_nothing(written: list[str]):
    once = join([row(name) for name in written])
    assert join(once) == once


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many boats are there?", "3: Alma (x), Berta and Clara"),
        ("Which boat is the longest?", "Berta (17 m)"),
        ("Which boat is the shortest?", "Alma (x) (9 m)"),
        ("What is the total of the lengths?", "40 m: Alma (x) (9 m) + Berta (17 m) + Clara (14 m)"),
        ("List the boats in order.", "Alma (x) (9 m), Clara (14 m), Berta (17 m)"),
        ("Which is longer, the Alma or the Clara?", "Clara (14 m)"),
    ],
)
def test_results_are_written_by_code(question: str, text: str):
    rows = [row("Alma (x)", "9 m"), row("Berta", "17 m"), row("Clara", "14 m")]
    assert aggregate(rows, asked(question)).text == text


def test_oldest_is_told_by_years_and_by_ages():
    oldest = asked("Which boat is the oldest?")
    assert aggregate([row("Alma", "1931"), row("Berta", "1947")], oldest).text == "Alma (1931)"
    assert aggregate([row("Alma", "31 years"), row("Berta", "47 years")], oldest).text == "Berta (47 years)"


def test_rows_without_an_amount_are_said():
    result = aggregate([row("Alma", "unknown"), row("Berta", "17 m")], asked("Which boat is the longest?"))
    assert (result.text, result.missing) == ("Berta (17 m)", "Left out, without a number or date: Alma.")


def test_one_of_two_alone_is_not_the_longer():
    result = aggregate([row("Alma", "14 m")], asked("Which is longer, the Alma or the Berta?"))
    assert (result.text, result.missing) == ("Alma (14 m)", "Not found: Berta.")


@pytest.mark.parametrize(
    ("values", "total"),
    [
        (("4.2 million", "$1.3 million"), "5,500,000"),
        (("4.2 million crowns", "800,000 crowns"), "5,000,000 crowns"),
        (("forty-one crowns", "one crowns"), "42 crowns"),
        (("12,345,678,901 crowns", "0.5 crowns"), "12,345,678,901.5 crowns"),
        (("0.1", "0.2"), "0.3"),
    ],
)
def test_a_total_is_written_out_in_full(values: tuple[str, str], total: str):
    rows = [row("Alma", values[0]), row("Berta", values[1])]
    assert aggregate(rows, asked("What is the total of the costs?")).text.startswith(f"{total}: Alma")
