import pytest
from longreader.agents.dates import Date, date_of, dates_told, lone_dates, time_between, year_or_date


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
        ("Notice under Section 12 may be given.", None),
        ("12 may", Date(0, 5, 12, "12 may")),
        ("March 3, 1888, and again on 4 May 1889", Date(1888, 3, 3, "March 3, 1888")),
        ("2001-13-45", None),
    ],
)
def test_dates_as_written(text, date):
    assert date_of(text) == date


def test_without_an_order_the_nearer_way_counts():
    told = {text: date_of(text) for text in ("3 March", "24 March", "30 December", "2 January")}
    march, repair, december, january = told.values()
    assert march
    assert repair
    assert december
    assert january
    assert time_between(repair, march, in_order=False) == "21 days"
    assert time_between(repair, march) == "11 months and 7 days"
    assert time_between(january, december, in_order=False) == "3 days"
    assert time_between(december, january, in_order=False) == "3 days"


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("Built in 1874 and sold on 3 March 1888.", ["3 March 1888", "1874"]),
        ("The war (1861-1865) ended in 1200 days.", []),
        ("It was lengthened by 1500 feet, in Form 1040, for a sum of 1200 crowns.", []),
        ("In the summer of 1880 it ran for 3 days.", []),
        ("Since 1880 boats have come.", ["1880"]),
    ],
)
def test_years_are_told_as_such(sentence, written):
    assert [told.written for told in dates_told(sentence)] == written


def test_a_year_stands_in_for_a_date():
    assert year_or_date("built in 1874, sold in 1880") == Date(1874, written="1874")
    assert year_or_date("room for 3000 boats") is None
    assert year_or_date("05/04/2001") is None


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
        ("3 March 1888", "2 May 1890", "", "2 years, 1 month and 29 days"),
        ("1 January 2020", "31 December 2020", "", "11 months and 30 days"),
        ("31 January 2020", "1 March 2021", "", "1 year, 1 month and 1 day"),
        ("15 December 2019", "14 January 2021", "", "1 year and 30 days"),
        ("March 1888", "2 May 1890", "", "2 years and 2 months"),
        ("3 March", "1888", "", ""),
        ("3 March", "4 March", "week", "1 day"),
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


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("19 April.\nThe mill burned. Rain on 20 May fell for hours.", ["19 April"]),
        ("## 19 April\nIt burned.\n\nMonday, 3 March 1888:\nSnow.", ["19 April", "3 March 1888"]),
        ("It burned. 5 June. Rain fell.", ["5 June"]),
        ("It was signed on\n3 March 1888. It rained.", []),
        ("“The Varn Times.” 12 May 2011. Retrieved 3 June.", []),
        ("Signed on 5 June 2019 in Varn.", []),
    ],
)
def test_dates_that_stand_by_themselves(text, written):
    assert [(date.written, place.of(text)) for date, place in lone_dates(text)] == [(told, told) for told in written]
