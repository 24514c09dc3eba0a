"""What is meant where no collection or tenant is named. By itself, so that the command line starts without the rest."""

from pathlib import Path

DEFAULT_COLLECTION = "default"

LOCAL_TENANT = "local"
"""The tenant that has the data folder itself: what the command line adds is its."""


def tenant_folder(root: Path, tenant: str) -> Path:
    """Return a tenant's data folder in that of the service."""
    return root if tenant == LOCAL_TENANT else root / "tenants" / tenant
