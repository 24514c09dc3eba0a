import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.variant import candidates, variants


def alike(texts: list[str]):
    return np.ones((len(texts), 1), dtype=np.float32)


def unlike(texts: list[str]):
    return np.eye(len(texts), dtype=np.float32)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sea bed", "seabed"),
        ("José Lopez", "Jose Lopez"),
        ("tidal record", "tide record"),
        ("operating cost", "operation cost"),
        ("repaired blade", "repair blade"),
    ],
)
def test_alike_in_form_and_meaning_is_one_node(one: str, other: str):
    names = {one.casefold(): one, other.casefold(): other}
    merged = variants(names, alike)
    assert len(merged) == 1
    assert set(merged) | set(merged.values()) == set(names)
    assert variants(names, unlike) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("turbine 4", "turbine 5"),
        ("Anderson", "Andersen"),
        ("Ansholm", "Ansholm Energy"),
        ("blade repair", "blade accident"),
        ("may", "mays"),
        ("repair of a blade", "repair blade"),
    ],
)
def test_unlike_in_form_is_never_one_node(one: str, other: str):
    assert candidates({one.casefold(): one, other.casefold(): other}) == set()


@settings(deadline=None, max_examples=50)
@given(st.permutations(["tide record", "tidal record", "tidal recording", "sea bed", "seabed", "sea-bed", "harbour"]))
def test_the_order_of_keys_does_not_count(keys: list[str]):
    merged = variants({key: key for key in keys}, HashEmbedder().embed)
    assert merged == variants({key: key for key in sorted(keys)}, HashEmbedder().embed)
    assert not set(merged) & set(merged.values())
