"""Moves a service's data folder, with the folders of all its tenants, into a PostgreSQL database.

The folder is left as it is. What a service keeps for a time only (jobs that have ended, answers by idempotency key)
stays behind; while jobs wait, nothing is moved. A tenant's rows are graph_store/moving.py's, the keys are taken here.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..graph_store.errors import ConfigurationError, StoreError
from ..graph_store.moving import end_moves, move_store
from ..graph_store.moving_check import Compared, sum_rows
from ..graph_store.postgres import PostgresDatabase, tenant_schema
from ..graph_store.sqlite import FILE_NAME
from ..graph_store.store import Store
from .naming import LOCAL_TENANT, tenant_folder

_ENDED = ("done", "failed", "cancelled")
_KEY_COLUMNS = ("key_id", "tenant", "label", "hash", "created", "revoked")


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move: for each tenant its tables, and those that no tenant has."""

    tenants: dict[str, tuple[Compared, ...]]
    shared: tuple[Compared, ...]

    @property
    def is_equal(self) -> bool:
        """Whether nothing is missing or changed."""
        tables = [table for tables in self.tenants.values() for table in tables]
        return all(table.is_equal for table in (*tables, *self.shared))


def migrate(folder: Path, url: str, report: Callable[[str, str], None]) -> Moved:
    """Move a data folder into an empty database; cut off, the same call goes on.

    Args:
        folder: the service's data folder, which nobody has open.
        url: the database.
        report: told the tenant and what is being moved.

    Raises:
        StoreLocked: the folder is open.
        StoreError: there is nothing in it, jobs wait in it, the database holds other documents, or what arrived is not
            what was there.
        ConfigurationError: the URL is none of PostgreSQL, or psycopg is not installed.
    """
    if not (folder / FILE_NAME).exists():
        raise StoreError(f"{folder} holds no documents.", hint="Name the data folder: LONGREADER_DATA_FOLDER.")
    tenants = [LOCAL_TENANT, *sorted(path.name for path in (folder / "tenants").glob("*") if path.is_dir())]
    with ExitStack() as opened:
        # The lock of the service's folder stands for those of its tenants, which are opened one after the other.
        local = opened.enter_context(Store.open(folder))
        _require_no_jobs(folder)
        moved: dict[str, tuple[Compared, ...]] = {}
        for tenant in tenants:
            place = tenant_folder(folder, tenant)
            if tenant == LOCAL_TENANT:
                moved[tenant] = _move(local, place, url, tenant, report)
            elif (place / FILE_NAME).exists():
                with Store.open(place) as store:
                    moved[tenant] = _move(store, place, url, tenant, report)
        result = Moved(moved, _move_keys(folder, url))
        if result.is_equal:
            with closing(PostgresDatabase(url, tenant_schema(LOCAL_TENANT))) as database:
                end_moves(database, map(tenant_schema, moved))
        return result


def _move(
    store: Store, folder: Path, url: str, tenant: str, report: Callable[[str, str], None]
) -> tuple[Compared, ...]:
    with closing(PostgresDatabase(url, tenant_schema(tenant))) as database:
        replies = folder / "replies.sqlite"
        return tuple(move_store(store, replies, database, lambda table: report(tenant, table)))


def _require_no_jobs(folder: Path) -> None:
    kept = [json.loads(path.read_bytes()) for path in (folder / "jobs").glob("*.json")]
    if waiting := sum(job.get("status") not in _ENDED for job in kept):
        hint = "Start the service once more and let them end, or cancel them."
        raise StoreError(f"{waiting} jobs wait in {folder}, and would be lost.", hint=hint)


def _move_keys(folder: Path, url: str) -> tuple[Compared, ...]:
    rows = _keys(folder)
    if not rows:
        return ()
    from sqlalchemy import select
    from sqlalchemy.dialects.postgresql import insert

    try:
        from .workers.tables import keys, open_shared  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise ConfigurationError("The service is not installed.", hint="pip install 'longreader[service]'") from error

    columns = [keys.c[name] for name in _KEY_COLUMNS]
    with closing(open_shared(url)) as database:
        with database.writing() as connection:
            for row in rows:
                # What was revoked since a first run is revoked now.
                stored = insert(keys).values(row)
                newer = stored.on_conflict_do_update(index_elements=["key_id"], set_={"revoked": row["revoked"]})
                connection.execute(newer)
        with database.reading() as connection:
            there = [tuple(row) for row in connection.execute(select(*columns))]
    before = sum_rows(tuple(row[name] for name in _KEY_COLUMNS) for row in rows)
    return (Compared("keys", before, sum_rows(there)),)


def _keys(folder: Path) -> list[dict[str, Any]]:
    path = folder / "service.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as driver:
        found = driver.execute(f"SELECT {', '.join(_KEY_COLUMNS)} FROM key ORDER BY key_id").fetchall()
    return [dict(zip(_KEY_COLUMNS, row, strict=True)) for row in found]
