import pytest
from longreader.app.evaluation.coverage import coverage
from longreader.graph_store.embedder import HashEmbedder

SAID = "The ferry was built in 1911. It runs on Sundays."


def test_the_share_of_a_references_sentences_counts():
    half = "The ferry was built in 1911. Nobody in Merren remembers why the quay burnt down."
    assert coverage(SAID, [half], HashEmbedder()) == pytest.approx(0.5)
    assert coverage(SAID, [half, "It runs on Sundays."], HashEmbedder()) == 1.0


def test_nothing_covers_nothing():
    assert coverage("", [SAID], HashEmbedder()) == 0.0
    assert coverage(SAID, [""], HashEmbedder()) == 0.0
