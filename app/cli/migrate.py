"""`longreader migrate`: a data folder, with all tenants, into a PostgreSQL database."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...graph_store.errors import ConfigurationError, StoreError
from .opening import load_settings
from .screen import cell, notices, plain, results, table

if TYPE_CHECKING:
    from ...graph_store.moving_check import Compared

_DIGITS = 12


def migrate(
    to: Annotated[
        str,
        typer.Option(metavar="URL", help="The database; default: LONGREADER_DATABASE_URL.", show_default=False),
    ] = "",
) -> None:
    """Move the data folder into a PostgreSQL database and compare both. Cut off, run it again; the folder stays."""
    from ..migrate import migrate as move

    settings = load_settings()
    url = to or (settings.database_url.get_secret_value() if settings.database_url else "")
    if not url:
        raise ConfigurationError("No database is named.", hint="Give --to postgresql://user:password@host/database.")
    screen = notices()
    moved = move(settings.data_folder, url, lambda tenant, name: screen.print(f"{plain(tenant)}: {name}", style="dim"))
    rows = table("Tenant", "Table", "Before", "After", "Digest", numbers=("Before", "After"), cut="Tenant")
    for tenant, tables in [*moved.tenants.items(), ("", moved.shared)]:
        for one in tables:
            rows.add_row(cell(tenant), one.table, *_told(one))
    results().print(rows)
    if not moved.is_equal:
        raise StoreError(
            "What arrived is not what was there.", hint="Give an empty database, and let nothing use the folder."
        )
    results().print("moved; set LONGREADER_DATABASE_URL to read there from now on", soft_wrap=True)


def _told(one: "Compared") -> tuple[str, str, str]:
    digest = one.before.digest[:_DIGITS]
    same = digest if one.before.digest == one.after.digest else f"{digest} ≠ {one.after.digest[:_DIGITS]}"
    return f"{one.before.count:,}", f"{one.after.count:,}", same
