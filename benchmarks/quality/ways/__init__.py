"""The ways of answering that are compared: the reader's modes, and plain baselines on the same model and window.

Every way is a graph over a `Reading`, run by the reader's own `ask`: so budget, calls, tokens, malformed and cut
replies are counted alike for all.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import get_args

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from longreader.agents import manager
from longreader.agents.answer import Answer, Status
from longreader.agents.errors import BudgetSpent
from longreader.agents.graph import QuestionGraph, State, build
from longreader.agents.mode import Mode
from longreader.agents.reading import Reading
from longreader.app.evaluation.asking import Way

from .closed_book import closed_book
from .free_text_chain import free_text_chain
from .read_with_notes import read_with_notes
from .sub_questions import sub_questions

BASELINES = {way.__name__: way for way in (closed_book, sub_questions, read_with_notes, free_text_chain)}
MODES: dict[str, Mode] = {mode: mode for mode in get_args(Mode)}
WAYS = (*BASELINES, *MODES)


def way(name: str) -> Way:
    """Return the way of a name: a mode of the reader, or a baseline, whose graph takes the place of a mode's."""
    if name in MODES:
        return Way(name, MODES[name], _modes())
    return Way(name, "retrieve", _graph(BASELINES[name]))


@cache
def _modes() -> QuestionGraph:
    return build()


def _graph(answer: Callable[[Reading], Awaitable[Answer]]) -> QuestionGraph:
    """Return the graph of a function that reads for a question and answers it."""

    async def read(state: State, runtime: Runtime[Reading]) -> State:
        reading = runtime.context
        manager.check_question(reading)
        try:
            return {"answer": await answer(reading)}
        except BudgetSpent:
            return {"answer": Answer(status=Status.BUDGET_SPENT, text="")}

    graph = StateGraph(State, context_schema=Reading)
    graph.add_node("read", read)
    graph.add_edge(START, "read")
    graph.add_edge("read", END)
    return graph.compile()
