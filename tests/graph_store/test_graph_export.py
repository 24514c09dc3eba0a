import io
import json
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store import graph_export
from longreader.graph_store.collection import Collection
from longreader.graph_store.errors import NotFound
from longreader.graph_store.ingest import add_document
from longreader.graph_store.store import Store

FIRST = "Ada Lovelace wrote Notes. Ada met Babbage.\n\nBabbage built Engine."
SECOND = "Babbage met Wellington. Ada met Babbage."


@pytest.fixture
async def ids(store: Store, collection: Collection, notes) -> list[str]:
    added = [
        await add_document(
            store, collection, text.encode(), name, notes=notes, count_tokens=lambda text: len(text.split())
        )
        for text, name in ((FIRST, "first.txt"), (SECOND, "second.txt"))
    ]
    return [one.document_id for one in added]


async def test_a_documents_graph_is_joined_by_its_own_facts_alone(collection: Collection, ids: list[str]) -> None:
    first, both = graph_export.spell_out(collection, ids[0]), graph_export.spell_out(collection)
    assert "wellington" not in first
    assert first.edges["ada", "babbage"]["weight"] == 1
    assert both.edges["ada", "babbage"]["weight"] == 2
    assert set(first) < set(both)
    [fact] = first.nodes["engine"]["facts"]
    assert (fact["document_id"], fact["page"], fact["text"]) == (ids[0], 1, "Babbage built Engine.")


async def test_an_unknown_document_has_no_graph(collection: Collection, ids: list[str]) -> None:
    with pytest.raises(NotFound):
        graph_export.spell_out(collection, "d0")


async def test_graphml_is_read_back_by_networkx(collection: Collection, ids: list[str], tmp_path: Path) -> None:
    graph = graph_export.spell_out(collection)
    back = nx.read_graphml(io.BytesIO(graph_export.to_graphml(graph).encode()))
    assert {(key, node["label"]) for key, node in back.nodes(data=True)} == {
        (key, node["label"]) for key, node in graph.nodes(data=True)
    }
    assert {frozenset(edge): back.edges[edge]["weight"] for edge in back.edges} == {
        frozenset(edge): graph.edges[edge]["weight"] for edge in graph.edges
    }
    assert back.nodes["engine"] == {
        "label": "Engine",
        "fact_count": 1,
        "facts": "first, page 1: Babbage built Engine.",
    }


async def test_json_is_networkx_node_link_form(collection: Collection, ids: list[str]) -> None:
    graph = graph_export.spell_out(collection, ids[1])
    back = nx.node_link_graph(json.loads(graph_export.to_json(graph)), edges="edges")
    assert nx.utils.graphs_equal(back, graph)


@given(st.text(alphabet=st.characters(), max_size=40))
@settings(deadline=None, max_examples=50)
def test_whatever_stands_in_a_fact_is_well_formed_xml(text: str) -> None:
    graph = nx.Graph()
    fact = {"fact_id": "f", "document_id": "d", "title": text, "page": 1, "text": f"<{text}>&"}
    graph.add_node("x" + text, label=text, facts=[fact])
    graph.add_node("y", label="y", facts=[])
    graph.add_edge("x" + text, "y", weight=1)
    back = nx.read_graphml(io.BytesIO(graph_export.to_graphml(graph).encode()))
    assert back.number_of_edges() == 1
