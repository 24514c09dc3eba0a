import pytest
from longreader.agents.difference import difference_of, subtract

DEBT = "$3,000,000,000,000 less ($31.4 trillion in 1990 and $28.4 trillion in 2000)"
BACKSLASH = (r"When was this: the folder C:\1docs was made?", r"When was this: the folder C:\1docs was deleted?")


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "How long did it take from opening the mole to closing the harbour?",
            ("When was this: opening the mole?", "When was this: closing the harbour?"),
        ),
        (
            "How long did it take from threatening to close the mole to closing it?",
            ("When was this: threatening to close the mole?", "When was this: closing it?"),
        ),
        (
            "How many days passed between the storm and the repair of the mast?",
            ("When was this: the storm?", "When was this: the repair of the mast?"),
        ),
        (
            "How long did it take from the king's visit was announced to it was put off?",
            ("When was this: the king's visit was announced?", "When was this: the king's visit was put off?"),
        ),
        (
            "How long was it from the announcement to its end?",
            ("When was this: the announcement?", "When was this: its end?"),
        ),
        (
            "How long after the mill was built did it burn?",
            ("When was this: the mill was built?", "When did the mill burn?"),
        ),
        (
            "How long before the mill burned was it built?",
            ("When was the mill built?", "When was this: the mill burned?"),
        ),
        (
            "How many more votes did Lund get than Moss?",
            ("How many votes did Lund get?", "How many votes did Moss get?"),
        ),
        (
            "How many more boats were lost in 1919 than in 1918?",
            ("How many boats were lost in 1919?", "How many boats were lost in 1918?"),
        ),
        (
            "How much less money did Aske earn than Vik?",
            ("How much money did Aske earn?", "How much money did Vik earn?"),
        ),
        (
            "How many more people were killed in Norway in 2020 than in 2019?",
            ("How many people were killed in Norway in 2020?", "How many people were killed in Norway in 2019?"),
        ),
        (
            "How long before she was married did she know that he was poor?",
            ("When did she know that he was poor?", "When was this: she was married?"),
        ),
        (
            "According to the ministry, what's the difference of the number of strikers between 1 May and 3 May?",
            (
                "According to the ministry, what was the number of strikers on 1 May?",
                "According to the ministry, what was the number of strikers on 3 May?",
            ),
        ),
        (
            "By how much did the population of Aske grow from 1990 to 2000?",
            ("What was the population of Aske in 1990?", "What was the population of Aske in 2000?"),
        ),
        (
            "How did Aske's net loss change from the three months ended March 31, 2023, to the same three in May 2024?",
            (
                "What was Aske's net loss in the three months ended March 31, 2023?",
                "What was Aske's net loss in the same three in May 2024?",
            ),
        ),
        (
            "How did the loss change from Q1 2023 to the first quarter of 2024?",
            ("What was the loss in Q1 2023?", "What was the loss in the first quarter of 2024?"),
        ),
        ("How did the assets and debts change from 2019 to 2020?", None),
        ("How did the loss change from 2019 to 2020, and what were the key factors?", None),
        ("How did the mood of the town change from hope to fear?", None),
        ("How long did the trip from Oslo to Bergen take?", None),
        ("How long did it take from Oslo to Bergen?", None),
        ("How long is the mole?", None),
        ("How many boats sank between 1918 and 1920?", None),
        ("By how much did it grow from 1990 to 2000, and what was the reason?", None),
        ("What is the difference between a mole and a pier?", None),
        ("How many boats are longer than ten metres?", None),
        ("How long after delivery does the warranty last?", None),
        ("How long before the patient was discharged?", None),
        ("How long did it take from start to finish?", None),
        ("How long is it between the first dose and the second dose?", None),
        ("How much more did Acme spend on marketing than Bolt?", None),
        ("How many more seats were won by Aske than Vik?", None),
        ("How much less did it cost than expected?", None),
        ("How much more likely were smokers than others?", None),
        ("How much did the fund grow from contributions and interest?", None),
        ("By how much was the rent raised from 1500 crowns to 1700 crowns?", None),
        (r"How long did it take from the folder C:\1docs was made to it was deleted?", BACKSLASH),
        ("How long was it from the storm to the " + "long " * 90 + "repair?", None),
        ("what is the difference of size " * 20 + "size " * 60 + " between" * 40, None),
    ],
)
def test_what_to_look_up_is_told_by_the_words(question, steps):
    asked = difference_of(question)
    assert (asked.steps if asked else None) == steps


def test_a_second_event_that_leans_on_the_first_is_told_with_it():
    asked = difference_of("How long was it from the announcement until it ended?")
    assert asked
    assert asked.events == ("the announcement", "it ended after the announcement")


@pytest.mark.parametrize(
    ("question", "findings", "told"),
    [
        ("How long was it from the storm to the repair?", ("3 March", "on 24 March"), "21 days (3 March to 24 March)"),
        ("How many years passed between the storm and the repair?", ("1918", "May 1920"), "2 years (1918 to May 1920)"),
        ("How long was it from the storm to the repair?", ("in winter", "24 March"), None),
        ("How long was it from the storm to the repair?", ("3 March", ""), None),
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
