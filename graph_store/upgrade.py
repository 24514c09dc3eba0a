"""Brings a database to the newest schema, by Alembic's revisions in migrations/."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from .errors import StoreError, StoreTooNew
from .schema import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up(engine: Engine, path: Path) -> None:
    """Create the tables of a new database; upgrade an older one, in one transaction.

    Until that has succeeded, a copy of the older one lies beside it.

    Raises:
        StoreTooNew: a newer version wrote it; it is left as it is.
        StoreError: an upgrade broke a link between rows; the database is as before.
    """
    with engine.connect() as connection, connection.begin():
        revision = _revision(connection)
    if revision == REVISION:
        return
    copy = copy_before_upgrade(path)
    # One that was left by an upgrade that was cut off: the database itself is as whole as it was then.
    copy.unlink(missing_ok=True)
    with _without_foreign_keys(engine) as connection, connection.begin():
        if revision is not None:
            _require_known(connection, revision)
            _copy(path, copy)
        _run(connection)
        if broken := connection.execute(text("PRAGMA foreign_key_check")).fetchall():
            raise StoreError(f"upgrading {path} would have broken {len(broken)} links; it is as before", path=path)
    copy.unlink(missing_ok=True)


def bring_up_schema(connection: Connection, migrations: Path | None = None) -> None:
    """Create the tables of a new PostgreSQL schema, or upgrade older ones, in the caller's transaction.

    Args:
        connection: its search path is the schema, and no other process upgrades it at the same time.
        migrations: Alembic's folder, with ``env.py`` and ``versions``; default: the store's.

    Raises:
        StoreTooNew: a newer version wrote it; it is left as it is.
    """
    revision = _revision(connection)
    if revision is not None:
        _require_known(connection, revision, migrations)
    _run(connection, migrations)


def newest_revision(migrations: Path | None = None) -> str:
    """Return the newest revision of a folder of migrations; default: the store's."""
    if migrations is None:
        return REVISION
    return max(path.name.split("_")[0] for path in (migrations / "versions").glob("[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """Return the revision of a database, or None for a new one."""
    return _revision(connection)


def copy_before_upgrade(path: Path) -> Path:
    """Return where the copy of a database lies while it is upgraded."""
    return path.with_name(f"{path.name}.before-upgrade")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which a table can be made anew without its children being deleted with the old one."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        # The pragma does nothing inside a transaction.
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection.execution_options(immediate=True)
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _copy(path: Path, copy: Path) -> None:
    # A connection of its own: the upgrade's transaction, not yet begun to change anything, is no hindrance.
    reader = sqlite3.connect(path)
    try:
        reader.execute("VACUUM INTO ?", (str(copy),))
    finally:
        reader.close()


def _require_known(connection: Connection, revision: str, migrations: Path | None = None) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config(connection, migrations))
    known = {script.revision for script in scripts.walk_revisions()}
    if revision not in known:
        raise StoreTooNew(
            f"it was written by a newer longreader (revision {revision}, known up to {max(known)})",
            revision=revision,
        )


def _run(connection: Connection, migrations: Path | None = None) -> None:
    from alembic import command

    command.upgrade(_config(connection, migrations), "head")


def _config(connection: Connection, migrations: Path | None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations or MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
