import pytest
from longreader.agents.dates import year_or_date
from longreader.agents.timeline import in_order, timeline_of

EVENTS = ("The mill burned", "The mole was closed", "The king came")


@pytest.mark.parametrize(
    "question",
    [
        "Reorder the timeline of below events:\n1. The mill burned.\n2. The mole was closed.\n3. The king came.",
        "Put these in chronological order: (1) The mill burned; (2) The mole was closed; (3) The king came.",
        "In which order did this happen?  1) The mill burned, 2) The mole was closed, 3) The king came",
    ],
)
def test_numbered_events_are_read_from_the_question(question):
    timeline = timeline_of(question)
    assert timeline
    assert timeline.events == EVENTS
    assert timeline.steps[0] == "When was this: The mill burned?"


@pytest.mark.parametrize(
    "question",
    [
        "In which order did the mill burn and the king come?",
        "Put these in chronological order: 1. The mill burned. 3. The king came.",
        "Which is right? 1. The mill burned. 2. The king came.",
        "Put these in chronological order: 1. 2. 3. ",
        "Sort these in order of length: 1. The southern mole 2. The northern mole",
        "In order to save time, answer these questions: 1. Who is the seller? 2. When is delivery?",
        "List for each the delivery time: 1. the pumps 2. the invoice",
        "Rank the risks in order of severity: 1. Fire 2. Storm",
        "Answer in chronological order: 1. Who is the seller? 2. When is delivery?",
        "Put these in chronological order: " + "1. The mill burned. 2. The king came. " + "long " * 400,
    ],
)
def test_other_questions_have_no_events(question):
    assert timeline_of(question) is None


@pytest.mark.parametrize(
    ("dates", "places", "order"),
    [
        (("23 March", "20 March", "21 March"), (5, 6, 7), [2, 3, 1]),
        (("23 March 1920", "20 March 1921", "21 March"), (5, 6, 7), [3, 1, 2]),
        (("1920", "1920", "1919"), (9, 6, 7), [3, 2, 1]),
        (("1920", "", "1919"), (9, 6, 7), [2, 3, 1]),
        (("1920", "", "1919"), (9, None, 7), None),
        (("1920", "1921", "1919"), (9, None, 7), [3, 1, 2]),
        (("1920", "1920", "1919"), (9, None, 7), None),
        (("30 December", "2 January"), (10, 900), [1, 2]),
        (("30 December 2019", "2 January"), (10, 900), [1, 2]),
        (("5 March 1920", "1920"), (10, 900), [1, 2]),
        (("5 May", "2 March"), (10, 900), [2, 1]),
    ],
)
def test_dates_decide_then_places(dates, places, order):
    assert in_order([year_or_date(date) for date in dates], places) == order
