"""Scans of the small town with a scripted model; the text, the search and the store are real."""

import random

import pytest
from longreader.agents import batch
from longreader.agents.answer import Status
from longreader.agents.llm import Expected, ModelRequest, ScriptedModel
from longreader.graph_store.collection import Collection


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "batch_tokens", lambda reading, reply_tokens: 60)


def saying(*rows: dict) -> object:
    """A reader that gives those of the rows whose name stands in its passages, and one that stands nowhere."""

    def script(request: ModelRequest) -> dict:
        shown = request.messages[-1].content.split("\n\nQuestion:")[0]
        kept = [row for row in rows if row["name"] in shown]
        return {"rows": [*kept, {**rows[0], "name": "Nobody"}] if kept else []}

    return script


NOTHING = [
    Expected({"rows": []}, purpose="scan", times=None),
    Expected({"evidence_ids": [], "answer": "not in the document"}, purpose="answer"),
]
BOATS = ({"name": "Fishing boat", "value": "9 crowns"}, {"name": "Steamer", "value": "55 crowns"})
PEOPLE = tuple({"name": name} for name in ("Oskar Lind", "Lind", "Greta Holm", "Signe Lind", "Per Dahl"))


async def test_every_chunk_is_read_and_code_counts(ask_town, collection: Collection):
    model = ScriptedModel(saying(*PEOPLE))
    trace = await ask_town(model, "How many people are named?", mode="scan")
    assert trace.answer.status == Status.ANSWERED
    assert trace.answer.text == "4: Oskar Lind, Greta Holm, Signe Lind and Per Dahl"
    steps = [step for step in trace.steps if step.kind == "scan"]
    chunks = {chunk.chunk_id for info in collection.documents() for chunk in collection.chunks(info.document_id)}
    assert {found for step in steps for found in step.chunk_ids} == chunks
    assert any("1 not in the text" in step.summary for step in steps)
    assert len(trace.answer.citations) == len({citation.start for citation in trace.answer.citations}) > 1
    for citation in trace.answer.citations:
        assert collection.document(citation.document_id).text[citation.start : citation.end] == citation.quote


async def test_code_compares(ask_town):
    trace = await ask_town(ScriptedModel(saying(*BOATS)), "Which boat paid the highest dues in 1920?", mode="scan")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Steamer (55 crowns)")
    assert trace.answer.citations[0].quote == "Steamer | 30 crowns | 55 crowns"


async def test_rows_of_a_half_stay_where_the_budget_ends_in_the_other(ask_town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "batch_tokens", lambda reading, reply_tokens: 2_000)
    monkeypatch.setattr("longreader.agents.scan.ROW_COUNT", 2)
    people = ({"name": "Oskar Lind"}, {"name": "Greta Holm"})
    model = ScriptedModel(
        lambda request: {"rows": people if len(model.requests) == 1 else people[:1]}, window_tokens=8_000
    )
    # One call is kept back for a look-up.
    trace = await ask_town(model, "How many people are named?", mode="scan", budget={"calls": 3})
    assert (len(model.requests), trace.answer.status) == (2, Status.BUDGET_SPENT)
    assert trace.answer.text.startswith("1: Oskar Lind")


async def test_batches_do_not_depend_on_the_question(ask_town):
    shown = []
    for question in ("How many people are named?", "Which boats pay dues, and what else is there to be told of them?"):
        model = ScriptedModel(NOTHING)
        trace = await ask_town(model, question, mode="scan")
        assert trace.answer.status == Status.NOT_IN_DOCUMENT
        scans = [request for request in model.requests if request.purpose == "scan"]
        shown.append([request.messages[-1].content.split("\n\nQuestion:")[0] for request in scans])
    assert shown[0] == shown[1]
    assert len(shown[0]) > 1


async def test_an_unusable_reply_is_read_in_halves_and_then_reported(ask_town):
    model = ScriptedModel(lambda request: "no json" if _reads(request, "sail loft") else {"rows": list(PEOPLE)})
    trace = await ask_town(model, "How many people are named?", mode="scan")
    assert trace.answer.status == Status.PARTLY_ANSWERED
    assert any(step.kind == "fallback" and "unread" in step.summary for step in trace.steps)


def _reads(request: ModelRequest, words: str) -> bool:
    return any(words in message.content for message in request.messages)


async def test_a_full_list_is_read_again_in_halves(ask_town):
    model = ScriptedModel(lambda request: {"rows": [{"name": "Oskar Lind"}] * 12})
    trace = await ask_town(model, "How many people are named?", mode="scan")
    assert len(model.requests) > 2
    assert trace.answer.text.startswith("1: Oskar Lind")
    assert trace.answer.status == Status.PARTLY_ANSWERED


async def test_what_the_budget_does_not_allow_is_said(ask_town):
    model = ScriptedModel(saying(*PEOPLE))
    trace = await ask_town(model, "Who saw the fire?", mode="scan", budget={"tokens": 4_800})
    assert trace.answer.status == Status.PARTLY_ANSWERED
    assert "% of the text was read (page 1)" in trace.answer.text
    assert "Per Dahl" in trace.answer.text


async def test_a_budget_that_ends_on_the_way_keeps_what_was_found(ask_town):
    model = ScriptedModel(saying(*PEOPLE))
    trace = await ask_town(model, "Who is named?", mode="scan", budget={"tokens": 1_700})
    assert trace.answer.status in (Status.PARTLY_ANSWERED, Status.BUDGET_SPENT)
    assert trace.answer.usage.prompt_tokens + trace.answer.usage.completion_tokens <= 1_700


async def test_where_no_row_is_found_the_question_is_looked_up(ask_town):
    script = [
        Expected({"rows": []}, purpose="scan", times=None),
        Expected({"evidence_ids": [1], "answer": "Per Dahl"}, purpose="answer", contains="Per Dahl"),
    ]
    trace = await ask_town(ScriptedModel(script), "Who saw the fire first?", mode="scan")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Per Dahl")
    assert trace.answer.citations[0].quote == "The watchman Per Dahl saw it first."


async def test_what_a_table_plainly_tells_needs_no_model(ask_town):
    model = ScriptedModel([])
    trace = await ask_town(model, "Which boats had more dues in 1920 than in 1910?", mode="scan")
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Fishing boat and Steamer")
    assert trace.answer.citations[1].quote == "Steamer | 30 crowns | 55 crowns"
    assert not model.requests


async def test_words_that_do_not_tell_are_asked_about(ask_town):
    script = [
        Expected({"operation": "count"}, purpose="aggregate"),
        Expected({"rows": [{"name": "Per Dahl"}]}, purpose="scan", contains="Per Dahl", times=None),
        Expected({"rows": []}, purpose="scan", times=None),
    ]
    trace = await ask_town(ScriptedModel(script), "Were there people at the fire?", mode="scan")
    assert trace.answer.text == "1: Per Dahl"


@pytest.mark.parametrize("mode", ["scan", "summary"])
@pytest.mark.parametrize("seed", range(8))
async def test_nonsense_breaks_no_promise(ask_town, random_reply, collection: Collection, mode: str, seed: int):
    dice = random.Random(seed)
    model = ScriptedModel(lambda request: random_reply(request, dice), window_tokens=dice.choice([1_500, 4_096]))
    budget = {"tokens": dice.choice([900, 3_000, 20_000]), "calls": dice.choice([2, 30])}
    question = dice.choice(["How many boats of Varn paid above 5 crowns?", "Summarise what is said about Lind."])
    trace = await ask_town(model, question, mode=mode, budget=budget)
    answer = trace.answer
    assert answer.usage.prompt_tokens + answer.usage.completion_tokens <= budget["tokens"]
    assert answer.usage.call_count <= budget["calls"]
    for request in model.requests:
        assert model.counter.count_messages(request.messages) + request.max_tokens <= model.window_tokens
    for citation in answer.citations:
        assert collection.document(citation.document_id).text[citation.start : citation.end] == citation.quote
