import builtins

import numpy as np
import pytest
from longreader.graph_store.errors import ConfigurationError
from longreader.graph_store.vectors import VectorIndex


@pytest.fixture
def vectors():
    rows = np.random.default_rng(5).normal(size=(300, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def row_ids():
    return np.arange(300, dtype=np.int64) * 3 + 10


def _best(vectors, row_ids, query, limit):
    return [int(row_ids[i]) for i in np.argsort(-(vectors @ query))[:limit]]


@pytest.mark.parametrize("exact_limit", [1000, 10])
def test_finds_what_brute_force_finds(vectors, row_ids, exact_limit):
    index = VectorIndex(row_ids, vectors, exact_limit=exact_limit)
    assert index.is_exact == (exact_limit == 1000)
    for query in vectors[::50]:
        assert [row for row, _ in index.search(query, 5)] == _best(vectors, row_ids, query, 5)


@pytest.mark.parametrize("exact_limit", [1000, 10])
def test_a_narrow_search_finds_the_best_of_the_few(vectors, row_ids, exact_limit):
    index = VectorIndex(row_ids, vectors, exact_limit=exact_limit)
    few = row_ids[100:110]
    found = index.search(vectors[0], 4, only=few)
    assert [row for row, _ in found] == _best(vectors[100:110], few, vectors[0], 4)
    assert index.search(vectors[0], 4, only=np.array([999_999], dtype=np.int64)) == []


def test_asking_for_more_than_there_is(vectors, row_ids):
    assert len(VectorIndex(row_ids[:3], vectors[:3]).search(vectors[0], 10)) == 3


@pytest.mark.parametrize("exact_limit", [1000, 10])
def test_saved_and_loaded_finds_the_same(tmp_path, vectors, row_ids, exact_limit):
    index = VectorIndex(row_ids, vectors, exact_limit=exact_limit)
    index.save(tmp_path / "index" / "a.faiss")
    loaded = VectorIndex.load(tmp_path / "index" / "a.faiss")
    assert loaded is not None
    assert loaded.is_exact == index.is_exact
    assert loaded.search(vectors[7], 5) == index.search(vectors[7], 5)
    np.testing.assert_array_equal(loaded.vectors(row_ids[4:6]), vectors[4:6])


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-100], lambda b: b[:80] + b"\xff" + b[81:], lambda b: b"", lambda b: b[:5]]
)
def test_a_damaged_file_is_not_read(tmp_path, vectors, row_ids, damage):
    path = tmp_path / "a.faiss"
    VectorIndex(row_ids, vectors).save(path)
    path.write_bytes(damage(path.read_bytes()))
    assert VectorIndex.load(path) is None


def test_no_file_is_no_index(tmp_path):
    assert VectorIndex.load(tmp_path / "none.faiss") is None


def test_growth_is_refused_when_something_is_gone_or_too_much(vectors, row_ids):
    index = VectorIndex(row_ids[:10], vectors[:10])
    assert index.may_grow_to(row_ids[:20])
    assert not index.may_grow_to(row_ids[5:20])
    assert not index.may_grow_to(row_ids[:20], exact_limit=15)


def test_without_faiss_the_error_says_what_to_install(monkeypatch, vectors, row_ids):
    real_import = builtins.__import__

    def no_faiss(name, *args, **kwargs):
        if name == "faiss":
            raise ImportError("No module named 'faiss'")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_faiss)
    with pytest.raises(ConfigurationError) as caught:
        VectorIndex(row_ids, vectors)
    assert "longreader[cpu]" in caught.value.hint
