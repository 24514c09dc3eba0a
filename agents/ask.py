"""Asks one question: runs the graph over a Reading, streams its steps, and closes the trace with the answer."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import TypeAlias, cast

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langsmith import tracing_context

from ..graph_store.collection import Collection
from ..graph_store.errors import NotFound
from ..prompts import load
from .answer import Answer, AnswerUsage
from .chat import Turn, standalone
from .delta import AnswerDelta
from .errors import CollectionChanged
from .fence import without_control_tokens
from .graph import QuestionGraph, State
from .llm import Budget, Call, ChatModel, MeteredModel
from .manager import ANSWER_TOKENS, check_question
from .reading import Reading
from .settings import ReadingSettings
from .trace import CallRecord, ReadingStep, Trace

# What the manager's last prompt holds beside the passages: instruction, question, findings.
FINAL_PROMPT_TOKENS = 1_200
FINAL_SECONDS_SHARE = 0.2

Event: TypeAlias = ReadingStep | AnswerDelta


async def ask(
    graph: QuestionGraph,
    collection: Collection,
    model: ChatModel,
    question: str,
    settings: ReadingSettings,
    turns: Sequence[Turn] = (),
    document_ids: frozenset[str] = frozenset(),
) -> AsyncGenerator[ReadingStep | AnswerDelta | Trace, None]:
    """Read for a question: yields every reading step and the answer's pieces as they happen, and last the trace, which
    holds the answer.

    Args:
        graph: from graph.build(); one serves any number of questions at once.
        model: the shared stack; the budget is put on top of it here.
        turns: earlier turns of a chat; a question that leans on them is first rewritten to stand alone.
        document_ids: the only documents that a scan or a summary reads; none means all of the collection.

    Raises:
        EmptyInput, QuestionTooLong, NothingToRead: the question cannot be read; nothing was called.
        CollectionChanged: a document was deleted while it was read.
        ModelError: the server failed; replies got so far are in the cache, so asking again goes on from there.
    """
    # A terminal may hand over bytes that are no text; they could neither be sent nor stored.
    question = question.encode("utf-8", "replace").decode()
    trace = Trace(question=question, collection=collection.name, mode=settings.mode, model=model.name)
    metered = MeteredModel(model, _budget(settings), _reserve(settings), lambda call: trace.calls.append(_record(call)))
    reading = Reading(
        # Else it could end its message, and begin one of the system.
        without_control_tokens(question.strip()),
        collection,
        metered,
        settings,
        trace,
        lambda event: get_stream_writer()(event),
        document_ids=document_ids,
    )
    steps: asyncio.Queue[Event | None] = asyncio.Queue()
    run = asyncio.create_task(_run(graph, reading, steps, turns))
    try:
        while (step := await steps.get()) is not None:
            yield step
        answer = await run
    finally:
        run.cancel()
        await asyncio.wait([run])
    trace.answer = answer.model_copy(update={"usage": _usage(metered), "trace_id": trace.trace_id})
    trace.quoted_document_ids = sorted(reading.quoted)
    yield trace


async def _run(
    graph: QuestionGraph, reading: Reading, steps: asyncio.Queue[Event | None], turns: Sequence[Turn]
) -> Answer:
    """Run the graph in a task of its own: what is set here for LangChain must not reach the caller."""
    # A walk's steps are bounded by its own limits and the budget, so LangGraph's limit must never be the one to bite.
    config: RunnableConfig = {"recursion_limit": 1_000}
    answer: Answer | None = None
    try:
        # LangChain would send every prompt to a tracing service if the environment says so.
        with tracing_context(enabled=False):
            if turns:
                reading = await _alone(reading, steps, turns)
            async for kind, event in graph.astream(State(), config, context=reading, stream_mode=["custom", "values"]):
                if kind == "custom":
                    steps.put_nowait(cast(Event, event))
                else:
                    answer = cast(State, event).get("answer", answer)
    except NotFound as error:
        raise CollectionChanged(f"What was being read is gone: {error.message}.") from error
    finally:
        steps.put_nowait(None)
    assert answer is not None, "every way through the graph ends in an answer"
    return answer


async def _alone(reading: Reading, steps: asyncio.Queue[Event | None], turns: Sequence[Turn]) -> Reading:
    """Return the reading for the question as it stands alone. The graph does not run yet, so steps go out directly."""
    await asyncio.to_thread(check_question, reading)
    question = await standalone(replace(reading, write=steps.put_nowait), turns)
    reading.trace.standalone = question if question != reading.question else ""
    return replace(reading, question=question)


def _budget(settings: ReadingSettings) -> Budget:
    limits = settings.budget
    return Budget(tokens=limits.tokens, calls=limits.calls, seconds=limits.seconds)


def _reserve(settings: ReadingSettings) -> Budget:
    """Return what is kept back so that the manager can still answer when the walks have used up the rest."""
    tokens = settings.evidence_tokens + FINAL_PROMPT_TOKENS + ANSWER_TOKENS
    return Budget(tokens=tokens, calls=1, seconds=settings.budget.seconds * FINAL_SECONDS_SHARE)


def _usage(metered: MeteredModel) -> AnswerUsage:
    usage = metered.usage
    return AnswerUsage(
        call_count=usage.call_count,
        cached_call_count=usage.cached_call_count,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        reused_prompt_tokens=usage.reused_prompt_tokens,
        seconds=round(usage.seconds, 3),
    )


def _record(call: Call) -> CallRecord:
    return CallRecord(
        purpose=call.purpose,
        prompt_digest=load(call.purpose).digest,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        seconds=round(call.seconds, 3),
        finish_reason=call.finish_reason,
        from_cache=call.from_cache,
        reused_prompt_tokens=call.reused_prompt_tokens,
        is_repair=call.is_repair,
        waited_seconds=round(call.waited_seconds, 3),
    )
