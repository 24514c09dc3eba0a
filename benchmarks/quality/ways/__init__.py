"""The ways of answering that are compared: the reader's modes, and plain baselines on the same model and window.

Every way is a graph over a `Reading`, run by the reader's own `ask`: so budget, calls, tokens, malformed and cut
replies are counted alike for all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from longreader.agents import manager
from longreader.agents.answer import Answer, Status
from longreader.agents.errors import BudgetSpent
from longreader.agents.graph import QuestionGraph, State, build
from longreader.agents.mode import Mode
from longreader.agents.reading import Reading

from .closed_book import closed_book
from .free_text_chain import free_text_chain
from .read_with_notes import read_with_notes
from .sub_questions import sub_questions


@dataclass(frozen=True, slots=True)
class Way:
    """A way of answering: a mode of the reader, or a baseline, whose graph takes the mode's place."""

    name: str
    mode: Mode
    graph: Callable[[], QuestionGraph] = build


def _baseline(answer: Callable[[Reading], Awaitable[Answer]]) -> Way:
    """Return the way of a function that reads for a question and answers it."""

    async def read(state: State, runtime: Runtime[Reading]) -> State:
        reading = runtime.context
        manager.check_question(reading)
        try:
            return {"answer": await answer(reading)}
        except BudgetSpent:
            return {"answer": Answer(status=Status.BUDGET_SPENT, text="")}

    def graph() -> QuestionGraph:
        made = StateGraph(State, context_schema=Reading)
        made.add_node("read", read)
        made.add_edge(START, "read")
        made.add_edge("read", END)
        return made.compile()

    return Way(answer.__name__, "retrieve", graph)


BASELINES = (closed_book, sub_questions, read_with_notes, free_text_chain)
MODES: tuple[Mode, ...] = ("retrieve", "chain", "graph", "scan", "summary", "auto")
WAYS = {way.name: way for way in (*map(_baseline, BASELINES), *(Way(mode, mode) for mode in MODES))}
