"""What a service does when it begins and ends."""

import asyncio
import gc

from longreader.agents.llm import ScriptedModel
from longreader.app.service.api import create_app
from longreader.app.service.hub import Hub
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder


async def test_what_is_loaded_at_the_beginning_is_no_garbage_until_the_end(settings: Settings, model: ScriptedModel):
    app = create_app(Hub(settings, model, HashEmbedder()))
    before = gc.get_freeze_count()
    async with app.router.lifespan_context(app):
        async with asyncio.timeout(60):
            while gc.get_freeze_count() <= before:  # noqa: ASYNC110 (it has no event)
                await asyncio.sleep(0.01)
    assert gc.get_freeze_count() == 0
