import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.agents.amount import amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5,050", 5050),
        ("4.2 million crowns", 4_200_000),
        ("forty-one", 41),
        ("two hundred and eighteen lines", 218),
        ("five thousand", 5000),
        ("(127)", -127),
        ("−127", -127),
        ("TW-22", 22),
        ("1996-2003", 1996),
        ("3.8 m/s", 3.8),
        ("2016", 2016),
        ("September 2019", 2019 + 8 / 12),
        ("1 January 2001", 2001),
        ("2001-01-01", 2001),
    ],
)
def test_amounts_as_written(text: str, number: float):
    assert amount(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "in office", "the Teal", "—"])
def test_no_amount(text: str):
    assert amount(text) is None


@given(st.dates(), st.dates())
@settings(deadline=None, max_examples=60)
def test_dates_compare_as_days_do(one, other):
    written = [f"{day.day} {day:%B} {day.year:04}" for day in (one, other)]
    assert (amount(written[0]) < amount(written[1])) == (one < other)


@given(st.integers(min_value=-(10**9), max_value=10**9))
@settings(deadline=None, max_examples=60)
def test_numbers_with_and_without_commas(number: int):
    assert amount(f"{number:,}") == amount(str(number)) == number
