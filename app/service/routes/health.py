"""Whether the service runs, whether it can do its work, and its metrics."""

import asyncio
import logging
import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from ....graph_store.errors import NotFound, ReaderError
from ..hub import Hub
from ..keys import LOCAL
from ..metrics import MEDIA_TYPE
from ..problems import documented
from ..tenant import Tenant, hub_of

router = APIRouter(tags=["service"])
log = logging.getLogger(__name__)

KEPT_SECONDS = 3.0
"""How long a look at store and model counts, however often it is asked for."""

Check = Literal["ok", "failed"]


class Health(BaseModel):
    """A sign of life."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """What questions and documents need."""

    store: Check = Field(description="Whether the data folder can be read.")
    model: Check = Field(description="Whether the model's server listens, or can be started.")
    queue: Check = Field(description="Whether jobs are taken.")

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing."""
        return {self.store, self.model, self.queue} == {"ok"}


class Probe:
    """Looks at what the service needs, at most once in a while."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._looking = asyncio.Lock()
        self._looked = -KEPT_SECONDS
        self._found = Readiness(store="failed", model="failed", queue="failed")

    async def look(self) -> Readiness:
        """Return what was found just now, or a moment ago."""
        async with self._looking:
            if time.monotonic() - self._looked > KEPT_SECONDS:
                store, model = await asyncio.gather(self._store(), self._model())
                queue: Check = "ok" if self._hub.jobs.takes_jobs else "failed"
                self._found = Readiness(store=store, model=model, queue=queue)
                self._looked = time.monotonic()
        return self._found

    async def _store(self) -> Check:
        try:
            async with self._hub.reader(LOCAL) as reader:
                await asyncio.to_thread(reader.collections)
        except ReaderError as error:
            log.error("Not ready: %s", error)
            return "failed"
        return "ok"

    async def _model(self) -> Check:
        try:
            await self._hub.engine.check_model()
        except ReaderError as error:
            log.error("Not ready: %s", error)
            return "failed"
        return "ok"


async def _probe_of(request: Request) -> Probe:
    return request.app.state.probe


@router.get("/healthz", summary="Whether the process runs")
async def healthz() -> Health:
    """Answer at once, whatever else the service does."""
    return Health()


@router.get(
    "/readyz",
    responses={503: {"model": Readiness, "description": "Something is missing."}},
    summary="Whether it can do its work",
)
async def readyz(response: Response, probe: Annotated[Probe, Depends(_probe_of)]) -> Readiness:
    """Look at the store, the model's server and the queue. 503 where one of them fails; the log tells why."""
    found = await probe.look()
    response.status_code = 200 if found.is_ready else 503
    return found


@router.get(
    "/metrics",
    response_class=Response,
    responses=documented(NotFound)
    | {200: {"description": "Prometheus's text form.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    summary="Metrics for Prometheus",
)
async def metrics(tenant: Tenant, hub: Annotated[Hub, Depends(hub_of)]) -> Response:
    """Questions, tokens, seconds, queue, cache, malformed replies, memory: of all tenants, so only for the operator.

    Where keys are asked for, that is a key of the tenant `local`.
    """
    if tenant != LOCAL:
        raise NotFound("There are no metrics for this key.")
    return Response(hub.metrics.exposition(), media_type=MEDIA_TYPE)
