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

QUESTION = "Which stuff did firemen restore with?"


def held_by(embedder: object) -> Collection:
    return cast(Collection, SimpleNamespace(embedder=embedder))


async def test_other_words_for_the_same_are_near():
    told = "Elsa looked up. Her eyes met those of Victor on the wall. She remained calm and led her mother away."
    collection = held_by(SentenceEmbedder())
    assert await is_near(collection, "What did Elsa do when she noticed Victor on the wall?", [told])
    assert not await is_near(collection, "What salary was the auditor paid?", [told])
    assert not await is_near(collection, "What salary was the auditor paid?", [])


async def test_by_an_embedder_whose_bar_is_not_known_nothing_is_near():
    assert not await is_near(held_by(HashEmbedder()), QUESTION, [QUESTION])


@pytest.mark.parametrize(("least", "status"), [(0.2, Status.ANSWERED), (0.9, Status.NOT_IN_DOCUMENT)])
async def test_what_is_near_bears_it_out(ask_town, monkeypatch: pytest.MonkeyPatch, least: float, status: Status):
    monkeypatch.setitem(nearness.LEAST_COSINE, HashEmbedder.name, least)
    model = ScriptedModel(lambda request: {"answer": "brick"})
    trace = await ask_town(model, QUESTION)
    assert trace.answer.status == status
