"""A running service without a network: the real application over ASGI, only model and embedder are doubles."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from longreader import Reader
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.app.migrate import migrate
from longreader.app.service.api import create_app
from longreader.app.service.hub import Hub
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder

TEXT = """# Rules of the club

The club was founded by Ada Brunn in 1961. The yearly fee is twelve crowns.

Members may bring two guests. The boathouse is closed in January.
"""


def answering(text: str = "twelve crowns") -> ScriptedModel:
    def script(request: ModelRequest) -> dict[str, object]:
        return {"steps": ["x"]} if request.purpose == "plan" else {"thought": "So it says.", "answer": text}

    return ScriptedModel(script)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data")


@pytest.fixture
def model() -> ScriptedModel:
    return answering()


@pytest.fixture
async def hub(settings: Settings, model: ScriptedModel) -> AsyncIterator[Hub]:
    async with Hub(settings, model, HashEmbedder()) as hub:
        yield hub


@pytest.fixture
def application(hub: Hub) -> FastAPI:
    return create_app(hub)


@pytest.fixture
async def client(application: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Asks the application directly. A streamed response comes as a whole: use a real server for that."""
    transport = httpx2.ASGITransport(application, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def address(application: FastAPI) -> AsyncIterator[str]:
    """The application behind a real server on loopback: for streams, and for clients that go away."""
    config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with the rules of the club, and the document's id. Reading them takes a process: so it is once."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "rules.md").write_text(TEXT, encoding="utf-8")
    with Reader(folder / "data", model=answering(), embedder=HashEmbedder()) as reader:
        return folder / "data", reader.add(folder / "rules.md").document_id


@pytest.fixture
def document(filled_folder: tuple[Path, str], settings: Settings) -> str:
    """The id of the rules of the club, which are there before the hub opens the folder: name it before the hub."""
    folder, document_id = filled_folder
    if settings.database_url:
        migrate(folder, settings.database_url.get_secret_value(), lambda *_: None)
    else:
        shutil.copytree(folder, settings.data_folder)
    return document_id


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def is_problem() -> Callable[[httpx2.Response, int, str], None]:
    """Checks that a response is a problem of this status and type."""

    def check(response: httpx2.Response, status: int, kind: str) -> None:
        assert response.headers["content-type"] == "application/problem+json"
        told = json.loads(response.text)
        assert (response.status_code, told["status"], told["type"]) == (status, status, kind), told
        assert told["title"]
        assert told["detail"]

    return check
