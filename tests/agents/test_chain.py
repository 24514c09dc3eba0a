import re

import pytest
from longreader.agents.answer import Status
from longreader.agents.llm import Expected, ScriptedModel
from longreader.agents.notebook import KEPT_COUNT, CandidateUnit, Finding
from longreader.graph_store.collection import Collection

NOTHING = {"answer": ""}


def holding(text: str, reply: dict | None):
    """A worker that finds something only in the part that holds ``text``."""
    return Expected(reply, purpose="read", contains=lambda request: text in part(request), times=None)


def part(request) -> str:
    return request.messages[-1].content.split("\n\nQuestion:")[0].split("\n\nFound earlier:")[0]


def answering(text: str) -> Expected:
    return Expected({"thought": "It says so.", "answer": text}, purpose="answer")


def reads(model: ScriptedModel) -> list:
    return [request for request in model.requests if request.purpose == "read"]


REST = Expected(NOTHING, purpose="read", times=None)
SMALL = {"mode": "chain"}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch):
    """The town is short: with this and a small window it takes several calls."""
    monkeypatch.setattr("longreader.agents.batch.MIN_BATCH_TOKENS", 40)


def reader_of(*script: Expected) -> ScriptedModel:
    return ScriptedModel(script, window_tokens=1_500)


async def test_every_passage_is_read_once_in_document_order(ask_town, collection: Collection):
    model = reader_of(holding("Greta Holm", {"answer": "Greta Holm"}), REST, answering("Greta Holm"))
    trace = await ask_town(model, "Who kept the harbour's books?", **SMALL)
    [document] = collection.documents()
    ids = [
        p.passage_id for chunk in collection.chunks(document.document_id) for p in collection.passages(chunk.chunk_id)
    ]
    texts = [collection.text_of(collection.passage(passage_id)) for passage_id in ids]
    shown = "\n".join(part(request) for request in reads(model))
    places = [shown.find(text.splitlines()[0][:40]) for text in texts]
    assert len(reads(model)) > 1
    assert -1 not in places
    assert places == sorted(places)
    assert (trace.answer.status, trace.answer.text) == (Status.ANSWERED, "Greta Holm")
    assert "Greta Holm" in trace.answer.citations[0].quote


async def test_a_worker_that_finds_nothing_erases_nothing(ask_town):
    model = reader_of(holding("built by Oskar", {"answer": "Oskar Lind"}), REST, answering("Oskar Lind"))
    await ask_town(model, "Who built the harbour of Varn?", **SMALL)
    first = next(i for i, request in enumerate(reads(model)) if "built by Oskar" in part(request))
    later = [request.messages[-1].content for request in reads(model)[first + 1 :]]
    assert later
    assert all("Found earlier: Oskar Lind" in text for text in later)
    assert "built by Oskar Lind in 1874" in model.requests[-1].messages[-1].content


async def test_what_is_not_in_the_passages_is_not_handed_on(ask_town):
    model = reader_of(Expected({"answer": "Napoleon"}, purpose="read", times=None))
    trace = await ask_town(model, "Who built the harbour of Varn?", **SMALL)
    assert trace.answer.status == Status.NOT_IN_DOCUMENT
    assert all("Found earlier" not in request.messages[-1].content for request in model.requests)


async def test_a_second_question_shares_the_prefixes(ask_town):
    first, second = (reader_of(REST) for _ in range(2))
    await ask_town(first, "Who?", **SMALL)
    await ask_town(second, "Why was the sail loft on the northern mole rebuilt of brick after the fire?", **SMALL)
    assert [part(request) for request in reads(first)] == [part(request) for request in reads(second)]
    assert [r.messages[:-1] for r in reads(first)] == [r.messages[:-1] for r in reads(second)]


async def test_the_best_supported_candidate_stands_last(ask_town):
    question = "Who saw the fire that destroyed the sail loft?"
    scripts = [holding("Per Dahl", {"answer": "Per Dahl"}), holding("Signe Lind", {"answer": "Signe Lind"}), REST]
    model = reader_of(*scripts, answering("Per Dahl"))
    await ask_town(model, question, **SMALL)
    final = model.requests[-1].messages[-1].content
    passages = final.split("\n\nQuestion:")[0]
    assert passages.index("Signe Lind") < passages.index("Per Dahl")
    assert "Found so far: Per Dahl; Signe Lind" in final


async def test_what_the_budget_cannot_read_is_said_and_searched(ask_town):
    model = reader_of(holding("1874", {"answer": "1874"}), REST, answering("1874"))
    trace = await ask_town(model, "When was the harbour built?", mode="chain", passage_count=1, budget={"calls": 2})
    assert any("only the best passages" in step.summary for step in trace.steps if step.kind == "fallback")
    assert trace.answer.status in (Status.PARTLY_ANSWERED, Status.BUDGET_SPENT)


async def test_an_unusable_reply_is_read_in_halves_then_reported(ask_town):
    broken = [Expected("no json", purpose="read", times=None)]
    trace = await ask_town(reader_of(*broken), "When?", **SMALL)
    unread = [step for step in trace.steps if "stays unread" in step.summary]
    assert len(unread) == sum(len(step.passage_ids) for step in unread)
    assert unread
    assert trace.answer.status == Status.PARTLY_ANSWERED
    assert "not all of the text was read" in trace.answer.text


def test_candidates_of_the_same_words_are_one():
    unit = CandidateUnit(support={"p1": 0.2, "p2": 1.0, "p3": 0.1})
    unit = unit.with_finding(Finding("q", "the Krog yard", ("p1",))).with_finding(Finding("q", "Peder Lund", ("p2",)))
    assert unit.told() == "Peder Lund; the Krog yard"
    unit = unit.with_finding(Finding("q", "Krog yard", ("p3",)))
    assert unit.findings == (Finding("q", "Peder Lund", ("p2",)), Finding("q", "the Krog yard", ("p1", "p3")))


@pytest.mark.parametrize("count", [KEPT_COUNT, KEPT_COUNT + 7])
def test_the_unit_stays_bounded_and_counts_what_it_leaves_out(count: int):
    support = {f"p{i}": float(i) for i in range(count)}
    unit = CandidateUnit(support=support)
    for i in range(count):
        unit = unit.with_finding(Finding("q", f"number {i}", (f"p{i}",)))
    assert len(unit.findings) == KEPT_COUNT
    assert unit.left_out_count == count - KEPT_COUNT
    assert unit.findings[0].answer == f"number {count - 1}"
    assert len(re.findall("number", unit.told())) <= 4
