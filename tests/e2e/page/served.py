"""The real service on loopback, and Debian's Chromium, for whatever looks at the page. Model and embedder: doubles."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.agents.llm.scripted import Said
from longreader.app.async_reader import AsyncReader
from longreader.app.service.api import create_app
from longreader.app.service.hub import LOCAL, Hub
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder
from playwright.async_api import Browser, async_playwright


def plain_answers(request: ModelRequest) -> Said:
    """Plays a model that finds the same words everywhere."""
    if request.purpose == "plan":
        return {"steps": ["x"]}
    return {"thought": "So it says.", "answer": "twelve crowns"}


@dataclass
class Service:
    """A running service. ``script`` plays the model, and may be changed at any time."""

    url: str
    hub: Hub
    model: ScriptedModel
    script: Callable[[ModelRequest], Said] = plain_answers

    async def add(self, path: Path, collection: str = "default") -> str:
        """Read a file into a collection, past the page; return the document's id."""

        async def read(reader: AsyncReader) -> str:
            return (await reader.add(path, collection=collection)).document_id

        return await self.with_reader(read)

    async def with_reader(self, use: Callable[[AsyncReader], Awaitable[str]]) -> str:
        async with self.hub.reader(LOCAL) as reader:
            return await use(reader)


@asynccontextmanager
async def serving(data_folder: Path) -> AsyncIterator[Service]:
    """Serve a data folder on a free port of loopback."""
    model = ScriptedModel(lambda request: served.script(request))
    hub = Hub(Settings(data_folder=data_folder), model, HashEmbedder())
    config = uvicorn.Config(create_app(hub), host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    served = Service(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", hub, model)
    yield served
    server.should_exit = True
    await running


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Launch Debian's Chromium; nothing is downloaded."""
    async with async_playwright() as playwright:
        # As root, as in containers, Chromium runs only without its own sandbox.
        launched = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()
