"""Plans that code makes of descriptions in a question."""

import pytest
from longreader.agents.description import description_steps


def plan(question: str, most: int = 4) -> list[str]:
    return list(description_steps(question, most))


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "Since which year has the person who saw the lost blade been on the staff?",
            ["Who is the person who saw the lost blade?", "Since which year has [1] been on the staff?"],
        ),
        (
            "Who made the turbine that was stopped by a false alarm in January 2019?",
            ["What is the turbine that was stopped by a false alarm in January 2019?", "Who made [1]?"],
        ),
        ("How did the loss for the three months ended March 31 compare to the year before?", []),
        (
            "Where does the founder's daughter teach today?",
            ["Who is the founder's daughter?", "Where does [1] teach today?"],
        ),
        (
            "What is the place of birth of the director of film The Zone (2017 Film)?",
            ["Who is the director of film The Zone (2017 Film)?", "What is the place of birth of [1]?"],
        ),
        (
            "Who was Suzanne Farrington's mother's spouse?",
            ["Who is Suzanne Farrington's mother?", "Who was [1]'s spouse?"],
        ),
        (
            "When did the tenant who signed the lease leave?",
            ["Who is the tenant who signed the lease?", "When did [1] leave?"],
        ),
        (
            "In which year was the gauge installed that the storm swept away?",
            ["What is the gauge that the storm swept away?", "In which year was [1] installed?"],
        ),
        (
            "Where is the person based who signed the contract with the firm that found out how the bolts had broken?",
            [
                "What is the firm that found out how the bolts had broken?",
                "Who is the person who signed the contract with [1]?",
                "Where is [2] based?",
            ],
        ),
        (
            "When was the shed torn down that blocked the harbour?",
            ["What is the shed that blocked the harbour?", "When was [1] torn down?"],
        ),
    ],
)
def test_what_is_described_is_looked_up_first(question: str, steps: list[str]):
    assert plan(question) == steps


def test_the_innermost_description_comes_first():
    question = "Who designed the vessel that made the survey of the channel named after the founder's daughter?"
    assert plan(question) == [
        "Who is the founder's daughter?",
        "What is the channel named after [1]?",
        "What is the vessel that made the survey of [2]?",
        "Who designed [3]?",
    ]
    assert len(plan(question, most=2)) == 2


@pytest.mark.parametrize(
    "question",
    [
        "Who is the founder's daughter?",
        "What is the name of the skipper of the trawler Golden Tansy?",
        "When was the harbour built?",
        "On what channel is the station that Cindy Williams is on broadcast?",
        "What year did the author of The First Blast of the Trumpet Against the Monstruous Regiment of Women die?",
        "Who plays the wife of Here Comes the Boom's screenwriter in Grown Ups?",
        "Hugo Romero is a footballer who plays for a team in the community of what?",
        "When was the decision made that the pier be closed?",
        "Was the court told that the tenant had left?",
        "When was the letter sent that the tenant wrote the board?",
        "Who is Sir Olaf Lund, 4th Baronet's grandfather?",
        "Who is the father of Ada Lund, 1st Baroness Hirn's father?",
        "Welche Rolle spielt der Mann, der das Haus baute?",
        "",
        "?",
        "Grey Harbour starred the singer and actor who had what nickname?",
        "Who founded the label that has its seat in which town?",
    ],
)
def test_what_cannot_be_taken_out_whole_is_left(question: str):
    assert plan(question) == []
