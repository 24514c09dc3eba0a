import pytest
from longreader.agents.comparison import Comparison, compare, comparison_of, either_of
from longreader.agents.comparison_plan import is_choice

EARLIER = "Which film came out first, Grey Harbour or The Salt Road?"


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (EARLIER, Comparison("Grey Harbour", "The Salt Road", "least")),
        ("Which burned first, the mill or the Crown?", Comparison("mill", "Crown", "least")),
        ("Which mountain is taller, Mount Aske or Langfell?", Comparison("Mount Aske", "Langfell", "most")),
        (
            "Which film has the director who is older than the other, Niva or Deep Water? ",
            Comparison("Niva", "Deep Water", "least", by_age=True),
        ),
        (
            "Which was released earlier, No, No, Ada or Up: The Hill?",
            Comparison("No, No, Ada", "Up: The Hill", "least"),
        ),
        ("Which town is the largest, Aske, Norvik or Vik?", None),
        ("Who is older, Ada or ...?", None),
        ("Are Aske and Norvik located in the same country?", Comparison("Aske", "Norvik", "same")),
        (
            "Do both films Niva (Film) and I Come With The Tide have directors that share the same nationality?",
            Comparison("Niva (Film)", "I Come With The Tide", "same"),
        ),
        ("What profession did Ada Lund and Olaf Berg both hold?", Comparison("Ada Lund", "Olaf Berg", "common")),
        ("What type of boat do both Alma and the Berta have in common?", Comparison("Alma", "Berta", "common")),
        ("Which genre do Niva and Deep Water share?", Comparison("Niva", "Deep Water", "common")),
        ("What profession did Ada Lund and Olaf Berg have?", None),
        ("What nationality do Ada Berg, Olaf Lund and Per Dahl share?", None),
        ("What rights do the buyer and the seller have in common?", None),
        ("Who built the first bridge?", None),
        ("Which is a weekly, Niva or Tidende?", None),
        ("Who has more boats than the town with a mole or the village?", None),
        ("Is the bridge older than the mole?", None),
    ],
)
def test_two_things_and_which_of_them_is_wanted_are_read_from_the_words(question, asked):
    assert comparison_of(question) == asked


def compared(question: str, *found: tuple[str, str]) -> str | None:
    asked = comparison_of(question)
    assert asked is not None
    verdict = compare(asked, [step for step, _ in found], [answer for _, answer in found])
    return verdict.answer if verdict else None


def test_the_earlier_date_wins():
    found = ("When was Grey Harbour released?", "4 May 1931"), ("When was The Salt Road released?", "in 1930")
    assert compared(EARLIER, *found) == "The Salt Road"


def test_values_belong_to_the_thing_that_their_look_ups_lead_to():
    question = "Which film has the director who was born later, Niva or Deep Water?"
    steps = [
        ("Who directed Niva?", "Ada Brunn"),
        ("Who directed Deep Water?", "Olaf Lund"),
        ("When was [1] born?", "1931"),
        ("When was [2] born?", "1902"),
    ]
    assert compared(question, *steps) == "Niva"


def test_of_two_ages_the_higher_is_the_older():
    question = "Who is older, Ada Brunn or Olaf Lund?"
    ages = ("How old is Ada Brunn?", "41 years"), ("How old is Olaf Lund?", "63 years")
    years = ("When was Ada Brunn born?", "1931"), ("When was Olaf Lund born?", "1902")
    assert compared(question, *ages) == compared(question, *years) == "Olaf Lund"


def test_the_same_or_not():
    question = "Are Aske and Norvik located in the same country?"
    one = ("In which country is Aske?", "Norway")
    assert compared(question, one, ("In which country is Norvik?", "northern Norway")) == "yes"
    assert compared(question, one, ("In which country is Norvik?", "Sweden")) == "no"


@pytest.mark.parametrize("other", ["", "in the thirties", "4 May 1931"])
def test_nothing_is_said_where_a_value_misses_or_does_not_compare(other):
    found = ("When was Grey Harbour released?", "4 May 1931"), ("When was The Salt Road released?", other)
    assert compared(EARLIER, *found) is None


@pytest.mark.parametrize(
    ("ada", "olaf", "both"),
    [
        ("film director", "director and actor", "director"),
        ("director and actor", "film director", "director"),
        ("actor, writer and film director", "film director, actor", "actor, film director"),
        ("video game", "handheld game console", "game"),
        ("film director", "film critic", None),
        ("Duke of York", "Duchess of York", None),
        ("American film director", "American novelist", None),
        ("American", "not American", None),
        ("Norwegian", "Norwegian", "Norwegian"),
        ("painter", "pilot", None),
        ("", "pilot", None),
    ],
)
def test_what_two_have_in_common_is_what_both_findings_say(ada: str, olaf: str, both: str | None):
    question = "What profession do Ada Lund and Olaf Berg share?"
    steps = ("What is the profession of Ada Lund?", ada), ("What is the profession of Olaf Berg?", olaf)
    assert compared(question, *steps) == both


def test_a_look_up_about_both_tells_of_neither():
    found = ("When were Grey Harbour and The Salt Road released?", "1931"), ("When was Grey Harbour released?", "1931")
    assert compared(EARLIER, *found) is None


def test_of_two_ages_the_lower_is_the_younger():
    ages = ("How old is Ada Brunn?", "34"), ("How old is Olaf Lund?", "52 years")
    assert compared("Who is younger, Ada Brunn or Olaf Lund?", *ages) == "Ada Brunn"


def test_lengths_in_two_measures_do_not_compare():
    piers = ("How long is the Mill Pier?", "1.2 km"), ("How long is the Low Pier?", "900 m")
    assert compared("Which is longer, the Mill Pier or the Low Pier?", *piers) is None


@pytest.mark.parametrize(
    ("asked", "values", "verdict"),
    [
        ("In which year was {} born?", ("12 March 1874", "3 May 1874"), "yes"),
        ("In which country was {} born?", ("Norway", "in Sweden"), "no"),
        ("What is the nationality of {}?", ("American", "the United States"), None),
        ("What is the nationality of {}?", ("American", "British"), "no"),
    ],
)
def test_what_is_the_same_by_its_words(asked: str, values: tuple[str, str], verdict: str | None):
    steps = [(asked.format(name), value) for name, value in zip(("Ada Lund", "Olaf Berg"), values, strict=True)]
    assert compared("Were Ada Lund and Olaf Berg born in the same place?", *steps) == verdict


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Which is a weekly, Post or The Lady?", ("Post", "The Lady")),
        ("What did Ada, Queen of Norway or Sweden, do?", None),
        ("Which is larger?", None),
        ("", None),
    ],
)
def test_a_choice_names_two(question: str, named: tuple[str, str] | None):
    assert either_of(question) == named


@pytest.mark.parametrize(
    ("question", "is_plain"),
    [
        ("Which is a weekly, Post or The Lady?", True),
        ("Which was founded first, Post or The Lady?", False),
        ("Which firm's captain was born in Oslo, Brann or Lyn?", False),
        ("Which film has the director from Oslo, The Ferry or The Boat?", False),
        ("Which film was made by the man born in Oslo, The Ferry or The Boat?", False),
    ],
)
def test_a_choice_that_needs_no_look_up_before(question: str, is_plain: bool):
    assert is_choice(question) == is_plain
