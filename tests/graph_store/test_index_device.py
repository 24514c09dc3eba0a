"""What of a GPU can be told without one: the fallback, the kinds of index, and an IVF index on the CPU. Where faiss-gpu
finds a GPU, the same searches run on it."""

import logging
from types import SimpleNamespace

import faiss
import numpy as np
import pytest
from longreader.graph_store import index_device, vectors
from longreader.graph_store.index_device import kind_for, kind_of, make_base, searched_list_count, usable_device
from longreader.graph_store.vectors import VectorIndex

HAS_GPU = hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0


@pytest.fixture
def rows():
    made = np.random.default_rng(7).normal(size=(400, 16)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def row_ids():
    return np.arange(400, dtype=np.int64) * 2 + 5


@pytest.mark.parametrize(
    ("built", "said"),
    [
        (SimpleNamespace(), "built without GPUs"),
        (SimpleNamespace(StandardGpuResources=object, get_num_gpus=lambda: 0), "finds no GPU"),
    ],
)
def test_without_a_gpu_the_log_says_that_the_cpu_is_used(built, said, caplog):
    with caplog.at_level(logging.WARNING):
        assert usable_device(built, "cuda") == "cpu"
    assert said in caplog.text


def test_a_gpu_is_used_where_it_is_wanted_and_there(caplog):
    built = SimpleNamespace(StandardGpuResources=object, get_num_gpus=lambda: 1)
    assert usable_device(built, "cuda") == "cuda"
    assert usable_device(built, "cpu") == usable_device(SimpleNamespace(), "cpu") == "cpu"
    assert not caplog.text


def test_only_kinds_that_a_gpu_has_are_chosen_for_it():
    assert [kind_for(count, 100, "cpu") for count in (100, 101)] == ["flat", "hnsw"]
    assert [kind_for(count, 100, "cuda") for count in (100, 101)] == ["flat", "ivf"]


@pytest.mark.parametrize("kind", ["flat", "hnsw", "ivf"])
def test_an_index_tells_its_kind(rows, kind):
    assert kind_of(faiss, make_base(faiss, kind, rows)) == kind


def test_an_index_for_the_gpu_works_without_one(rows, row_ids, caplog):
    index = VectorIndex(row_ids, rows, device="cuda")
    assert [row for row, _ in index.search(rows[3], 1)] == [row_ids[3]]
    assert HAS_GPU or "on the CPU" in caplog.text


@pytest.fixture
def ivf(monkeypatch, rows, row_ids):
    """The index of more passages than are compared one by one, as it is made for a GPU, searched on the CPU."""
    monkeypatch.setattr(vectors, "kind_for", lambda count, limit, device: kind_for(count, limit, "cuda"))
    return VectorIndex(row_ids, rows, exact_limit=10)


def test_the_inverted_lists_find_nearly_what_is_nearest(ivf, rows, row_ids):
    assert not ivf.is_exact
    found = sum(ivf.search(row, 1)[0][0] == row_id for row, row_id in zip(rows[::20], row_ids[::20], strict=True))
    assert found == len(rows[::20])
    few = row_ids[50:60]
    best = few[int(np.argmax(rows[50:60] @ rows[0]))]
    assert ivf.search(rows[0], 1, only=few)[0][0] == best


def test_an_inverted_index_grows_is_saved_and_read_back(ivf, rows, row_ids, tmp_path):
    more = np.array([9001], dtype=np.int64)
    new = -rows[:1]
    ivf.add(more, new)
    assert ivf.search(new[0], 1)[0][0] == 9001
    ivf.save(tmp_path / "a.faiss")
    loaded = VectorIndex.load(tmp_path / "a.faiss")
    assert loaded is not None
    assert loaded.search(new[0], 1)[0][0] == 9001
    np.testing.assert_array_equal(loaded.vectors(row_ids[4:6]), rows[4:6])
    assert loaded.may_grow_to(np.append(row_ids, more), exact_limit=10)


def test_an_index_of_the_other_device_is_made_anew(rows, row_ids):
    hnsw = VectorIndex(row_ids, rows, exact_limit=10)
    hnsw._device = "cuda"
    assert not hnsw.may_grow_to(row_ids, exact_limit=10)
    hnsw._device = "cpu"
    assert hnsw.may_grow_to(row_ids, exact_limit=10)


@pytest.mark.parametrize("kind_limit", [1000, 10])
def test_places_on_the_gpu_are_told_as_row_ids(monkeypatch, rows, row_ids, kind_limit):
    # A copy on the CPU in the place of that on the GPU: FAISS gives both the same methods.
    monkeypatch.setattr(vectors, "usable_device", lambda faiss, wanted: wanted)
    copied: list[object] = []
    monkeypatch.setattr(vectors, "on_gpu", lambda faiss, kind, base: copied.append(kind) or faiss.clone_index(base))
    index = VectorIndex(row_ids, rows, exact_limit=kind_limit, device="cuda")
    assert index.search(rows[8], 1)[0][0] == row_ids[8]
    assert index.search(rows[9], 1)[0][0] == row_ids[9]
    assert copied == (["flat"] if kind_limit == 1000 else ["ivf"])
    index.add(np.array([9001], dtype=np.int64), -rows[:1])
    assert index.search(-rows[0], 1)[0][0] == 9001
    assert len(copied) == 2
    assert len(index.search(rows[0], 10, only=row_ids[:4])) == 4


@pytest.mark.skipif(not HAS_GPU, reason="needs a GPU and faiss-gpu")
@pytest.mark.parametrize("limit", [1000, 10])
def test_a_gpu_finds_what_the_cpu_finds(rows, row_ids, limit):
    here, there = VectorIndex(row_ids, rows, limit), VectorIndex(row_ids, rows, limit, device="cuda")
    for row in rows[::40]:
        assert there.search(row, 1)[0][0] == here.search(row, 1)[0][0]


def test_a_search_looks_into_a_part_of_the_lists():
    assert [searched_list_count(count) for count in (1, 8, 100, 900)] == [1, 8, 8, 56]
    assert index_device.make_base(faiss, "ivf", np.eye(4, dtype=np.float32)).nlist == 4
