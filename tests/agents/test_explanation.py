import pytest
from longreader.agents.answer import Status
from longreader.agents.explanation import asks_explanation
from longreader.agents.llm import Expected, ScriptedModel

WHY = "Why was the new loft built of brick?"


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        (WHY, True),
        ("What is Per Dahl's role in the story?", True),
        ("Who is Per Dahl, and how is he treated at work?", True),
        ("What role does the pier play?", True),
        ("What might be the reasons why the pier is unpopular?", True),
        ("Who is Per Dahl?", False),
        ("What role did Per Dahl play in The Ferry?", False),
        ("Who was the chair and what was his salary in 1910?", False),
        ("What did the board decide to pay?", False),
        ("What is the date of Per Dahl's birth?", False),
        ("How did the fire change the town?", True),
        ("What did the watchman think of the fire?", True),
        ("What were the main reasons for the fire?", True),
        ("Please describe the harbour.", True),
        ("How many boats has the harbour room for?", False),
        ("Who built the harbour?", False),
        ("What is the name of the harbour?", False),
        ("When did the loft burn?", False),
    ],
)
def test_sentences_are_wanted_where_the_words_ask_for_them(question, wants):
    assert asks_explanation(question) is wants


async def test_each_sentence_is_borne_out_and_cited(ask_town):
    said = ["A fire destroyed the sail loft on 3 March 1888.", "The new loft was built of brick."]
    trace = await ask_town(ScriptedModel([Expected({"sentences": said})]), WHY)
    assert trace.answer.text == f"{said[0]} [1] {said[1]} [2]"
    assert [citation.quote for citation in trace.answer.citations] == said
    assert (trace.answer.status, len(trace.calls)) == (Status.ANSWERED, 1)


async def test_an_invented_sentence_is_dropped(ask_town):
    trace = await ask_town(
        ScriptedModel([Expected({"sentences": ["The new loft was built of brick.", "Mayor Ekdahl feared the wind."]})]),
        WHY,
    )
    assert "Ekdahl" not in trace.answer.text


async def test_words_of_the_question_need_not_stand_in_the_passages(ask_town):
    question = "Why was the reconstruction of the sail loft necessary for the fishermen?"
    said = [
        "The reconstruction of the sail loft was necessary for the fishermen since a fire destroyed it on 3 March 1888."
    ]
    trace = await ask_town(ScriptedModel([Expected({"sentences": said})]), question)
    assert trace.answer.text == f"{said[0]} [1]"


async def test_a_sentence_that_only_repeats_the_question_is_dropped(ask_town):
    question = "Why was the reconstruction of the sail loft necessary for the fishermen?"
    said = ["The reconstruction of the sail loft was necessary for the fishermen."]
    script = [Expected({"sentences": said}), Expected({"answer": "a fire destroyed it"})]
    trace = await ask_town(ScriptedModel(script), question)
    assert trace.answer.text == "a fire destroyed it"
    assert [call.purpose for call in trace.calls] == ["explain", "answer"]


async def test_a_sentence_that_was_broken_off_is_dropped(ask_town):
    said = ["The new loft was built of brick.", "A fire destroyed the sail loft on"]
    trace = await ask_town(ScriptedModel([Expected({"sentences": said})]), WHY)
    assert trace.answer.text == f"{said[0]} [1]"


async def test_where_nothing_holds_the_question_is_looked_up(ask_town):
    trace = await ask_town(
        ScriptedModel([Expected({"sentences": []}), Expected({"answer": "not in the document"}, times=2)]), WHY
    )
    assert trace.answer.status is Status.NOT_IN_DOCUMENT
    # A sentence has most of what is asked: the best passage is read again.
    assert [call.purpose for call in trace.calls] == ["explain", "answer", "answer"]


async def test_an_explanation_that_rests_on_something_else_is_none(ask_town):
    said = {"sentences": ["It has room for forty boats."]}
    script = {"explain": said, "answer": {"thought": "", "answer": "not in the document"}}
    model = ScriptedModel(lambda request: script[request.purpose])
    trace = await ask_town(model, "What role do quantum computers play in the ethical training of watchmen?")
    assert trace.answer.status is Status.NOT_IN_DOCUMENT
    assert any("does not speak of what is asked" in step.summary for step in trace.steps)
