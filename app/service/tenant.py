"""Who asks: binds a request to its tenant by its key, and hands routes that tenant's reader and no other."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ..async_reader import AsyncReader
from ..jobs import Jobs
from .hub import Hub
from .keys import KEY_ID, LOCAL
from .problems import Unauthorized

_bearer = HTTPBearer(
    scheme_name="key",
    description="A key made with `longreader keys add`. Not needed on loopback until the first one is made.",
    auto_error=False,
)


# Dependencies that wait for nothing are coroutines all the same: FastAPI runs plain functions in threads.
async def hub_of(request: Request) -> Hub:
    """Return the service's hub. Routes take `TenantReader` instead, which cannot reach another tenant."""
    return request.app.state.hub


_Hub = Annotated[Hub, Depends(hub_of)]


async def _jobs_of(hub: _Hub) -> Jobs:
    return hub.jobs


AllJobs = Annotated[Jobs, Depends(_jobs_of)]
"""The jobs of all tenants: what is asked of them names the tenant."""


async def tenant_of(hub: _Hub, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """Return the id of the tenant that a request belongs to.

    Raises:
        Unauthorized: keys are asked for, and it came with none in force.
    """
    key = await asyncio.to_thread(hub.keys.find, credentials.credentials) if credentials else None
    if key is not None:
        KEY_ID.set(key.key_id)
        return key.tenant
    if await asyncio.to_thread(hub.keys.are_needed, hub.settings.service.host):
        raise Unauthorized("This key is not in force." if credentials else "A key is needed.")
    return LOCAL


async def _reader(hub: _Hub, tenant: Annotated[str, Depends(tenant_of)]) -> AsyncIterator[AsyncReader]:
    async with hub.reader(tenant) as reader:
        yield reader


Tenant = Annotated[str, Depends(tenant_of)]
"""The tenant's id."""

TenantReader = Annotated[AsyncReader, Depends(_reader)]
"""The tenant's reader, open until the response was sent to its end."""
