"""Joins the service: routers, error handling, and what is started and stopped with it."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from . import page, problems, process
from .access import Access
from .guards import Guards
from .hub import Hub
from .mcp import Endpoint
from .questions import Questions
from .routes import ask, chats, collections, documents, graph, health, jobs, openai, search, traces, uploads
from .warm_up import warm_up

DESCRIPTION = "Documents in, answers out whose citations were checked against the text. Errors are problem+json."

# Four jobs hold a thread each for as long as a child process works; questions must find one free. Each costs memory.
_THREAD_COUNT = 12


def create_app(hub: Hub) -> FastAPI:
    """Return the service as an ASGI application.

    Args:
        hub: not yet entered; it is opened and closed with the application.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        process.prepare()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREAD_COUNT, "longreader"))
        async with hub, tools.running():
            tasks = [asyncio.create_task(warm_up(hub)), asyncio.create_task(_keep_small())]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        process.unsettle()

    service = hub.settings.service
    app = FastAPI(
        title="longreader",
        version=version("longreader"),
        description=DESCRIPTION,
        lifespan=lifespan,
        # The pages for looking at the API load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        telemetry={
            "auto_configure": service.opentelemetry,
            "tracing": service.opentelemetry,
            "metrics": service.opentelemetry,
            "logs": False,
        },
    )
    app.state.hub = hub
    app.state.probe = health.Probe(hub)
    questions = Questions(service.running_question_count, service.waiting_question_count, hub.rates, hub.metrics)
    app.state.questions = questions
    hub.metrics.add_gauge("longreader_questions_under_way", "Questions under way.", "state", questions.counts)
    hub.metrics.add_gauge("longreader_jobs", "Jobs that have not ended.", "state", hub.jobs.open_counts)
    problems.install(app)
    app.add_middleware(Guards, asks_for_keys=lambda: hub.keys.are_needed(service.host))
    app.add_middleware(Access, metrics=hub.metrics)
    app.include_router(page.router)
    app.include_router(health.router)
    for module in (collections, documents, uploads, search, graph, ask, chats, traces, jobs):
        app.include_router(module.router, responses=problems.documented())
    app.include_router(openai.router)
    tools = app.state.tools = Endpoint(app.state.questions)
    app.include_router(tools.router)
    app.openapi = lambda: _openapi(app)
    return app


async def _keep_small() -> None:
    while True:
        await asyncio.sleep(process.TRIM_SECONDS)
        await asyncio.to_thread(process.give_back_memory)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        form = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(form.pop("$defs"))
        schemas["Problem"] = form
        app.openapi_schema = made
    return app.openapi_schema
