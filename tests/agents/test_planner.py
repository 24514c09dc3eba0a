from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.agents.planner import resolve, tidy


def test_a_repeated_look_up_is_dropped_and_references_follow():
    steps = ["Who built it?", "who built it", "When was [2] born?", "Where did [3] die?"]
    assert tidy(steps) == ("Who built it?", "When was [1] born?", "Where did [2] die?")


def test_a_reference_to_nothing_earlier_loses_its_brackets():
    assert tidy(["Where is [3]?", "What is [1]?"]) == ("Where is 3?", "What is [1]?")


@settings(deadline=None)
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
