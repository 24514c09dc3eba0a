import pytest
from longreader.agents.dates import Date, date_of, last_date, time_between, year_or_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on 3 March 1888", Date(1888, 3, 3, "3 March 1888")),
        ("March 3, 1888 in the morning", Date(1888, 3, 3, "March 3, 1888")),
        ("the 3rd of march", Date(0, 3, 3, "3rd of march")),
        ("in Sept. 2019", Date(2019, 9, 0, "Sept. 2019")),
        ("2001-12-25", Date(2001, 12, 25, "2001-12-25")),
        ("25/12/2001", Date(2001, 12, 25, "25/12/2001")),
        ("05/04/2001", None),
        ("in 1888", None),
        ("may I", None),
    ],
)
def test_dates_as_written(text, date):
    assert date_of(text) == date


def test_a_year_stands_in_for_a_date():
    assert year_or_date("built in 1874, sold in 1880") == Date(1874, written="1874")
    assert year_or_date("room for 3000 boats") is None


@pytest.mark.parametrize(
    ("one", "other", "unit", "told"),
    [
        ("3 March", "24 March", "", "21 days"),
        ("24 March 2023", "3 March 2023", "", "21 days"),
        ("30 December", "2 January", "", "3 days"),
        ("30 December", "2 January 2001", "", "3 days"),
        ("30 December 2000", "2 January", "", "3 days"),
        ("3 March", "24 March 2023", "", "21 days"),
        ("28 February 2000", "1 March 2000", "day", "2 days"),
        ("1 March 1900", "1 March 1901", "day", "365 days"),
        ("3 March", "24 March", "week", "3 weeks"),
        ("3 March", "26 March", "week", "3 weeks and 2 days"),
        ("3 March 1888", "2 May 1890", "", "2 years and 1 month"),
        ("3 March 1888", "2 May 1890", "month", "25 months"),
        ("3 March 1888", "2 March 1890", "year", "1 year"),
        ("1888", "1890", "", "2 years"),
        ("1888", "3 March 1890", "", "2 years"),
        ("1888", "1890", "day", ""),
        ("March 1888", "March 1888", "", "0 months"),
        ("30 February 2001", "1 March 2001", "day", ""),
    ],
)
def test_the_time_between_two_dates(one, other, unit, told):
    first, second = year_or_date(one), year_or_date(other)
    assert first
    assert second
    assert time_between(first, second, unit) == told


def test_the_last_date_near_or_by_itself():
    chronicle = "19 April.\nThe mill burned. Rain on 20 May fell for hours.\n" + "It went on. " * 20
    found = last_date(chronicle, near=300)
    assert found
    assert found[0].written == "20 May"
    found = last_date(chronicle, near=100)
    assert found
    assert found[0].written == "19 April"
    assert found[1].of(chronicle) == "19 April"
    assert last_date("Rain on 20 May fell. " + "It went on. " * 20, near=100) is None
    diary = last_date("Monday, 3 March 1888:\nSnow. " + "It went on. " * 20, near=100)
    assert diary
    assert diary[0] == Date(1888, 3, 3, "3 March 1888")
