import pytest
from longreader.agents.compound import is_compound


@pytest.mark.parametrize(
    "question",
    [
        "Which year did the firm that built the lighthouse close?",
        "Where does the captain's daughter live?",
        "Who was born first, Ada or Olaf?",
        "What is the height of the tower of Lund?",
        "Who was Ada Lund's mother's spouse?",
        "Where was the wife of Olaf Lund born?",
        "Who is the father of the person who built the lighthouse?",
        "What was the birthplace of the man who built the harbour?",
        "When did the singer of the band's first song's cover die?",
        "What was the trade of the captain's eldest brother?",
    ],
)
def test_questions_that_may_join_facts(question: str):
    assert is_compound(question)


@pytest.mark.parametrize(
    "question",
    [
        "When was the harbour built?",
        "Who signed the lease of Mill Street 4?",
        "Who is the author of Winter Wheat?",
        "How deep is the harbour according to the maker's drawing?",
        "What was Eliza's favourite song?",
        "Who was Olaf Lund's youngest daughter?",
        "What was the name of the inn where they stayed?",
        "What is the company's strategy for entering the market?",
        "What was the total amount of common stock as of March 31?",
        "Was more paid for water or for power?",
        "In which year did Ada join the board?",
        "Why is the Long Gut called that?",
        "Why?",
        "Ada meets the man who built the mill. " * 9 + "Then they sail home. Who is left behind?",
    ],
)
def test_plain_questions_need_no_plan(question: str):
    assert not is_compound(question)
