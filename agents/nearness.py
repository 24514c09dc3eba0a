"""Whether sentences are near to a question in meaning, as embeddings see it: they may tell it with other words.

Source: ours. A bar of cosines holds for one embedder only; the default's is known, by another one nothing is near
(docs/decisions/0037).
"""

import asyncio
from collections.abc import Iterable, Sequence

from ..graph_store.collection import Collection
from ..graph_store.sentences import sentences

# From this cosine on, by the name of the embedder.
LEAST_COSINE = {"all-MiniLM-L6-v2": 0.68}


async def is_near(collection: Collection, question: str, quotes: Sequence[str], texts: Iterable[str]) -> bool:
    """Tell whether a quote's sentence and those beside it are near to a question.

    Args:
        quotes: as they stand in the texts.
        texts: the passages that are quoted. Each three sentences in a row of which one holds a quote are looked at.

    Complexity: up to three embeddings a quote, so this is asked only where words do not tell.
    """
    least = LEAST_COSINE.get(collection.embedder.name)
    if least is None:
        return False
    parts = [part for text in texts for part in _threes(text) if any(quote in part for quote in quotes)]
    if not parts:
        return False
    vectors = await asyncio.to_thread(collection.embedder.embed, [question, *parts])
    return bool((vectors[1:] @ vectors[0]).max() >= least)


def _threes(text: str) -> list[str]:
    """Return each sentence of a text with those beside it, as they stand there."""
    told = list(sentences(text))
    last = len(told) - 1
    return [text[told[max(i - 1, 0)].start : told[min(i + 1, last)].end] for i in range(len(told))]
