"""The LangGraph wiring of a question: route → plan → walk* → chain → answer. Holds no decision of its own.

route ──┬─ retrieve ───────────────────────────┐
        ├─ chain (every passage, in order) ────┤
        ├─ scan, summary, choose, explain, fill: they answer ─ END   (what finds nothing is planned or looked up,
        │                                                            and of what a scan finds for options one is chosen)
        └─ plan ──┬─ nodes ── walk × N (Send) ─┼── answer
                  └─ look_ups (mode auto) ─────┘
"""

import asyncio
import operator
from typing import Annotated, Literal, TypeAlias, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, Send

from . import manager, planner
from .answer import Answer, Status
from .chain import read_documents
from .choice import choice_of, choose, choose_from
from .cloze import cloze_of, fill
from .comparison_plan import is_choice
from .compound import is_compound
from .conclusion import conclude
from .dating import date_events
from .duration import Duration
from .errors import BudgetSpent
from .explanation import explain
from .explorer import Walk
from .look_ups import look_up_all
from .notebook import CommunicationUnit, Finding, Notebook
from .reading import Reading
from .reckoning import reckoning_of
from .router import Way, route
from .scan import scan
from .selection import select_passages
from .summary import summarise
from .tables import answer_from_table
from .timeline import Timeline
from .word_count import answer_by_counting


class WalkResult(TypedDict):
    """What one walk brings back."""

    number: int
    notebook: Notebook
    budget_spent: bool


class State(TypedDict, total=False):
    """The state of a question between steps."""

    plan: tuple[str, ...]
    walks: Annotated[list[WalkResult], operator.add]
    unit: CommunicationUnit
    complete: bool
    read_all: bool
    budget_spent: bool
    passage_ids: list[str]
    is_plain: bool
    answer: Answer


class WalkTask(TypedDict):
    """What one walk is given."""

    number: int
    node: str
    plan: tuple[str, ...]


QuestionGraph: TypeAlias = CompiledStateGraph[State, Reading, State, State]


async def _route(state: State, runtime: Runtime[Reading]) -> Command[Way | Literal["__end__"]]:
    """Choose the way. In modes auto and scan what code can answer is answered at once, without the model."""
    reading = runtime.context
    # Counting may ask the server, and the collection's chunks may have to be loaded.
    await asyncio.to_thread(manager.check_question, reading)
    if reading.settings.mode in ("auto", "scan") and (found := await _by_code(reading)):
        reading.step("answer", f"{found.status}: {found.text}")
        return Command(update={"answer": found}, goto="__end__")
    return Command(goto=await route(reading))


async def _by_code(reading: Reading) -> Answer | None:
    """Return the answer to a question that code answers alone: by counting words, or from a table."""
    return await answer_by_counting(reading) or await answer_from_table(reading)


async def _choose(state: State, runtime: Runtime[Reading]) -> State:
    reading = runtime.context
    choice = choice_of(reading.question)
    assert choice is not None, "the router saw its options"
    return {"answer": await choose(reading, choice)}


async def _explain(state: State, runtime: Runtime[Reading]) -> Command[Literal["look_ups", "__end__"]]:
    """Explain. Where no sentence holds, the question is looked up as it is."""
    reading = runtime.context
    if result := await explain(reading):
        reading.step("answer", f"{result.status}: {result.text}")
        return Command(update={"answer": result}, goto="__end__")
    reading.step("fallback", "No sentence of the explanation holds: the question is looked up.")
    reading.trace.plan = (reading.question,)
    return Command(update={"plan": (reading.question,)}, goto="look_ups")


async def _fill(state: State, runtime: Runtime[Reading]) -> Command[Literal["plan", "__end__"]]:
    """Fill the blanks of a text. Where nothing that was said stands in the text, it is looked up."""
    reading = runtime.context
    cloze = cloze_of(reading.question)
    assert cloze is not None, "the router saw its blanks"
    if result := await fill(reading, cloze):
        return Command(update={"answer": result}, goto="__end__")
    reading.step("fallback", "Nothing fills the blanks: the text is looked up.")
    return Command(goto="plan")


async def _retrieve(state: State, runtime: Runtime[Reading]) -> Command[Literal["answer", "__end__"]]:
    """Mode retrieve: one search, one call."""
    reading = runtime.context
    hits = await reading.collection.search(reading.question, reading.settings.passage_count)
    passage_ids = [hit.passage.passage_id for hit in hits]
    reading.step("select", f"{len(hits)} passages by search", query=reading.question, passage_ids=tuple(passage_ids))
    if hits and (choice := choice_of(reading.question)):
        result = await choose_from(reading, choice, [hit.passage for hit in hits])
        return Command(update={"answer": result}, goto="__end__")
    update = State(passage_ids=passage_ids[::-1], unit=CommunicationUnit(), complete=True)
    return Command(update=update, goto="answer")


async def _plan(state: State, runtime: Runtime[Reading]) -> Command[Literal["nodes", "look_ups"]]:
    reading, spent = runtime.context, False
    try:
        steps = await planner.plan(reading)
    except BudgetSpent as error:
        reading.step("fallback", f"No plan: {error.message}")
        steps, spent = (reading.question,), True
    reading.trace.plan = steps
    update = State(plan=steps, budget_spent=spent)
    return Command(update=update, goto="nodes" if reading.settings.mode == "graph" else "look_ups")


async def _nodes(state: State, runtime: Runtime[Reading]) -> Command[Literal["walk", "answer"]]:
    reading, plan = runtime.context, state.get("plan", ())
    try:
        nodes = await planner.choose_nodes(reading, plan)
    except BudgetSpent as error:
        reading.step("fallback", f"No walk: {error.message}")
        return Command(update={"budget_spent": True}, goto="answer")
    tasks = [Send("walk", WalkTask(number=i, node=node, plan=plan)) for i, node in enumerate(nodes, 1)]
    return Command(goto=tasks or "answer")


async def _walk(state: WalkTask, runtime: Runtime[Reading]) -> State:
    reading = runtime.context
    walk = Walk(reading, state["number"], state["plan"], state["node"], reading.settings.walk_call_count)
    notebook = await walk.run()
    return {"walks": [WalkResult(number=walk.number, notebook=notebook, budget_spent=walk.budget_spent)]}


async def _chain(state: State, runtime: Runtime[Reading]) -> State:
    """Mode chain: read the documents from begin to end; the passages of the best supported candidate stand last."""
    result = await read_documents(runtime.context)
    ids = list(result.unit.passage_ids[::-1])
    return {
        "passage_ids": ids,
        "unit": result.unit,
        "complete": result.complete,
        "read_all": result.complete,
        "budget_spent": result.budget_spent,
    }


async def _look_ups(state: State, runtime: Runtime[Reading]) -> Command[Literal["answer", "__end__"]]:
    """Mode auto: for each look-up of the plan, choose passages by code and read them once, the best last."""
    reading, plan = runtime.context, state.get("plan", ())
    count = reading.settings.passage_count
    if len(plan) == 1:
        chosen = await select_passages(reading, reading.question, count, by_name=is_choice(reading.question))
        ids = [passage.passage_id for passage in chosen]
        is_plain = not is_compound(reading.question)
        update = State(passage_ids=ids[::-1], unit=CommunicationUnit(), complete=True, is_plain=is_plain)
        return Command(update=update, goto="answer")
    asked = reckoning_of(reading.question)
    known: dict[str, Finding] = {}
    if isinstance(asked, Timeline | Duration) and asked.steps == plan:
        known = await date_events(reading, asked)
    found = await look_up_all(reading, plan, known, state.get("budget_spent", False))
    has_options = choice_of(reading.question) is not None
    if not has_options and (answer := conclude(reading, plan, found) or await manager.join(reading, found.steps)):
        return Command(update={"answer": answer}, goto="__end__")
    rest = await select_passages(reading, reading.question, count, frozenset(found.unit.passage_ids))
    ids = [*(passage.passage_id for passage in reversed(rest)), *found.unit.passage_ids]
    update = State(
        passage_ids=ids,
        unit=found.unit,
        complete=found.complete,
        read_all=not found.unit.unread_count,
        budget_spent=found.budget_spent,
    )
    return Command(update=update, goto="answer")


async def _scan(state: State, runtime: Runtime[Reading]) -> Command[Literal["plan", "answer", "__end__"]]:
    """Scan. A question without a row is looked up: what is told in one place need not look like a row.

    Of options, rows are evidence: the letters follow.
    """
    reading = runtime.context
    result = await scan(reading)
    if result is None:
        reading.step("fallback", "What was read holds no row: the question is looked up.")
        return Command(goto="plan")
    if choice_of(reading.question):
        ids = [citation.passage_id for citation in result.citations]
        complete, spent = result.status == Status.ANSWERED, result.status == Status.BUDGET_SPENT
        return Command(update=State(passage_ids=ids[::-1], complete=complete, budget_spent=spent), goto="answer")
    reading.step("answer", f"{result.status}: {result.text}")
    return Command(update={"answer": result}, goto="__end__")


async def _summary(state: State, runtime: Runtime[Reading]) -> State:
    result = await summarise(runtime.context)
    runtime.context.step("answer", f"{result.status}: {result.text}")
    return {"answer": result}


async def _answer(state: State, runtime: Runtime[Reading]) -> State:
    """Answer from what was found. Of a question with options the letters are the answer, whatever way was read."""
    reading = runtime.context
    walks = sorted(state.get("walks", []), key=lambda walk: walk["number"])
    spent = state.get("budget_spent", False) or any(walk["budget_spent"] for walk in walks)
    unit = state.get("unit", CommunicationUnit())
    if walks:
        ids = dict.fromkeys(found for walk in walks for found in walk["notebook"].passage_ids)
        passages = reading.in_document_order(reading.collection.passage(found) for found in ids)
        notes = manager.compile_notes([walk["notebook"].notes for walk in walks])
    else:
        passages = [reading.collection.passage(found) for found in state.get("passage_ids", [])]
        notes = unit.told()
    complete, read_all = state.get("complete", True), state.get("read_all", True)
    if choice := choice_of(reading.question):
        read = complete and read_all
        return {"answer": await choose(reading, choice, passages[::-1], complete=read, budget_spent=spent)}
    result = await manager.answer(
        reading,
        passages,
        notes,
        unit.findings,
        complete=complete,
        read_all=read_all,
        budget_spent=spent,
        is_plain=state.get("is_plain", False),
    )
    reading.step("answer", f"{result.status}: {result.text}")
    return {"answer": result}


def build() -> QuestionGraph:
    """Compile the graph of a question. Its context is a Reading; its custom stream carries ReadingStep objects."""
    graph = StateGraph(State, context_schema=Reading)
    graph.add_node("route", _route)
    graph.add_node("retrieve", _retrieve)
    graph.add_node("plan", _plan)
    graph.add_node("nodes", _nodes)
    graph.add_node("walk", _walk)
    graph.add_node("chain", _chain)
    graph.add_node("look_ups", _look_ups)
    graph.add_node("scan", _scan)
    graph.add_node("summary", _summary)
    graph.add_node("choose", _choose)
    graph.add_node("explain", _explain)
    graph.add_node("fill", _fill)
    graph.add_node("answer", _answer)
    graph.add_edge(START, "route")
    for before in ("chain", "walk"):
        graph.add_edge(before, "answer")
    for last in ("answer", "summary", "choose"):
        graph.add_edge(last, END)
    return graph.compile()
