"""Walks with GraphReader's stages and functions, led by a scripted model."""

import pytest
from longreader.agents.answer import Status
from longreader.agents.llm import Expected, ScriptedModel

QUESTION = "Where was Oskar Lind born?"


def facts(action: str, chunks=(), notebook: str = "") -> Expected:
    reply = {"notebook": notebook, "rationale": "so", "action": action, "chunks": list(chunks)}
    return Expected(reply, purpose="explore_facts")


def chunk(action: str, passages=(), notebook: str = "") -> Expected:
    reply = {"passages": list(passages), "notebook": notebook, "rationale": "so", "action": action}
    return Expected(reply, purpose="explore_chunk")


def neighbor(action: str, number: int = 1) -> Expected:
    return Expected({"rationale": "so", "action": action, "neighbor": number}, purpose="explore_neighbors")


def answer(text: str = "Halmstad") -> Expected:
    return Expected({"thought": "", "answer": text}, purpose="answer")


def choice(number: int, count: int = 10) -> Expected:
    """Score one candidate best, the next ones less."""
    numbers = [number, *(n for n in range(1, count + 1) if n != number)][:count]
    nodes = [{"node": n, "score": 90 - i} for i, n in enumerate(numbers)]
    return Expected({"nodes": nodes}, purpose="choose_nodes")


@pytest.fixture
def walk(ask_town):
    """One walk of mode graph with these replies; returns the trace."""

    async def walking(*script: Expected, **settings):
        with ScriptedModel([choice(1), *script, answer()]) as model:
            trace = await ask_town(model, QUESTION, **({"mode": "graph", "walk_count": 1} | settings))
            return trace, model

    return walking


def steps(trace, kind: str):
    return [step for step in trace.steps if step.kind == kind]


async def test_facts_lead_to_a_chunk_and_the_notebook_to_the_answer(walk):
    script = (facts("read_chunk", [1], "Lind built it"), chunk("termination", [1], "Lind was born in Halmstad"))
    trace, model = await walk(*script)
    assert [step.action for step in trace.steps if step.walk] == ["read_chunk", "termination"]
    [read] = steps(trace, "chunk")
    assert read.notebook == "Lind was born in Halmstad"
    assert read.passage_ids
    assert "Found so far: Lind was born in Halmstad" in model.requests[-1].messages[-1].content
    assert trace.answer.status == Status.ANSWERED


async def test_a_node_of_the_question_and_then_the_best_scored_start_the_walks(ask_town):
    script = [choice(3), *(facts("stop_and_read_neighbor") for _ in range(2))]
    script += [*(neighbor("termination") for _ in range(2))]
    with ScriptedModel(script) as model:
        trace = await ask_town(model, QUESTION, mode="graph", walk_count=2)
    offered = [line for line in model.requests[0].messages[-1].content.splitlines() if line[:1].isdigit()]
    [nodes] = steps(trace, "nodes")
    assert nodes.nodes == ("Oskar Lind", offered[2].split(". ", 1)[1])
    # Nothing was pointed at, so nothing is answered.
    assert trace.answer.status == Status.NOT_IN_DOCUMENT


async def test_notes_from_facts_alone_point_at_the_passages_of_the_facts(walk):
    noted = facts("stop_and_read_neighbor", [], "Oskar Lind was born in Halmstad")
    trace, _ = await walk(noted, neighbor("termination"))
    [read] = steps(trace, "facts")
    assert read.passage_ids
    assert trace.answer.status == Status.ANSWERED
    assert "Halmstad" in trace.answer.citations[0].quote


async def test_search_more_drains_the_queue_before_the_neighbours(walk):
    script = (
        facts("read_chunk", [1, 2]),
        chunk("search_more", [1]),
        chunk("search_more"),
        neighbor("termination"),
    )
    trace, _ = await walk(*script)
    assert [step.kind for step in trace.steps if step.walk] == ["facts", "chunk", "chunk", "neighbors"]
    first, second = steps(trace, "chunk")
    assert first.chunk_ids != second.chunk_ids


@pytest.mark.parametrize(("action", "step"), [("read_previous_chunk", -1), ("read_subsequent_chunk", 1)])
async def test_the_chunk_beside_is_read_next(walk, action: str, step: int):
    script = (facts("read_chunk", [1]), chunk(action), chunk("termination", [1]))
    trace, _ = await walk(*script)
    numbers = [int(read.chunk_ids[0].rpartition("-")[2]) for read in steps(trace, "chunk")]
    assert numbers[1] - numbers[0] == step


async def test_a_neighbour_is_visited_and_no_node_twice(walk):
    script = (
        facts("stop_and_read_neighbor"),
        neighbor("read_neighbor_node", 2),
        facts("read_chunk", [1]),
        chunk("termination", [1]),
    )
    trace, _ = await walk(*script)
    first, second = steps(trace, "facts")
    assert first.node != second.node
    assert steps(trace, "neighbors")[0].summary.endswith(second.node)


async def test_read_chunk_without_a_number_reads_the_best(walk):
    trace, _ = await walk(facts("read_chunk", []), chunk("termination", [1]))
    assert len(steps(trace, "facts")[0].chunk_ids) == 1


async def test_a_walk_ends_at_its_limit_of_calls(walk):
    trace, _ = await walk(facts("read_chunk", [1, 2]), chunk("search_more", [1]), walk_call_count=2)
    assert len([step for step in trace.steps if step.walk]) == 2
    assert trace.answer.status == Status.ANSWERED


async def test_an_unusable_reply_takes_the_cautious_default(walk):
    script = (
        Expected("junk", purpose="explore_facts", times=2),
        chunk("search_more", [1]),
        Expected("junk", purpose="explore_neighbors", times=2),
    )
    trace, _ = await walk(*script)
    assert [step.kind for step in trace.steps if step.walk] == ["fallback", "facts", "chunk", "fallback", "neighbors"]


async def test_walks_are_independent_and_their_evidence_is_joined(ask_town):
    walks = [facts("read_chunk", [1], "one"), facts("read_chunk", [1], "two")]
    script = [choice(1), *walks, chunk("termination", [1], "one"), chunk("termination", [1], "two"), answer()]
    with ScriptedModel(script) as model:
        trace = await ask_town(model, QUESTION, mode="graph", walk_count=2)
    assert {step.walk for step in trace.steps if step.walk} == {1, 2}
    assert "one" in model.requests[-1].messages[-1].content
    assert "two" in model.requests[-1].messages[-1].content
