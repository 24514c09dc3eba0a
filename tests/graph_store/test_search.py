import pytest
from hypothesis import given
from hypothesis import strategies as st
from longreader.graph_store.search import fuse_rankings


def test_what_two_rankings_agree_on_comes_first():
    fused = fuse_rankings([[1, 2, 3], [3, 2, 4]], 10)
    assert [row_id for row_id, _ in fused] == [3, 2, 1, 4]


def test_top_of_every_ranking_scores_one():
    assert fuse_rankings([[7, 8], [7, 9]], 1) == [(7, pytest.approx(1.0))]


@given(st.lists(st.lists(st.integers(0, 20), unique=True), min_size=1, max_size=3), st.integers(1, 10))
def test_every_result_is_from_a_ranking_and_scores_fall(rankings, limit):
    fused = fuse_rankings(rankings, limit)
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
    everything = set().union(*rankings)
    assert {row_id for row_id, _ in fused} <= everything
    assert len(fused) == min(limit, len(everything))
