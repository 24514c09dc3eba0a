"""Whether the service runs."""

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """A sign of life."""

    status: str = "ok"


@router.get("/healthz", summary="Whether the process runs")
async def healthz() -> Health:
    """Answer at once, whatever else the service does."""
    return Health()
