import pytest
from hypothesis import given
from hypothesis import strategies as st
from longreader.agents.names import begins_with, holding, names_in, words_beside


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("When was The Lady published?", ("The Lady",)),
        ("Who is the director of film The Ferry Of The North Sea?", ("The Ferry Of The North Sea",)),
        ("When was A Night on Elm Street 4: The Dream released?", ("A Night on Elm Street 4: The Dream",)),
        ("What character does Ada Lund play in The Princess?", ("Ada Lund", "The Princess")),
        ("Who is Consort Dugu's husband?", ("Consort Dugu",)),
        ("When was Tears & Rain (Lund Album) released?", ("Tears & Rain", "Lund Album")),
        ("When was G. Aravindan born?", ("G. Aravindan",)),
        ("Where is Sir Roger Martin, 2nd Baronet buried?", ("Sir Roger Martin", "Baronet")),
        ("What happened in March 2020, and what did I say?", ()),
        ("Which yard built it?", ()),
        ("Lund?", ()),
        ("", ()),
    ],
)
def test_names_are_told_by_their_capitals(question: str, names: tuple[str, ...]):
    assert names_in(question) == names


def test_a_text_holds_a_name_whole_in_any_case_and_punctuation():
    texts = ["THE LADY (magazine)", "a leading lady", "The ladybird", "“the lady” is read", ""]
    assert holding(["The Lady"], texts) == [0, 3]
    assert holding(["Ada Lund", "The Lady"], ["Lund", "Ada  Lund's"]) == [1]
    assert holding([], texts) == []


@given(st.text())
def test_any_text_may_be_asked(question: str):
    for name in names_in(question):
        assert name
        assert name in question
        assert holding([name], [question]) == [0]


def test_words_beside_names_and_where_a_text_begins_with_one():
    assert words_beside("Who is Ada Lund's oldest friend in The North Sea?", ["Ada Lund", "The North Sea"]) == {
        "oldest",
        "friend",
    }
    assert begins_with(["Ada Lund"], "“ADA LUND”, painter")
    assert not begins_with(["Ada Lund"], "Ada Lundgren")
    assert not begins_with([], "Ada Lund")
