"""Written variants of the same key element ("sea bed", "seabed"; "tide record", "tidal record"), as far as it is safe.

A pair is considered by its form and merged by its meaning, so that neither alone decides. Persons are surname.py.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


LEAST_SIMILARITY = 0.85
"""Measured: docs/decisions/0008-merging-key-elements.md."""

_ENDINGS = frozenset(
    "e s es ed d ing er ers or ors al ally ly ion ions ation ations ic ical ity ment ments ance ence y ies ied".split()
) | {""}
_LEAST_STEM = 3
_LEAST_LETTERS = 6
_MAX_BLOCK = 60


def variants(names: Mapping[str, str], embed: "Callable[[list[str]], NDArray[np.float32]]") -> dict[str, str]:
    """Map keys to the key that they are a variant of.

    Args:
        names: each key of a document with its most frequent written form.
        embed: turns texts into unit vectors, a row each.

    Returns:
        No value is also a key. The same keys give the same merges in any order. A key with a digit is never merged,
        and one that is written with a capital only with one that has the same letters: names are not spelt alike by
        chance.
    """
    pairs = sorted(candidates(names))
    if not pairs:
        return {}
    keys = sorted({key for pair in pairs for key in pair})
    row = {key: i for i, key in enumerate(keys)}
    vectors = embed([names[key] for key in keys])
    near = [(a, b) for a, b in pairs if float(vectors[row[a]] @ vectors[row[b]]) >= LEAST_SIMILARITY]
    return _representatives(near)


def candidates(names: Mapping[str, str]) -> set[tuple[str, str]]:
    """Return the pairs of keys that may be variants by their form alone, each in alphabetical order."""
    blocks: defaultdict[str, list[str]] = defaultdict(list)
    for key in names:
        if not any(map(str.isdigit, key)) and len(key) >= _LEAST_LETTERS:
            blocks["=" + _letters(key)].append(key)
            # A single word and its derivation are seldom the same: ground, grounding; survey, surveyor.
            if names[key].islower() and " " in key:
                blocks[" ".join(word[:_LEAST_STEM] for word in key.split())].append(key)
    return {
        (min(a, b), max(a, b))
        for block in blocks.values()
        if len(block) <= _MAX_BLOCK
        for a, b in combinations(block, 2)
        if _letters(a) == _letters(b) or _same_stems(a, b)
    }


def _letters(key: str) -> str:
    decomposed = unicodedata.normalize("NFKD", key)
    return "".join(c for c in decomposed if c.isalnum() or unicodedata.category(c) == "Mc")


def _same_stems(one: str, other: str) -> bool:
    words = list(zip(one.split(), other.split(), strict=False))
    return len(one.split()) == len(other.split()) and all(_same_stem(a, b) for a, b in words)


def _same_stem(one: str, other: str) -> bool:
    stems = (n for n in range(_LEAST_STEM, min(len(one), len(other)) + 1) if one[:n] == other[:n])
    return one == other or any(one[n:] in _ENDINGS and other[n:] in _ENDINGS for n in stems)


def _representatives(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return each key's representative: the shortest of all that are joined by pairs, then the first by alphabet."""
    cluster: dict[str, set[str]] = {}
    for one, other in pairs:
        joined = cluster.get(one, {one}) | cluster.get(other, {other})
        cluster.update(dict.fromkeys(joined, joined))
    best = {key: min(joined, key=lambda k: (len(k), k)) for key, joined in cluster.items()}
    return {key: chosen for key, chosen in best.items() if key != chosen}
