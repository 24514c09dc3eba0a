import pytest
from longreader.graph_store.abbreviation import abbreviations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Federal Open Market Committee (FOMC) met.", {"fomc": "federal open market committee"}),
        ("the Bureau of Weights and Measures (BWM)", {"bwm": "bureau of weights and measures"}),
        ("Gross Domestic Product (“GDP”) rose", {"gdp": "gross domestic product"}),
        ("the Office of Lights (the “OL”)", {"ol": "office of lights"}),
        ("the Ministry of Finance (MOF)", {"mof": "ministry of finance"}),
        ("They met in Paris (UNESCO)", {}),
        ("a plain remark (see below)", {}),
        ("no parentheses", {}),
    ],
)
def test_introduced_abbreviations(text: str, expected: dict[str, str]) -> None:
    assert abbreviations([text]) == expected


def test_an_abbreviation_with_two_meanings_is_left_out() -> None:
    assert abbreviations(["Northern Lights Club (NLC)", "National Lamp Company (NLC)"]) == {}


def test_the_same_introduction_twice_is_one() -> None:
    texts = ["Northern Lights Club (NLC)", "the Northern Lights Club (N.L.C.)"]
    assert abbreviations(texts) == abbreviations(reversed(texts)) == {"nlc": "northern lights club"}
