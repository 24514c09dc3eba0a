"""Who asks: binds a request to its tenant, and hands routes that tenant's reader and no other."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from ..async_reader import AsyncReader
from ..jobs import Jobs
from .hub import LOCAL, Hub


def hub_of(request: Request) -> Hub:
    """Return the service's hub. Routes take `TenantReader` instead, which cannot reach another tenant."""
    return request.app.state.hub


_Hub = Annotated[Hub, Depends(hub_of)]


def _jobs_of(hub: _Hub) -> Jobs:
    return hub.jobs


AllJobs = Annotated[Jobs, Depends(_jobs_of)]
"""The jobs of all tenants: what is asked of them names the tenant."""


def tenant_of(_request: Request) -> str:
    """Return the id of the tenant that a request belongs to."""
    return LOCAL


async def _reader(hub: _Hub, tenant: Annotated[str, Depends(tenant_of)]) -> AsyncIterator[AsyncReader]:
    async with hub.reader(tenant) as reader:
        yield reader


Tenant = Annotated[str, Depends(tenant_of)]
"""The tenant's id."""

TenantReader = Annotated[AsyncReader, Depends(_reader)]
"""The tenant's reader, open until the response was sent to its end."""
