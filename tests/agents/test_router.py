from types import SimpleNamespace
from typing import cast

import pytest
from longreader.agents.llm import Expected, ScriptedModel
from longreader.agents.reading import Reading
from longreader.agents.router import kind_by_words, route
from longreader.agents.settings import ReadingSettings

PLAIN = {
    "What happens to Jig throughout the story?": "summary",
    "What was the meeting about?": "summary",
    "What are the topics covered in Section 5?": "fact",
    "What happens to the deposit throughout the contract?": "whole",
    "What was the meeting about the pier about?": "fact",
    "What happened to the Golden Tansy?": "fact",
    "When was the harbour built?": "fact",
    "Why did the town make a loss in 1902?": "fact",
    "How many crowns did the dues of a steamer come to?": "fact",
    "How many members did the society have in 1910?": "fact",
    "Which class was she in?": "fact",
    "How many boats were sold in 1920?": "fact",
    "Which turbines stand in the northern channel?": "fact",
    "On which days did the council meet?": "fact",
    "What were the dues of a fishing boat in 1910?": "fact",
    "What does the summary of costs say about 1920?": "fact",
    "Summarise the report": "summary",
    "Please give me an overview of this document.": "summary",
    "What is this book about?": "summary",
    "How many of the boats were sold?": "rows",
    "In how many decisions did Mr Dahl vote against?": "rows",
    "How many grants were above five thousand crowns?": "rows",
    "List all contracts": "rows",
    "What are all the boats that were sold?": "rows",
    "What was the effect of the fire on all the townspeople?": "fact",
    "Which film came out first, All the Boats or Niva?": "fact",
    "What are the main themes of the novel?": "whole",
    "How does her view of the sea change throughout the story?": "whole",
}
OPEN = [
    "How did the plan for the mole change, and why?",
    "What happened to the different boats?",
    "What became of the pier over time?",
]


@pytest.mark.parametrize("question", PLAIN)
def test_plain_words_decide(question: str):
    assert kind_by_words(question) == PLAIN[question]


@pytest.mark.parametrize("question", OPEN)
def test_other_words_leave_it_open(question: str):
    assert kind_by_words(question) is None


async def test_a_plain_question_is_looked_up_without_a_call(ask_town):
    model = ScriptedModel([Expected({"thought": "", "answer": "1874"}, purpose="answer")])
    trace = await ask_town(model, "When was the harbour built?")
    assert "fact, by its words" in trace.steps[0].summary
    assert len(model.requests) == 1


async def test_where_words_do_not_tell_the_model_is_asked(ask_town):
    scripts = [
        Expected({"kind": "whole"}, purpose="route"),
        Expected({"answer": ""}, purpose="read", times=None),
    ]
    with ScriptedModel(scripts) as model:
        trace = await ask_town(model, "What became of the harbour over time?")
    assert any("whole, by the model" in step.summary for step in trace.steps)


async def test_mode_scan_makes_no_rows_of_an_explanation(ask_town):
    said = {"sentences": ["The harbour of Varn was built by Oskar Lind in 1874."]}
    with ScriptedModel([Expected(said, purpose="explain")]) as model:
        trace = await ask_town(model, "Why was the harbour of Varn built by Oskar Lind?", mode="scan")
    assert "has no rows" in trace.steps[0].summary
    assert trace.answer.text.startswith("The harbour of Varn was built by Oskar Lind in 1874.")


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("Why was the largest boat sold?", "explain"),
        ("How did the harbour come to be built?", "explain"),
        ("How many boats were sold, and why?", "scan"),
        ("Tell me every boat with its dues.", "scan"),
        ("How did each councillor vote?", "scan"),
        ("Why did Per Dahl see the fire?\nA. He was the watchman.\nB. He lived there.", "scan"),
        ("Why did <mask-0> leave the town?", "scan"),
    ],
)
async def test_mode_scan_reads_rows_where_rows_are_asked_for(question: str, way: str):
    reading = SimpleNamespace(question=question, settings=ReadingSettings(mode="scan"), step=lambda kind, told: None)
    assert await route(cast(Reading, reading)) == way


async def test_an_unusable_route_looks_the_question_up(ask_town):
    scripts = [
        Expected("anything", purpose="route", times=2),
        Expected({"thought": "", "answer": "four crowns"}, purpose="answer"),
    ]
    with ScriptedModel(scripts) as model:
        trace = await ask_town(model, "What became of the fishing boat over time?")
    assert trace.steps[0].kind == "fallback"
    assert trace.answer.text == "four crowns"


async def test_what_asks_for_sentences_is_explained_without_asking_the_model(ask_town):
    said = {"sentences": ["The new loft was built of brick."]}
    with ScriptedModel([Expected(said, purpose="explain")]) as model:
        trace = await ask_town(model, "How did the sail loft change, and why?")
    assert trace.answer.text == "The new loft was built of brick. [1]"
