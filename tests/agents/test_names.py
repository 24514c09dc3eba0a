import pytest
from hypothesis import given
from hypothesis import strategies as st
from longreader.agents.names import holding, is_entry, names_in, words_beside


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
        ("Who met Ada Lund in Oslo by the Town Hall?", ("Ada Lund", "Oslo", "Town Hall")),
        ("What is the Supplier's liability?", ()),
        ("When was Elizabeth I born?", ("Elizabeth I",)),
        ("Who knows? Ask Bob. Ada left", ("Ask Bob", "Ada")),
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
        assert name in " ".join(question.split())
        assert holding([name], [question]) == [0]


def test_words_beside_names():
    asked = "Who is Ada Lund's oldest friend in The North Sea?"
    assert words_beside(asked, ["Ada Lund", "The North Sea"]) == {"oldest", "friend"}


@pytest.mark.parametrize(
    ("text", "is_about"),
    [
        ("Ada Lund\n\nShe was a painter.", True),
        ("“ADA LUND”, painter", True),
        ("Ada Lund (1874 – 1931) was a painter.", True),
        ("Ada Lund was a painter.", True),
        ("Ada Lund rose early and went out.", False),
        ("Ada Lund King was a painter.", False),
        ("Ada Lundgren", False),
        ("", False),
    ],
)
def test_an_entry_begins_with_the_name_and_tells_what_it_is(text: str, is_about: bool):
    assert is_entry(["Ada Lund"], text) == is_about
