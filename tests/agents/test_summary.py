"""Summaries of the small town with a scripted model; the text, the search and the store are real."""

import re

import pytest
from longreader.agents import batch, summary
from longreader.agents.answer import Status
from longreader.agents.ask import ask
from longreader.agents.batch import evenly
from longreader.agents.errors import NothingToRead
from longreader.agents.graph import build
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.agents.settings import ReadingSettings
from longreader.agents.summary import topic_of
from longreader.graph_store.collection import Collection

SAID = (
    "The harbour of Varn was built by Oskar Lind in 1874.",
    "Signe Lind founded the lifeboat society in 1902.",
    "A steamer paid 55 crowns in 1920.",
    "Per Dahl saw the fire of 1888 first.",
)
KEYS = ("built by Oskar", "lifeboat", "Steamer", "watchman")
INVENTED = "Gustav Ek sold the harbour in 1999."


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "batch_tokens", lambda reading, reply_tokens: 60)


def reader(request: ModelRequest) -> dict:
    """Say what stands in the passages shown, and something invented; merge by keeping every other sentence."""
    last = request.messages[-1].content
    if request.purpose == "merge":
        sentences = re.findall(r"^- (.*)", last, re.MULTILINE)
        return {"sentences": sentences[:2]}
    shown = [said for said, key in zip(SAID, KEYS, strict=True) if key in last]
    return {"summary": " ".join([*shown[:2], INVENTED])}


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Summarise the document.", ""),
        ("What was the meeting about?", ""),
        ("What were the topics talked about in the meeting?", ""),
        ("What happens to Jig throughout the story?", "Jig"),
        ("Please summarize the whole book in a few sentences", ""),
        ("Give me a short summary of the report", ""),
        ("What is this document about?", ""),
        ("Summarise this document for me.", ""),
        ("Please summarise the annual report in five bullet points.", ""),
        ("tl;dr", ""),
        ("I want a summary of this document", ""),
        ("Give a one-page summary of the report", ""),
        ("What are the key takeaways", ""),
        ("Summarise the repairs in two sentences.", "the repairs"),
        ("Summarise what is said about the tenth turbine.", "the tenth turbine"),
        ("Write an overview of Gideon's accident", "Gideon's accident"),
        ("Summary of the minutes of May", "the minutes of May"),
    ],
)
def test_the_topic_is_read_from_the_words(question: str, topic: str):
    assert topic_of(question) == topic


async def test_begin_middle_and_end_are_covered_and_every_sentence_cited(ask_town, collection: Collection):
    trace = await ask_town(ScriptedModel(reader), "Summarise the document.", mode="summary")
    answer = trace.answer
    assert answer.status == Status.ANSWERED
    assert "Gustav" not in answer.text
    assert any(" 1 dropped" in step.summary for step in trace.steps if step.kind == "summary")
    told = [sentence for sentence in SAID if sentence in answer.text]
    assert told[0] == SAID[0]
    assert told[-1] == SAID[-1]
    for number, citation in enumerate(answer.citations, 1):
        assert f"[{number}]" in answer.text
        assert collection.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert re.search(r"\(Read: (\d+) of \1 parts, page 1\.\)", answer.text)


async def test_a_topic_reads_only_what_search_finds(ask_town):
    model = ScriptedModel(lambda request: {"summary": "Per Dahl saw the fire of 1888 first."})
    trace = await ask_town(model, "Summarise what is said about the fire.", mode="summary")
    assert trace.answer.text.startswith("Per Dahl saw the fire of 1888 first. [1]")
    assert all("about the fire." in request.messages[-1].content for request in model.requests)


async def test_a_part_of_which_nothing_holds_is_quoted(ask_town, collection: Collection):
    said = "Oskar Lind, a brave builder of harbours in Varn, must overcome Gustav Ek."
    trace = await ask_town(ScriptedModel(lambda request: {"summary": said}), "Summarise the document.", mode="summary")
    assert trace.answer.text.startswith("The harbour of Varn was built by Oskar Lind in 1874. [1]")
    assert "brave" not in trace.answer.text


async def test_a_topic_that_is_not_there(ask_town):
    model = ScriptedModel(lambda request: {"summary": ""})
    trace = await ask_town(model, "Summarise what is said about the whale.", mode="summary")
    assert (trace.answer.status, trace.answer.citations) == (Status.NOT_IN_DOCUMENT, ())


async def test_where_not_all_can_be_read_the_parts_are_spread_and_that_is_said(ask_town):
    model = ScriptedModel(reader)
    budget = {"tokens": 1_400}
    trace = await ask_town(model, "Summarise the document.", mode="summary", budget=budget)
    assert trace.answer.status == Status.PARTLY_ANSWERED
    found = re.search(r"\(Read: (\d+) of (\d+) parts", trace.answer.text)
    assert found
    assert 1 <= int(found[1]) < int(found[2])


async def test_the_incremental_workflow_carries_one_summary(ask_town):
    def update(request: ModelRequest) -> dict:
        last = request.messages[-1].content
        earlier = re.findall(r"^- (.*)", last.split("New passages:")[0], re.MULTILINE)
        return {"sentences": [*earlier, *(said for said, key in zip(SAID, KEYS, strict=True) if key in last)][:9]}

    model = ScriptedModel(update)
    settings = {"summary_workflow": "incremental"}
    trace = await ask_town(model, "Summarise the document.", mode="summary", **settings)
    assert {request.purpose for request in model.requests} == {"update"}
    assert trace.answer.status == Status.ANSWERED
    assert all(said in trace.answer.text for said in SAID)


async def test_unusable_merges_keep_sentences_spread_evenly(ask_town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(summary, "KEPT_PARTS", 2)
    model = ScriptedModel(lambda request: "no json" if request.purpose == "merge" else reader(request))
    trace = await ask_town(model, "Summarise the document.", mode="summary")
    assert SAID[0] in trace.answer.text
    assert SAID[-1] in trace.answer.text


def test_evenly():
    assert evenly(range(10), 3) == [0, 4, 9]
    assert evenly(range(10), 1) == [5]
    assert evenly(range(3), 9) == [0, 1, 2]
    assert evenly([], 0) == []


async def test_a_document_that_is_not_ready_is_no_empty_one(collection: Collection):
    events = ask(
        build(),
        collection,
        ScriptedModel([]),
        "Summarise the document",
        ReadingSettings(mode="summary"),
        document_ids=frozenset({"d-half-read"}),
    )
    with pytest.raises(NothingToRead):
        [event async for event in events]


async def test_two_sentences_written_as_one_are_two(ask_town):
    def update(request: ModelRequest) -> dict:
        return {
            "sentences": [" ".join(said for said, key in zip(SAID, KEYS, strict=True) if key in last(request)) or "-"]
        }

    settings = {"summary_workflow": "incremental"}
    trace = await ask_town(ScriptedModel(update), "Summarise the document.", mode="summary", **settings)
    assert SAID[-1] in trace.answer.text
    assert not any("-" in step.summary.split(",")[1] for step in trace.steps if "dropped" in step.summary)


def last(request: ModelRequest) -> str:
    return request.messages[-1].content


async def test_blanks_in_a_running_summary_do_no_harm(ask_town):
    def update(request: ModelRequest) -> dict:
        last = request.messages[-1].content
        earlier = re.findall(r"^- (.*)", last.split("New passages:")[0], re.MULTILINE)
        told = [*earlier, *(said for said, key in zip(SAID, KEYS, strict=True) if key in last)]
        return {"sentences": [f" {sentence.replace(' ', '  ')}" for sentence in told]}

    settings = {"summary_workflow": "incremental"}
    trace = await ask_town(ScriptedModel(update), "Summarise the document.", mode="summary", **settings)
    assert all(said in trace.answer.text for said in SAID)


async def test_words_that_only_say_that_something_is_told_need_not_stand_in_the_text(ask_town):
    said = "The passage describes the dues for a fishing boat. The text covers the dues for a fishing boat."
    trace = await ask_town(ScriptedModel(lambda request: {"summary": said}), "Summarise the document.", mode="summary")
    assert trace.answer.text.startswith("The passage describes the dues for a fishing boat. [1] (Read")


async def test_of_a_conversation_nothing_is_quoted(ask_town, add_to_town):
    talk = "\n".join(f"{name}: {said}" for name, said in [("Ada Lund", "Mm-hmm."), ("Per", "So we build it.")] * 30)
    added = await add_to_town(talk, "talk.txt")
    said = "Ada Lund and Per, brave builders, must overcome the sea and Gustav Ek."
    model = ScriptedModel(lambda request: {"summary": said})
    trace = await ask_town(model, "Summarise the talk.", mode="summary")
    assert not any(citation.document_id == added for citation in trace.answer.citations)
