"""Whether a text is near to a question in meaning, as embeddings see it: it may tell with other words what is asked.

Source: ours. A bar of cosines holds for one embedder only; the default's is known, by another one nothing is near
(docs/decisions/0037).
"""

import asyncio
from collections.abc import Sequence

from ..graph_store.collection import Collection
from ..graph_store.sentences import sentences

# From this cosine on, by the name of the embedder.
LEAST_COSINE = {"all-MiniLM-L6-v2": 0.68}


async def is_near(collection: Collection, question: str, texts: Sequence[str]) -> bool:
    """Tell whether three sentences of a text, one after the other, are near to a question.

    Complexity: one embedding a sentence, so this is asked only where words do not tell.
    """
    least = LEAST_COSINE.get(collection.embedder.name)
    parts = [part for text in texts for part in _threes(text)]
    if least is None or not parts:
        return False
    vectors = await asyncio.to_thread(collection.embedder.embed, [question, *parts])
    return bool((vectors[1:] @ vectors[0]).max() >= least)


def _threes(text: str) -> list[str]:
    """Return each sentence of a text with those beside it."""
    told = [span.of(text) for span in sentences(text)]
    return [" ".join(told[max(place - 1, 0) : place + 2]) for place in range(len(told))]
