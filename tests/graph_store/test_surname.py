import pytest
from longreader.graph_store.surname import surnames


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        (
            ["Tobias Wrennick", "Wrennick", "Mr Wrennick"],
            {"wrennick": "tobias wrennick", "mr wrennick": "tobias wrennick"},
        ),
        (["Tobias Wrennick", "Wrennick’s"], {"wrennick": "tobias wrennick"}),
        (["Dr. Lavinia Strand", "Strand"], {"dr lavinia strand": "lavinia strand", "strand": "lavinia strand"}),
        (["Lavinia Strand", "L. Strand"], {"l strand": "lavinia strand"}),
        (["Tobias Wrennick", "Ingrid Wrennick", "Wrennick"], {}),
        (["Edward Bennet", "Mr Bennet", "Mrs Bennet", "Bennet"], {}),
        (["Ansholm", "Ansholm Energy", "Energy"], {}),
        (["New York", "York"], {}),
        (["Port Merren", "Merren"], {}),
        (["Merren Savings Bank", "Bank"], {}),
        (["Theresa May", "May"], {}),
        (["Jeremy James", "James Moody", "James"], {}),
        (["Walt Disney", "Disney Channel", "Disney"], {}),
        (["Air France", "France"], {}),
        (["Theresa May", "Mrs May"], {"mrs may": "theresa may"}),
        (["Tobias Wrennick", "wrennick"], {}),
    ],
)
def test_who_a_surname_is(forms: list[str], expected: dict[str, str]):
    assert surnames(forms, []) == expected
    assert surnames(reversed(forms), []) == expected


def test_a_surname_that_is_also_a_word_of_the_document_is_nobody():
    forms = ["Lavinia Strand", "Strand", "Mrs Strand"]
    assert surnames(forms, ["He walked along the strand."]) == {"mrs strand": "lavinia strand"}
