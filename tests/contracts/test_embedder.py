import numpy as np
import pytest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.sentence_embedder import SentenceEmbedder

TEXTS = ["A bridge over the river.", "x", "", "The crossing of a stream by a bridge. " * 40, "Tax law of 1913."]


@pytest.fixture(params=[HashEmbedder, pytest.param(SentenceEmbedder, marks=pytest.mark.slow)], scope="module")
def embedder(request):
    return request.param()


def test_unit_rows_in_order(embedder):
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension_count)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    alone = np.vstack([embedder.embed([text]) for text in TEXTS])
    assert ((alone * vectors).sum(axis=1) > 0.99).all()


def test_nothing_in_nothing_out(embedder):
    assert embedder.embed([]).shape == (0, embedder.dimension_count)


def test_what_is_alike_is_near(embedder):
    bridge, _, _, stream, tax = embedder.embed(TEXTS)
    assert bridge @ stream > bridge @ tax


@pytest.mark.slow
def test_loading_is_silent(capfd):
    SentenceEmbedder().embed(["anything"])
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_batches_come_in_few_shapes():
    """Each new one costs torch memory for good."""
    embedder, lengths = SentenceEmbedder(), set()
    embedder._model()[0].register_forward_pre_hook(lambda _module, given: lengths.add(given[0]["input_ids"].shape[1]))
    embedder.embed(["a word " * count for count in range(1, 60)])
    assert lengths
    assert all(length % 32 == 0 for length in lengths)
