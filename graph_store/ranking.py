"""Ranking of a loaded collection's nodes and facts for a query."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import lexical
from .chunk import Passage
from .note import AtomicFact
from .snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class NodeHit:
    """A node that was found. Nodes named in the query score above 1, others in (0, 1]."""

    key: str
    name: str
    score: float


def rank_nodes(snapshot: Snapshot, query: str, passages: Sequence[Passage], limit: int) -> list[NodeHit]:
    """Return the nodes to start from, best first; see `Collection.rank_nodes`.

    Args:
        snapshot: what is loaded.
        query: any text.
        passages: what a search for the query found, best first.
        limit: the most nodes.
    """
    graph, fact_count = snapshot.graph, len(snapshot.facts)
    weights: defaultdict[str, float] = defaultdict(float)
    for rank, passage in enumerate(passages, start=1):
        for key in _nodes_of(snapshot, passage):
            # Fused scores fall too slowly: with them, what is in all of the passages would beat the best one's.
            weights[key] += 1 / rank
    named = graph.find(query)
    rarity = {key: math.log1p(fact_count / len(graph.node(key).fact_ids)) for key in {*weights, *named}}
    highest = max((rarity[key] * weight for key, weight in weights.items()), default=1.0)
    scores = {key: rarity[key] * weight / highest for key, weight in weights.items()}
    # Rarity orders the named ones: what everything speaks of is a poor place to start.
    most_rare = math.log1p(fact_count) or 1.0
    scores.update({key: 1.0 + rarity[key] / most_rare for key in named})
    best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
    return [NodeHit(key, graph.node(key).name, scores[key]) for key in best]


def rank_facts(
    snapshot: Snapshot, query: str, vector: "NDArray[np.float32]", facts: Sequence[AtomicFact], limit: int
) -> list[AtomicFact]:
    """Return the facts nearest to a query, best first; see `Collection.rank_facts`. ``vector`` is the query's."""
    words = set(lexical.telling_words(query))
    similarities = _similarities(snapshot, vector, facts)

    def score(fact: AtomicFact) -> float:
        shared = words.intersection(lexical.telling_words(fact.text))
        return similarities.get(fact.fact_id, 0.0) + len(shared) / max(len(words), 1)

    return sorted(facts, key=score, reverse=True)[:limit]


def _nodes_of(snapshot: Snapshot, passage: Passage) -> set[str]:
    facts = snapshot.facts_of_chunk.get(passage.chunk_id, [])
    here = (fact for fact in facts if snapshot.passage_of(fact) == passage)
    return {key for fact in here for key in snapshot.nodes_of_fact.get(fact.fact_id, [])}


def _similarities(snapshot: Snapshot, vector: "NDArray[np.float32]", facts: Sequence[AtomicFact]) -> dict[str, float]:
    import numpy as np

    index = snapshot.index
    if index is None:
        return {}
    indexed = set(index.row_ids.tolist())
    places = {fact.fact_id: snapshot.passage_of(fact) for fact in facts}
    rows = {fact_id: snapshot.rows_of_passages[place.passage_id] for fact_id, place in places.items() if place}
    rows = {fact_id: row_id for fact_id, row_id in rows.items() if row_id in indexed}
    if not rows:
        return {}
    distinct = np.unique(np.fromiter(rows.values(), dtype=np.int64))
    scores = dict(zip(distinct.tolist(), (index.vectors(distinct) @ vector).tolist(), strict=True))
    return {fact_id: scores[row_id] for fact_id, row_id in rows.items()}
