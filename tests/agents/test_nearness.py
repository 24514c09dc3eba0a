from types import SimpleNamespace
from typing import cast

import pytest
from longreader.agents import nearness
from longreader.agents.answer import Status
from longreader.agents.llm import ScriptedModel
from longreader.agents.nearness import is_near
from longreader.graph_store.collection import Collection
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.sentence_embedder import SentenceEmbedder

TOLD = (
    "Elsa looked up. Her eyes met those of Victor on the wall. She remained calm and led her mother away. The baker "
    "came at noon. He wore a red hat that hung by the door. His oven was cold."
)
EYES, CALM = "Her eyes met those of Victor on the wall.", "She remained calm and led her mother away."
HAT = "He wore a red hat that hung by the door."
QUESTION = "Which stuff did firemen restore with?"


def held_by(embedder: object) -> Collection:
    return cast(Collection, SimpleNamespace(embedder=embedder))


async def test_other_words_for_the_same_are_near():
    collection = held_by(SentenceEmbedder())
    assert await is_near(collection, "What did Elsa do when she noticed Victor on the wall?", [CALM], [TOLD])
    assert not await is_near(collection, "What salary was the auditor paid?", [CALM], [TOLD])
    assert not await is_near(collection, "What salary was the auditor paid?", [], [TOLD])


async def test_only_what_stands_beside_a_quote_counts():
    asked = "What object did Elsa throw when she noticed Victor?"
    assert await is_near(held_by(SentenceEmbedder()), asked, [EYES], [TOLD])
    assert not await is_near(held_by(SentenceEmbedder()), asked, [HAT], [TOLD])


async def test_by_an_embedder_whose_bar_is_not_known_nothing_is_near():
    assert not await is_near(held_by(HashEmbedder()), CALM, [CALM], [TOLD])


@pytest.mark.parametrize(
    ("least", "reply", "status"),
    [
        (0.2, "brick", Status.PARTLY_ANSWERED),
        (0.9, "brick", Status.NOT_IN_DOCUMENT),
        (0.2, "yes", Status.NOT_IN_DOCUMENT),
    ],
)
async def test_what_is_near_bears_an_answer_out_in_part(
    ask_town, monkeypatch: pytest.MonkeyPatch, least: float, reply: str, status: Status
):
    monkeypatch.setitem(nearness.LEAST_COSINE, HashEmbedder.name, least)
    trace = await ask_town(ScriptedModel(lambda request: {"answer": reply}), QUESTION)
    assert trace.answer.status == status
    assert any("with other words" in step.summary for step in trace.steps) == (status == Status.PARTLY_ANSWERED)
