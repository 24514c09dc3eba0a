import pytest
from longreader.agents.answer import Status
from longreader.agents.llm import ScriptedModel
from longreader.agents.word_count import WordQuestion, word_question_of


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What are the 10 most common words in the above list?", WordQuestion(count=10)),
        ("What are the three most frequently appeared words in the above coded text?", WordQuestion(count=3)),
        ("Which word appears most often?", WordQuestion(count=1)),
        ("Which 5 words are used most frequently?", WordQuestion(count=5)),
        ("What is the most frequent word in this document?", WordQuestion(count=1)),
        ("How often is “lifeboat society” mentioned?", WordQuestion(phrase="lifeboat society")),
        ('How many times does the word "harbour" appear in the text?', WordQuestion(phrase="harbour")),
        ("How often did the ferry sail?", None),
        ("What is the most common disease?", None),
        ("Which words did Lind use?", None),
    ],
)
def test_what_is_asked_of_the_words_is_read_from_the_question(question, asked):
    assert word_question_of(question) == asked


async def test_the_most_frequent_words_are_counted_without_the_model(ask_town):
    trace = await ask_town(ScriptedModel([]), "Which 2 words are used most often?")
    assert trace.answer.text.startswith("crowns (4), ")
    assert trace.answer.status is Status.ANSWERED
    assert len(trace.answer.citations) == 2


async def test_a_phrase_is_counted_with_its_first_place(ask_town):
    trace = await ask_town(ScriptedModel([]), "How many times does the name “Oskar Lind” appear?")
    assert trace.answer.text == "2 times"
    assert "Oskar Lind" in trace.answer.citations[0].quote


async def test_a_phrase_that_is_not_there_is_said(ask_town):
    trace = await ask_town(ScriptedModel([]), "How often is the word “zeppelin” used?")
    assert trace.answer.status is Status.NOT_IN_DOCUMENT


async def test_the_trace_goes_with_every_document_that_was_counted(ask_town, add_to_town):
    added = await add_to_town("Bodil Kvist wrote songs in Orrin.", "orrin.txt")
    trace = await ask_town(ScriptedModel([]), "Which 2 words are used most often?")
    assert added in trace.quoted_document_ids
    assert len(trace.quoted_document_ids) == 2
