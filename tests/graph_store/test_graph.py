import cProfile
import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.errors import NotFound
from longreader.graph_store.graph import Neighbor, NoteGraph
from longreader.graph_store.note import AtomicFact


def fact(number: int, *key_elements: str, text: str = "") -> AtomicFact:
    return AtomicFact(f"c1-f{number}", "c1", text or " ".join(key_elements), key_elements)


@pytest.fixture
def graph() -> NoteGraph:
    return NoteGraph.build(
        [
            fact(1, "Elena Voss", "the harbour", "1931"),
            fact(2, "Elena Voss", "harbours", "Lighthouse Board"),
            fact(3, "Lighthouse Board", "Elena Voss’s", "oil lamps"),
            fact(4, "the Harbour", "fog"),
        ]
    )


def test_a_node_holds_the_facts_of_all_its_written_forms(graph: NoteGraph) -> None:
    assert graph.node("elena voss").fact_ids == ("c1-f1", "c1-f2", "c1-f3")
    assert graph.node("harbour").fact_ids == ("c1-f1", "c1-f2", "c1-f4")


def test_a_node_is_named_by_its_most_frequent_form(graph: NoteGraph) -> None:
    assert graph.node("elena voss").name == "Elena Voss"


def test_a_node_is_found_by_a_written_form(graph: NoteGraph) -> None:
    assert graph.node("The Lighthouse Board").key == "lighthouse board"
    assert "OIL LAMP" in graph
    assert "oil" not in graph


def test_an_unknown_node_is_an_error(graph: NoteGraph) -> None:
    with pytest.raises(NotFound) as caught:
        graph.node("Atlantis")
    assert caught.value.fields == {"key": "Atlantis"}
    with pytest.raises(NotFound):
        graph.neighbors("Atlantis")


def test_nodes_that_share_facts_are_neighbors_by_weight_then_rarity(graph: NoteGraph) -> None:
    assert graph.neighbors("Elena Voss") == [
        Neighbor("lighthouse board", "Lighthouse Board", 2, 2.0),
        Neighbor("harbour", graph.node("harbour").name, 2, 2.0),
        Neighbor("1931", "1931", 1, 1.0),
        Neighbor("oil lamp", "oil lamps", 1, 1.0),
    ]


def test_a_score_ranks_neighbors(graph: NoteGraph) -> None:
    first = graph.neighbors("Elena Voss", score=lambda key: float(key == "oil lamp"))[0]
    assert first.key == "oil lamp"
    assert first.score > 0


def test_between_equal_scores_the_rarer_neighbor_wins(graph: NoteGraph) -> None:
    keys = [neighbor.key for neighbor in graph.neighbors("Elena Voss", score=lambda _: 1.0)]
    assert keys.index("1931") < keys.index("lighthouse board") < keys.index("harbour")


def test_a_hub_is_paged() -> None:
    hub = NoteGraph.build([fact(i, "hub", f"node {i:03}") for i in range(100)])
    pages = [hub.neighbors("hub", offset=offset, limit=30) for offset in (0, 30, 60, 90, 120)]
    assert [len(page) for page in pages] == [30, 30, 30, 10, 0]
    assert len({neighbor.key for page in pages for neighbor in page}) == 100
    assert len(hub.neighbors("hub")) == 20


def test_an_introduced_abbreviation_is_the_same_node() -> None:
    graph = NoteGraph.build(
        [
            fact(1, "Northern Lights Commission", text="The Northern Lights Commission (NLC) met."),
            fact(2, "NLC", "oil", text="The NLC bought oil."),
        ]
    )
    assert graph.node("NLC") == graph.node("Northern Lights Commission")
    assert graph.node("NLC").fact_ids == ("c1-f1", "c1-f2")
    assert graph.node_count == 2


def test_find_takes_the_longest_key_elements_of_a_text(graph: NoteGraph) -> None:
    assert graph.find("When did the Lighthouse Board buy oil lamps, and was there fog?") == [
        "lighthouse board",
        "oil lamp",
        "fog",
    ]
    assert graph.find("Who was Elena Voss's mother?") == ["elena voss"]
    assert graph.find("") == []


def test_a_function_word_is_found_only_in_capitals() -> None:
    graph = NoteGraph.build([fact(1, "U.S.", "coal")])
    assert graph.find("Tell us about coal") == ["coal"]
    assert set(graph.find("What did the US mine?")) == {"us"}
    assert set(graph.find("What did the U.S. mine?")) == {"us"}


def test_the_networkx_graph_spells_the_edges_out(graph: NoteGraph) -> None:
    exported = graph.to_networkx()
    assert exported.number_of_nodes() == graph.node_count == 6
    assert exported.number_of_edges() == 8
    assert exported["elena voss"]["harbour"]["weight"] == 2
    assert exported.nodes["oil lamp"] == {"name": "oil lamps", "fact_ids": ("c1-f3",)}
    assert nx.shortest_path(exported, "fog", "oil lamp") == ["fog", "harbour", "elena voss", "oil lamp"]


def test_no_facts_give_an_empty_graph() -> None:
    graph = NoteGraph.build([])
    assert (graph.node_count, graph.to_networkx().number_of_edges(), graph.find("anything")) == (0, 0, [])


some_facts = st.lists(
    st.lists(st.sampled_from(["Oil", "oil", "the oil", "Fog", "lamps", "lamp", "tide", "U.S.", "…"]), max_size=5),
    max_size=8,
).map(lambda rows: [fact(i, *row) for i, row in enumerate(rows)])


@settings(deadline=None)
@given(some_facts, st.randoms())
def test_order_and_repetition_of_facts_do_not_matter(facts: list[AtomicFact], chance: random.Random) -> None:
    shuffled = facts + facts[:3]
    chance.shuffle(shuffled)
    one, other = NoteGraph.build(facts), NoteGraph.build(shuffled)
    assert one == other
    assert nx.utils.graphs_equal(one.to_networkx(), other.to_networkx())


@settings(deadline=None)
@given(some_facts)
def test_edges_are_exactly_the_shared_facts(facts: list[AtomicFact]) -> None:
    graph = NoteGraph.build(facts)
    exported = graph.to_networkx()
    assert exported.number_of_edges() * 2 == sum(len(graph.neighbors(key, limit=100)) for key in graph.keys())  # noqa: SIM118
    for key in list(graph.keys()):
        mine = set(graph.node(key).fact_ids)
        for neighbor in graph.neighbors(key, limit=100):
            assert neighbor.weight == len(mine & set(graph.node(neighbor.key).fact_ids)) > 0
            assert exported[key][neighbor.key]["weight"] == neighbor.weight


def many_facts(fact_count: int, key_element_count: int) -> list[AtomicFact]:
    chance = random.Random(7)
    names = [f"node {number}" for number in range(15_000)]
    return [fact(i, *chance.sample(names, key_element_count)) for i in range(fact_count)]


def calls_of_building(fact_count: int, key_element_count: int) -> int:
    facts = many_facts(fact_count, key_element_count)
    NoteGraph.build(facts)  # what is looked up once and kept
    profile = cProfile.Profile()
    profile.runcall(NoteGraph.build, facts)
    return sum(entry.callcount for entry in profile.getstats())


def test_the_work_of_building_grows_with_the_key_elements_and_not_with_their_pairs() -> None:
    calls = calls_of_building(1_000, 6)
    assert calls < 10 * 6_000
    assert calls_of_building(2_000, 6) < 2.1 * calls
    assert calls_of_building(1_000, 12) < 2.1 * calls
    assert calls_of_building(7_000, 6) < 7.1 * calls


def test_a_whole_collection_is_spelled_out() -> None:
    assert NoteGraph.build(many_facts(7_000, 6)).to_networkx().number_of_edges() > 100_000
