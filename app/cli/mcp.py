"""`longreader mcp`: the documents as tools for an agent that starts this program."""

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...graph_store.errors import ConfigurationError
from .opening import load_settings

if TYPE_CHECKING:
    from ..settings import Settings


def mcp() -> None:
    """Serve search, read_chunk, ask and list_documents to an agent, over standard input and output (MCP)."""
    if find_spec("mcp") is None or find_spec("fastapi") is None:
        raise ConfigurationError(
            "The service is not installed.", hint="Install it: `pip install 'longreader[cpu,service]'`."
        )
    asyncio.run(_serve(load_settings()))


async def _serve(settings: "Settings") -> None:
    from ..async_reader import AsyncReader
    from ..service.hub import LOCAL
    from ..service.mcp import make_server
    from ..service.questions import Questions

    limits = settings.service
    questions = Questions(limits.running_question_count, limits.waiting_question_count)
    async with AsyncReader(settings=settings) as reader:
        # A folder that is in use is told before the agent asks.
        await reader.open()
        await make_server(lambda _context: (LOCAL, reader), questions).run_stdio_async()
