import pytest
from longreader.agents.conversation import conversation_of

TALK = "Ada Lund: Shall we begin?\nBo: Yes.\nand soon\nAda Lund: Good.\nBo: The case is of rubber.\n"


def test_who_says_what_is_told_apart():
    talk = conversation_of([TALK])
    assert talk is not None
    assert set(talk.said) == {"ada lund", "bo"}
    assert talk.is_said_by_named("Bo speaks of a rubber case.")
    assert not talk.is_said_by_named("Ada Lund speaks of a rubber case.")
    assert talk.is_said_by_named("A rubber case is spoken of.")


@pytest.mark.parametrize(
    "text",
    [
        "Rent: The tenant shall pay 40 crowns.\nTerm: The lease ends in 1930.\nRepairs: The landlord mends the roof.",
        "Article 1: The harbour.\nArticle 2: The dues.\nArticle 3: The pilots.",
        "The harbour was built in 1874.\nIt has room for forty boats.\nAda: Yes.",
        "",
    ],
)
def test_headings_and_fields_are_no_conversation(text: str):
    assert conversation_of([text]) is None
