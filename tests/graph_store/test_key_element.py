import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.key_element import normalise


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("The Federal Reserve", "federal reserve"),
        ("Federal Reserve’s", "Federal Reserve"),
        ("U.S.", "US"),
        ("U.S. economy", "US economy"),
        ("J. R. R. Tolkien", "J.R.R. Tolkien"),
        ("interest rates", "Interest Rate"),
        ("members of the Board", "member of Board"),
        ("companies", "company"),
        ("boxes", "box"),
        ("women", "woman"),
        ("decision–making", "decision making"),
        ("1,250,000", "1250000"),
        ("AT&T", "AT and T"),
        ("ﬁnance", "finance"),
        ("“Blue   Note”", "blue note"),
    ],
)
def test_written_forms_of_one_node(written: str, other: str) -> None:
    assert normalise(written) == normalise(other)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Williams", "William"),
        ("$5", "5%"),
        ("3.5", "35"),
        ("C++", "C"),
        ("C#", "C"),
        ("basis", "basi"),
        ("1997", "1998"),
        ("Mr. Bennet", "Mrs. Bennet"),
        ("hindi हिन्दी", "hindi हन्द"),
    ],
)
def test_different_nodes_stay_apart(one: str, another: str) -> None:
    assert normalise(one) != normalise(another)


def test_a_lone_determiner_is_kept() -> None:
    assert normalise("The Who") == "who"
    assert normalise("The The") == "the"
    assert normalise("A") == "a"


def test_nothing_but_signs_is_nothing() -> None:
    assert normalise(" — … ") == ""


written_text = st.one_of(
    st.text(max_size=30), st.text(alphabet="abus iesxh'.’&,-1%$+# ofthe", max_size=40), st.from_regex(r"[a-z]{1,8}e?s")
)


@settings(deadline=None)
@given(written_text)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == " ".join(once.split())


@settings(deadline=None)
@given(written_text)
def test_letters_and_digits_never_vanish(text: str) -> None:
    if any(c.isalnum() for c in text):
        assert normalise(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["of", "the", "ways", "2019", "of.", "The", "a", "working", "ies", "s"]), max_size=8))
def test_runs_of_a_question_that_are_no_key_elements_come_to_an_end(words: list[str]):
    once = normalise(" ".join(words))
    assert normalise(once) == once
    assert len(once.split()) <= len(words)


def test_a_run_that_opens_and_goes_on_with_of_does_not_grow():
    assert normalise("of working after the misfortunes of 2019") == "of working after the misfortune of 2019"
