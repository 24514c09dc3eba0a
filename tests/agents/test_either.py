"""Choices between two named things."""

import pytest
from longreader.agents.answer import Status
from longreader.agents.either import is_choice, told_of_one
from longreader.agents.llm import Expected, ScriptedModel
from longreader.graph_store.chunk import Passage
from longreader.graph_store.document import Span

ADA = "Ada Lund (born 1874) was a pilot, born and schooled in Oslo. She built the first ferry."
OLAF = "Olaf Berg\n\nHe was a pilot. He was never schooled in Oslo."
PORT = "In Oslo pilots were schooled with Ada Lund's boats."


@pytest.mark.parametrize(
    ("question", "is_plain"),
    [
        ("Which is a weekly, Post or The Lady?", True),
        ("Which was founded first, Post or The Lady?", False),
        ("Which firm's captain was born in Oslo, Brann or Lyn?", False),
        ("Which film has the director from Oslo, The Ferry or The Boat?", False),
        ("Which film was made by the man born in Oslo, The Ferry or The Boat?", False),
    ],
)
def test_a_choice_that_needs_no_look_up_before(question: str, is_plain: bool):
    assert is_choice(question) == is_plain


def chosen(question: str, *texts: str) -> str | None:
    passages = [(Passage(f"p{i}", "c", "d", i, Span(0, len(text))), text) for i, text in enumerate(texts)]
    found = told_of_one(question, passages)
    return found and found.answer


@pytest.mark.parametrize(
    ("question", "texts", "one"),
    [
        ("Which pilot was schooled in Oslo, Ada Lund or Olaf Berg?", (ADA, OLAF), "Ada Lund"),
        ("Which pilot was schooled in Oslo, Olaf Berg or Ada Lund?", (OLAF, ADA), "Ada Lund"),
        ("Which pilot was schooled in Oslo, Ada Lund or Olaf Berg?", (OLAF,), None),
        ("Which pilot was schooled in Oslo, Ada Lund or Olaf Berg?", (ADA, OLAF.replace("never ", "")), "Ada Lund"),
        ("Which pilot was born in Oslo, Ada Lund or Olaf Berg?", (ADA, f"{OLAF} He, a pilot, was born in Oslo."), None),
        ("Which pilot was not schooled in Oslo, Ada Lund or Olaf Berg?", (ADA, OLAF), None),
        ("Which was a pilot, Ada Lund or Per Dahl?", (ADA,), None),
        ("Which pilot was schooled in Bergen, Ada Lund or Olaf Berg?", (ADA, OLAF), None),
        ("Who was schooled in Oslo?", (ADA,), None),
    ],
)
def test_code_chooses_where_one_sentence_about_one_thing_alone_tells_all(
    question: str, texts: tuple[str, ...], one: str | None
):
    assert chosen(question, *texts) == one


def test_a_sentence_about_somebody_else_tells_nothing():
    assert chosen("Which pilot built the first ferry, Per Dahl or Olaf Berg?", ADA, OLAF) is None


async def test_what_code_chooses_is_cited_and_costs_no_call(ask_town, add_to_town):
    await add_to_town(f"# People\n\n## Ada Lund\n\n{ADA}\n\n## Olaf Berg\n\n{OLAF}", "people.md")
    question = "Which pilot was schooled in Oslo, Olaf Berg or Ada Lund?"
    trace = await ask_town(ScriptedModel([]), question)
    assert (trace.answer.text, trace.answer.status, trace.calls) == ("Ada Lund", Status.ANSWERED, [])
    assert "schooled in Oslo" in trace.answer.citations[0].quote


async def test_what_code_cannot_choose_the_model_does(ask_town, add_to_town):
    await add_to_town(f"# People\n\n## Ada Lund\n\n{ADA}\n\n## Olaf Berg\n\n{OLAF}", "people.md")
    model = ScriptedModel([Expected({"thought": "", "answer": "Ada Lund"}, purpose="answer")])
    trace = await ask_town(model, "Which pilot built a big ferry, Olaf Berg or Ada Lund?")
    assert trace.answer.text == "Ada Lund"
    assert len(trace.calls) == 1
