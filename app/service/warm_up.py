"""Loads, when a service begins, what its first questions would wait for: libraries, the embedder, collections."""

import asyncio
import logging

from ...graph_store.errors import ReaderError
from ..engine import Engine
from . import process
from .hub import Hub
from .keys import LOCAL

log = logging.getLogger(__name__)

MOST_COLLECTIONS = 16
"""So many of the operator's collections are loaded before they are asked for."""

_QUERY = "What does it say?"


async def warm_up(hub: Hub) -> None:
    """Load what can be loaded. What cannot is told to the log, and to whoever asks the first question."""
    try:
        await asyncio.to_thread(_load, hub.engine)
        async with hub.reader(LOCAL) as reader:
            for info in (await asyncio.to_thread(reader.collections))[:MOST_COLLECTIONS]:
                await reader.search(_QUERY, collection=info.name, limit=1)
    except ReaderError as error:
        log.warning("Not all could be loaded before the first question: %s", error)
    await asyncio.to_thread(process.settle)


def _load(engine: Engine) -> None:
    import openai  # noqa: F401 - half a second

    _ = engine.question_graph
    engine.embedder.embed([_QUERY])
