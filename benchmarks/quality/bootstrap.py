"""The paired bootstrap: how sure the difference between two ways is, on the same questions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2_000
TAILS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean difference over the questions that both ways have, with its 95 % interval."""

    question_count: int
    mean: float
    low: float
    high: float


def paired_difference(one: Mapping[str, float], other: Mapping[str, float], seed: int = 0) -> Difference | None:
    """Return ``one`` minus ``other``.

    Args:
        one, other: question id to score.
        seed: of the resampling.

    Returns:
        None where they share no question.

    Source:
        Percentile bootstrap (Efron and Tibshirani, 1993, chapter 13) over questions, which are drawn in pairs.
    """
    shared = sorted(one.keys() & other.keys())
    if not shared:
        return None
    differences = np.array([one[id_] - other[id_] for id_ in shared])
    drawn = np.random.default_rng(seed).integers(len(shared), size=(RESAMPLES, len(shared)))
    low, high = np.percentile(differences[drawn].mean(axis=1), TAILS)
    mean = float(differences.mean())
    return Difference(len(shared), round(mean, 4), round(float(low), 4), round(float(high), 4))
