import pytest
from longreader.agents.reckoning import reckoning_of

LONG = "A" * 200
REPAIR = "When was this: the repair?"
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
        ("How did the harbour of Varn change from 1990 to 2000?", None),
        ("How long did it take from the storm to the repair, and who paid for it?", None),
        ("How long was it from the storm to the repair in hours?", None),
        (
            f"How long was it from {LONG} being announced to the repair?",
            (f"When was this: {LONG} being announced?", REPAIR),
        ),
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
    asked = reckoning_of(question)
    assert (asked.steps if asked else None) == steps
