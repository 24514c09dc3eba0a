from hypothesis import example, given, settings
from hypothesis import strategies as st
from longreader.agents.planner import covered, resolve, tidy


def test_a_repeated_look_up_is_dropped_and_references_follow():
    steps = ["Who built it?", "who built it", "When was [2] born?", "Where did [3] die?"]
    assert tidy(steps) == ("Who built it?", "When was [1] born?", "Where did [2] die?")


def test_the_whole_question_beside_others_is_dropped():
    question = "Where was the man born who built it?"
    assert tidy([question, "Who built it?", "Where was [2] born?"], question) == (
        "Who built it?",
        "Where was [1] born?",
    )
    assert tidy([question], question) == (question,)


def test_a_look_up_that_asks_the_same_of_its_own_answer_is_dropped():
    assert tidy(["Which yard built the crew boat Teal?", "Which yard built [1]?"]) == (
        "Which yard built the crew boat Teal?",
    )


def test_a_reference_to_nothing_earlier_loses_its_brackets():
    assert tidy(["Where is [3]?", "Who wrote [1]?"]) == ("Where is 3?", "Who wrote [1]?")


@settings(deadline=None)
@example(["[[1]]"])
@given(st.lists(st.text(alphabet="ab [123]?", min_size=1, max_size=20), max_size=6))
def test_tidying_again_changes_nothing(steps: list[str]):
    once = tidy(steps)
    assert tidy(list(once)) == once


def test_findings_take_the_place_of_references():
    assert resolve("When was [1] born in [2]?", ["Ada", "Lund"]) == "When was Ada born in Lund?"
    assert resolve("No reference", []) == "No reference"


def test_a_look_up_whose_finding_is_missing_cannot_be_asked():
    assert resolve("When was [1] born?", [""]) is None
    assert resolve("When was [2] born?", ["Ada"]) is None


def test_a_plan_that_loses_the_questions_words_covers_less():
    question = "What is the trade of the only director who voted against the turbine?"
    assert covered(question, ("Who is the director?", "What is the trade of [1]?")) < 0.7
    assert covered(question, ("Which only director voted against the turbine?", "What is the trade of [1]?")) == 1.0


def test_a_pronoun_stands_for_what_the_look_up_before_asks_for():
    assert tidy(["Who is Ada Lund?", "What is the team she plays for?"]) == (
        "Who is Ada Lund?",
        "What is the team Ada Lund plays for?",
    )
    assert tidy(["Who was the husband of Ada Lund?", "When did he die?"])[1] == "When did [1] die?"
    assert tidy(["When did Ada Lund join The Gulls?", "Where does she play?"])[1] == "Where does she play?"
    assert tidy(["Who is Ada Lund?", "When did they marry [1]?"])[1] == "When did they marry [1]?"
