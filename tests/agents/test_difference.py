import pytest
from longreader.agents.difference import difference_of, subtract

DEBT = "$3,000,000,000,000 less ($31.4 trillion in 1990 and $28.4 trillion in 2000)"


@pytest.mark.parametrize(
    ("question", "findings", "told"),
    [
        (
            "How many more votes did Lund get than Moss?",
            ("440,000", "480,000"),
            "40,000 less (440,000 for Lund and 480,000 for Moss)",
        ),
        (
            "How many more votes did Lund get than Moss?",
            ("41 votes", "forty votes"),
            "1 vote (41 votes for Lund and forty votes for Moss)",
        ),
        (
            "How much more money did Aske earn than Vik?",
            ("$4.2 million", "$3.1 million"),
            "$1,100,000 ($4.2 million for Aske and $3.1 million for Vik)",
        ),
        ("How much more money did Aske earn than Vik?", ("$4.2 million", "€3.1 million"), None),
        ("How much more money did Aske earn than Vik?", ("a lot", "€3.1 million"), None),
        (
            "How much did the share change from 1990 to 2000?",
            ("120", "about 45%"),
            "75 (120 in 1990 and about 45% in 2000)",
        ),
        ("How many more boats were lost in 1919 than in 1918?", ("5 boats", "3 crowns"), None),
        ("How many more boats were lost in 1919 than in 1918?", ("at least 40", "12"), None),
        (
            "By what percentage did the rent rise from 1990 to 2000?",
            ("80", "90 crowns"),
            "12.5% (80 in 1990 and 90 crowns in 2000)",
        ),
        (
            "How many more boats were lost in 1919 than in 1918?",
            ("31", "twelve"),
            "19 (31 in 1919 and twelve in 1918)",
        ),
        ("How many more boats were lost in 1919 than in 1918?", ("In 1919, 31", "12"), None),
        ("How many more boats were lost in 1919 than in 1918?", ("3 March: 31", "12"), None),
        ("How many fewer boats were lost in 1919 than in 1918?", ("31", "12"), "19 more (31 in 1919 and 12 in 1918)"),
        ("How much did the debt grow from 1990 to 2000?", ("$31.4 trillion", "$28.4 trillion"), DEBT),
        (
            "How much did the share change from 1990 to 2000?",
            ("3%", "5%"),
            "2 percentage points (3% in 1990 and 5% in 2000)",
        ),
        (
            "How did the debt change from 1990 to 2000?",
            ("$500", "$300"),
            "a decrease of $200 ($500 in 1990 and $300 in 2000)",
        ),
        ("How much did the debt grow from 1990 to 2000?", ("500 USD", "300 EUR"), None),
        ("How much did the debt grow from 1990 to 2000?", ("$4.2", "$3.1 million"), None),
        (
            "By what percentage did the rent rise from 1990 to 2000?",
            ("90", "80"),
            "11.1% less (90 in 1990 and 80 in 2000)",
        ),
        ("By what percentage did the rent rise from 1990 to 2000?", ("0", "90 crowns"), None),
    ],
)
def test_findings_are_subtracted(question, findings, told):
    asked = difference_of(question)
    assert asked
    assert subtract(asked, findings) == told
