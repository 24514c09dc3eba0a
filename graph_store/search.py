"""Fusing rankings. Where they come from is vectors.py and lexical.py; what is done with them is collection.py."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

_RANK_OFFSET = 60


def fuse_rankings(rankings: Sequence[Iterable[int]], limit: int) -> list[tuple[int, float]]:
    """Merge rankings of the same things into one.

    Args:
        rankings: row ids, best first, each ranking without repeats.
        limit: the most results.

    Returns:
        Row ids and scores, best first; 1 is what every ranking has on top. Ties keep the order of the first ranking.

    Source:
        Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
        Methods, SIGIR 2009, with their k = 60; here the sum is divided by the highest possible one.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, row_id in enumerate(ranking, start=1):
            scores[row_id] += (_RANK_OFFSET + 1) / (_RANK_OFFSET + rank) / len(rankings)
    return sorted(scores.items(), key=lambda item: -item[1])[:limit]
