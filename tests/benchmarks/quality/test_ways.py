"""The baselines, each over a town's document with a planned model."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta
from longreader.agents.answer import Status
from longreader.agents.ask import ask
from longreader.agents.llm import Expected, ScriptedCounter, ScriptedModel
from longreader.agents.settings import ReadingSettings
from longreader.agents.trace import Trace
from longreader.graph_store.collection import Collection
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.extractive import ExtractiveNotesWriter
from longreader.graph_store.ingest import add_document
from longreader.graph_store.store import Store
from longreader.prompts import load

from benchmarks.quality.ways import BASELINES, WAYS, way
from benchmarks.quality.ways.answering import PROMPTS

# So long that each fact is in a batch of its own.
PAD = "Nothing else is told of that year. " * 12
TOWN = f"""The harbour of Varn was built by Oskar Lind in 1874. It has room for forty boats. {PAD}

Oskar Lind was born in Halmstad in 1831. He married Greta Holm, who kept the harbour's books. {PAD}

A fire destroyed the sail loft on 3 March 1888. The watchman Per Dahl saw it first. {PAD}
"""
QUESTION = "In which town was the man born who built the harbour of Varn?"
PROMPT_FILES = sorted((Path(__file__).parents[3] / "benchmarks" / "quality" / "prompts").glob("*.md"))

Ask = Callable[..., Awaitable[Trace]]


@pytest.fixture
async def town(tmp_path: Path, notes: ExtractiveNotesWriter) -> AsyncIterator[Collection]:
    with Store.open(tmp_path / "data", HashEmbedder()) as store:
        opened = store.collection("town")
        count = ScriptedCounter().count_text
        await add_document(
            store, opened, TOWN.encode(), "varn.md", notes=notes, count_tokens=count, max_chunk_tokens=30
        )
        yield opened


@pytest.fixture
def asked(town: Collection) -> Ask:
    """Ask in one way; returns the trace. Keyword arguments are reading settings."""

    async def asker(model: ScriptedModel, name: str, question: str = QUESTION, **settings: Any) -> Trace:
        chosen = way(name)
        reading = ReadingSettings.model_validate({"mode": chosen.mode, **settings})
        *_, trace = [event async for event in ask(chosen.graph, town, model, question, reading)]
        return trace

    return asker


def says(prompt: str, reply: Any, **fields: Any) -> Expected:
    return Expected(reply, purpose=f"{PROMPTS}/{prompt}", **fields)


def answer(text: str) -> dict[str, str]:
    return {"thought": "", "answer": text}


def test_every_mode_and_every_baseline_is_a_way():
    assert set(WAYS) >= {"closed_book", "sub_questions", "read_with_notes", "free_text_chain", "retrieve", "auto"}
    assert all(way(name).mode in ("retrieve", name) for name in WAYS)


@pytest.mark.parametrize("file", PROMPT_FILES, ids=lambda file: file.stem)
def test_prompts_say_what_they_need(file: Path):
    prompt = load(f"{PROMPTS}/{file.stem}")
    body = file.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    assert meta.find_undeclared_variables(Environment().parse(body)) == prompt.variables
    values = {name: ["one", "two"] if name in ("notes", "passages") else "words" for name in prompt.variables}
    messages = prompt.render(**values)
    assert [messages[0][0], messages[-1][0]] == ["system", "user"]
    assert messages[-1][1].endswith("words")


@pytest.mark.parametrize("name", BASELINES)
async def test_a_question_that_cannot_be_read_is_refused_as_in_every_mode(name: str, asked: Ask):
    with pytest.raises(Exception, match="The question is empty"):
        await asked(ScriptedModel([]), name, "  ")


async def test_closed_book_reads_nothing(asked: Ask):
    with ScriptedModel([says("closed_book", answer("Halmstad"))]) as model:
        trace = await asked(model, "closed_book")
    assert trace.answer is not None
    assert (trace.answer.status, trace.answer.text, trace.answer.citations) == (Status.ANSWERED, "Halmstad", ())
    assert "Lind" not in str(model.requests[0].messages)


async def test_a_step_names_the_answer_of_an_earlier_one(asked: Ask):
    steps = ["Who built the harbour of Varn?", "In which town was [1] born?"]
    script = [
        says("sub_plan", {"steps": steps}),
        says("sub_step", {"quote": "built by Oskar Lind", "answer": "Oskar Lind"}, contains=steps[0]),
        says("sub_step", {"quote": "born in Halmstad", "answer": "Halmstad"}, contains="town was Oskar Lind born?"),
        says("sub_answer", answer("Halmstad"), contains="- In which town was Oskar Lind born? Halmstad (“born in"),
    ]
    with ScriptedModel(script) as model:
        trace = await asked(model, "sub_questions")
    assert trace.answer is not None
    assert trace.answer.status is Status.ANSWERED
    assert trace.answer.citations[0].quote == "Oskar Lind was born in Halmstad in 1831."
    assert trace.answer.usage.call_count == 4


async def test_a_duplicate_step_costs_nothing_and_keeps_its_number(asked: Ask):
    step = "Who built the harbour?"
    script = [
        says("sub_plan", {"steps": [step, step.upper(), "Whom did [2] marry?"]}),
        says("sub_step", {"quote": "", "answer": "Oskar Lind"}, contains=step),
        says("sub_step", {"quote": "", "answer": "Greta Holm"}, contains="Whom did Oskar Lind marry?"),
        says("sub_answer", answer("Greta Holm")),
    ]
    with ScriptedModel(script) as model:
        await asked(model, "sub_questions")


async def test_a_step_whose_earlier_answer_is_missing_looks_up_the_question(asked: Ask):
    script = [
        says("sub_plan", {"steps": ["Who built the pier?", "Where was [1] born?"]}),
        says("sub_step", {"quote": "", "answer": ""}, contains="Who built the pier?"),
        says("sub_step", {"quote": "", "answer": ""}, contains=QUESTION),
        says("sub_answer", answer("not in the document"), contains="Who built the pier? not found"),
    ]
    with ScriptedModel(script) as model:
        trace = await asked(model, "sub_questions")
    assert trace.answer is not None
    assert trace.answer.status is Status.NOT_IN_DOCUMENT


async def test_a_plan_that_is_no_use_is_the_question_itself(asked: Ask):
    script = [
        says("sub_plan", "what?", times=2),
        says("sub_step", {"quote": "", "answer": "Halmstad"}, contains=QUESTION),
        says("sub_answer", answer("Halmstad")),
    ]
    with ScriptedModel(script) as model:
        trace = await asked(model, "sub_questions")
    assert [call.is_repair for call in trace.calls] == [False, True, False, False]


async def test_notes_are_kept_from_every_part(asked: Ask):
    script = [
        says("notes_take", {"notes": ["Oskar Lind built the harbour."]}, contains="built by Oskar Lind"),
        says("notes_take", {"notes": ["He was born in Halmstad."]}, contains="born in Halmstad"),
        says("notes_take", {"notes": []}, contains="sail loft"),
        says(
            "notes_answer", answer("Halmstad"), contains="- Oskar Lind built the harbour.\n- He was born in Halmstad."
        ),
    ]
    with ScriptedModel(script) as model:
        trace = await asked(model, "read_with_notes", evidence_tokens=200)
    assert trace.answer is not None
    assert trace.answer.text == "Halmstad"


async def test_the_manager_of_a_chain_sees_the_last_unit_only(asked: Ask):
    script = [
        says("chain_work", {"unit": "Lind built it."}, contains="worker before you: none"),
        says("chain_work", {"unit": "Lind, of Halmstad."}, contains="worker before you: Lind built it."),
        says("chain_work", {"unit": "Still Halmstad."}, contains="worker before you: Lind, of Halmstad."),
        says("chain_answer", answer("Halmstad"), contains="Summary: Still Halmstad."),
    ]
    with ScriptedModel(script) as model:
        await asked(model, "free_text_chain", evidence_tokens=200)
    assert "Lind" not in model.requests[-1].messages[-1].content


async def test_where_the_budget_ends_the_notes_so_far_are_answered_from(asked: Ask):
    script = [
        says("notes_take", {"notes": ["Oskar Lind built the harbour."]}),
        says("notes_answer", answer("Oskar Lind")),
    ]
    with ScriptedModel(script) as model:
        trace = await asked(model, "read_with_notes", evidence_tokens=200, budget={"calls": 2})
    assert trace.answer is not None
    assert trace.answer.text == "Oskar Lind"
