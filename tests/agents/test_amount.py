import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.agents.amount import amount, measure_of


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
        ("12 Sept 2001", 2001 + 8 / 12 + 11 / 372),
        ("25/12/2001", 2001 + 11 / 12 + 24 / 372),
        ("44 BC", -44),
        ("9:30 p.m.", 21.5),
        ("10:15", 10.25),
        ("noon, 12 p.m.", 12),
        ("($5,200)", -5200),
        ("$(5,200)", -5200),
        ("-$5,200", -5200),
        ("(5.2%)", -5.2),
        ("(1.2 million)", -1_200_000),
        ("−$3.1 million", -3_100_000),
        ("Grey Harbour (1931)", 1931),
        ("$4.2m", 4_200_000),
        ("4.2 m", 4.2),
        ("£3bn", 3e9),
        ("500k", 500_000),
        ("4.2 millions", 4_200_000),
        ("1 234 567 crowns", 1_234_567),
    ],
)
def test_amounts_as_written(text: str, number: float):
    assert amount(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["", "in office", "the Teal", "—", "05/04/2001", "the 19th century", "3,5", "1.234,56"]
)
def test_no_amount(text: str):
    assert amount(text) is None


@pytest.mark.parametrize(
    ("text", "measure"),
    [("1.2 km", "km"), ("900 metres", "m"), ("$5", "$"), ("41 crowns", ""), ("5 per cent", "%"), ("3 May 2001", "")],
)
def test_what_amounts_are_measured_in(text: str, measure: str):
    assert measure_of(text) == measure


@given(st.dates(), st.dates())
@settings(deadline=None, max_examples=60)
def test_dates_compare_as_days_do(one, other):
    written = [f"{day.day} {day:%B} {day.year:04}" for day in (one, other)]
    assert (amount(written[0]) < amount(written[1])) == (one < other)


@given(st.integers(min_value=-(10**9), max_value=10**9))
@settings(deadline=None, max_examples=60)
def test_numbers_with_and_without_commas(number: int):
    assert amount(f"{number:,}") == amount(str(number)) == number
