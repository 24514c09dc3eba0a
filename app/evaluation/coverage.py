"""How much of a reference summary a summary covers, by meaning."""

from collections.abc import Sequence

from ...graph_store.embedder import Embedder
from ...graph_store.sentences import sentences

COVERED_COSINE = 0.6


def coverage(summary: str, references: Sequence[str], embedder: Embedder) -> float:
    """Return the share of a reference's sentences that have a like one in the summary; of several the best covered.

    Two sentences are alike from a cosine of 0.6 of their vectors on.
    """
    ours = [span.of(summary) for span in sentences(summary)]
    if not ours:
        return 0.0
    vectors = embedder.embed(ours)
    shares = [0.0]
    for reference in references:
        theirs = [span.of(reference) for span in sentences(reference)]
        if theirs:
            best = (embedder.embed(theirs) @ vectors.T).max(axis=1)
            shares.append(float((best >= COVERED_COSINE).mean()))
    return max(shares)
