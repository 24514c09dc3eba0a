import pytest
from longreader.agents.aggregation import aggregation_of


@pytest.mark.parametrize(
    ("question", "operation", "columns"),
    [
        ("How many of the staff were based at Quillan?", "count", "name"),
        ("How many grants were above five thousand crowns?", "count", "name; value"),
        ("How many turbines gave more in 2019 than in 2018?", "count", "name; first: 2019; second: 2018"),
        ("In how many decisions did at least one director vote against?", "count", "name"),
        ("List all vessels.", "list", "name"),
        ("Which turbines stand in the Gut?", "list", "name"),
        ("Which turbine is the largest?", "maximum", "name; value"),
        ("Which contract is the oldest?", "minimum", "name; value"),
        ("What is the total of the grants?", "sum", "name; value"),
        ("Who have chaired the cooperative, in order?", "sort", "name; value"),
    ],
)
def test_what_a_question_asks_is_read_from_its_words(question: str, operation: str, columns: str):
    asked = aggregation_of(question)
    assert asked is not None
    assert (asked.operation, asked.columns) == (operation, columns)


@pytest.mark.parametrize(
    ("question", "descending", "by_age", "by_name"),
    [
        ("List the ships in alphabetical order.", False, False, True),
        ("List the towers from tallest to shortest.", True, False, False),
        ("List the fires in reverse chronological order.", True, False, False),
        ("List the ships by tonnage, smallest first.", False, False, False),
        ("List the members from youngest to oldest.", True, True, False),
    ],
)
def test_orders(question: str, descending: bool, by_age: bool, by_name: bool):
    asked = aggregation_of(question)
    assert asked is not None
    assert (asked.operation, asked.descending, asked.by_age, asked.by_name) == ("sort", descending, by_age, by_name)


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("Which ship is the largest?", (1, 1)),
        ("Which ship is the second largest?", (2, 2)),
        ("Name the three oldest ships.", (1, 3)),
        ("Which are the 10 largest ships?", (1, 10)),
    ],
)
def test_places(question: str, places: tuple[int, int]):
    asked = aggregation_of(question)
    assert asked is not None
    assert asked.places == places


def test_words_that_do_not_tell():
    assert aggregation_of("Tell me about the boats.") is None


@pytest.mark.parametrize(
    ("words", "kept", "dropped"),
    [
        ("above five thousand crowns", 5050, 5000),
        ("of at least 40 boats", 40, 39),
        ("below 3.5 metres", 3.4, 3.5),
        ("at most 12", 12, 13),
        ("not more than 12", 12, 13),
        ("not less than 40", 40, 39),
        ("built after 2010", 2011, 2010.5),
        ("built since 2010", 2010, 2009),
    ],
)
def test_bounds(words: str, kept: float, dropped: float):
    asked = aggregation_of(f"How many of them were {words}?")
    assert asked is not None
    assert asked.bound is not None
    assert asked.bound(kept)
    assert not asked.bound(dropped)


def test_a_comparison_of_two():
    asked = aggregation_of("Which is older, the Teal or the Stout Ledger?")
    assert asked is not None
    assert (asked.operation, asked.among, asked.by_age) == ("minimum", ("Teal", "Stout Ledger"), True)
