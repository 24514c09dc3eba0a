"""Nodes of the note graph as a reader browses them: a page of the list, one node with its facts and neighbors."""

from dataclasses import dataclass

from .collection import Collection
from .graph import Neighbor
from .placed_fact import PlacedFact, place_fact


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node in the list: its key, its most frequent written form, and in how many facts it stands."""

    key: str
    name: str
    fact_count: int


@dataclass(frozen=True, slots=True)
class NodePage:
    """Some nodes of all that fit, those of the most facts first."""

    nodes: tuple[NodeLine, ...]
    total_count: int


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node with some of its facts, and the best of its neighbors."""

    key: str
    name: str
    fact_count: int
    facts: tuple[PlacedFact, ...]
    neighbors: tuple[Neighbor, ...]


def list_nodes(collection: Collection, containing: str, offset: int, limit: int) -> NodePage:
    """Return a page of the collection's nodes.

    Args:
        collection: where the notes are.
        containing: only nodes in whose key or name this stands, case folded; empty for all.
        offset, limit: how many to pass over, and how many to return at most.
    """
    graph = collection.graph
    keys = graph.containing(containing)
    nodes = (graph.node(key) for key in keys[offset : offset + limit])
    return NodePage(tuple(NodeLine(node.key, node.name, len(node.fact_ids)) for node in nodes), len(keys))


def view_node(collection: Collection, key: str, fact_offset: int, fact_limit: int, neighbor_limit: int) -> NodeView:
    """Return a node with facts and neighbors.

    Args:
        collection: where the notes are.
        key: its key, or any written form of its key element.
        fact_offset, fact_limit: which of its facts.
        neighbor_limit: the most neighbors, those that share the most facts first.

    Raises:
        NotFound: there is no such node.
    """
    node = collection.graph.node(key)
    chosen = collection.facts(node.fact_ids[fact_offset : fact_offset + fact_limit])
    facts = tuple(place_fact(collection, fact) for fact in chosen)
    neighbors = tuple(collection.graph.neighbors(node.key, limit=neighbor_limit))
    return NodeView(node.key, node.name, len(node.fact_ids), facts, neighbors)
