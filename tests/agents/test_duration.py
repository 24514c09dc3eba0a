import pytest
from longreader.agents.dates import year_or_date
from longreader.agents.duration import between, duration_of


def test_a_second_event_that_leans_on_the_first_is_told_with_it():
    asked = duration_of("How long was it from the announcement until it ended?")
    assert asked
    assert asked.events == ("the announcement", "it ended after the announcement")


@pytest.mark.parametrize(
    ("question", "dates", "told"),
    [
        ("How long was it from the storm to the repair?", ("3 March", "24 March"), "21 days (3 March to 24 March)"),
        (
            "How long was it from the storm to the repair?",
            ("30 December", "2 January"),
            "3 days (30 December to 2 January)",
        ),
        ("How many years passed between the storm and the repair?", ("1918", "May 1920"), "2 years (1918 to May 1920)"),
        (
            "How many days passed between the repair and the storm?",
            ("24 March", "3 March"),
            "21 days (24 March to 3 March)",
        ),
        ("How many days passed between the storm and the repair?", ("1918", "1920"), None),
    ],
)
def test_the_time_between_two_dates_is_told_with_them(question, dates, told):
    asked = duration_of(question)
    assert asked
    assert between(asked, [date for date in map(year_or_date, dates) if date]) == told
