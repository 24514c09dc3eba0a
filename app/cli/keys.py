"""`longreader keys`: who may use the service, and as which tenant."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .failure import Commands
from .opening import load_settings
from .screen import cell, notices, plain, results, table

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..service.keys import Keys

app = typer.Typer(cls=Commands, help="Make, list and revoke the keys of the service.", no_args_is_help=True)


def _keys() -> "AbstractContextManager[Keys]":
    from ..service.keys import opened_keys

    return opened_keys(load_settings())


@app.command("add")
def add(
    tenant: Annotated[
        str,
        typer.Argument(
            metavar="TENANT",
            help="Whose documents it opens; “local” are those of the command line. A new tenant has none yet.",
            show_default=False,
        ),
    ],
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Make a key for a tenant and print it, this once. From the first key on, the service asks for one."""
    with _keys() as keys:
        key, text = keys.make(tenant, label)
    notices().print(plain(f"Key {key.key_id} of tenant {tenant}. It is not shown again:"))
    results().print(plain(text), soft_wrap=True)


@app.command("list")
def list_keys() -> None:
    """List keys. Their texts are not stored."""
    with _keys() as opened:
        keys = opened.list()
    if not keys:
        notices().print("No key yet: longreader keys add TENANT", style="dim")
        return
    rows = table("Key", "Tenant", "Label", "Made", "Revoked", cut="Label")
    for key in keys:
        rows.add_row(key.key_id, key.tenant, cell(key.label), _day(key.created), _day(key.revoked))
    results().print(rows)


@app.command("revoke")
def revoke(
    key_id: Annotated[
        str, typer.Argument(metavar="KEY", help="As `longreader keys list` shows it.", show_default=False)
    ],
) -> None:
    """Revoke a key. A running service refuses it at once."""
    with _keys() as keys:
        keys.revoke(key_id)
    results().print(f"revoked  {plain(key_id)}")


def _day(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
