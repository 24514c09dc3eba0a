import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.errors import DamagedInput, InputError
from longreader.graph_store.parsers import parse
from longreader.graph_store.parsers.csv import parse_csv

ROWS = "Port{0}Year{0}Catch\nQuell{0}1901{0}3.4\nMoor{0}1902{0}\n\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_reads_on_its_own(delimiter: str) -> None:
    parsed = parse(ROWS.format(delimiter).encode(), "catch.csv")
    assert (parsed.media_type, parsed.title) == ("text/csv", "catch")
    assert parsed.text == "Port | Year | Catch\n\nQuell | Year: 1901 | Catch: 3.4\nMoor | Year: 1902"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('Name,Words\nA,"one, two\nthree ""four"""\n', 'Name | Words\n\nA | Words: one, two three "four"'),
        ("sep=;\nName;Sum\nA;1,5\nB;2,5\n", "Name | Sum\n\nA | Sum: 1,5\nB | Sum: 2,5"),
        ("1,2,3\n4,5,6\n", "1 | 2 | 3\n4 | 5 | 6"),
        ("A,B\nx,1,more\n", "A | B\n\nx | B: 1 | more"),
        ("Words alone\nmore words\n", "Words alone\nmore words"),
        ("A,B\n", "A | B"),
    ],
)
def test_cells_and_headers(text: str, read: str) -> None:
    assert parse_csv(text, "t").text == read


def test_twenty_rows_are_a_block() -> None:
    text = "Name,Number\n" + "".join(f"Row {i},{i}\n" for i in range(50))
    blocks = parse_csv(text, "t").text.split("\n\n")
    assert [block.count("\n") + 1 for block in blocks] == [1, 20, 20, 10]


def test_a_cell_without_end_is_damage() -> None:
    with pytest.raises(DamagedInput, match="field larger"):
        parse_csv('a,b\n"' + "x" * 1_100_000, "t")


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet='ab1,;\t|"\n ', max_size=200))
def test_no_letter_is_lost(text: str) -> None:
    try:
        read = parse(text.encode(), "t.csv").text
    except InputError:
        return
    for letter in "ab1":
        assert read.count(letter) >= text.count(letter)
