"""The tables that workers share, in a schema of their own. Owns their shape only; migrations/ makes them.

Times are the server's seconds since 1970, so that the clocks of machines need not agree.
"""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    cast,
    func,
)

from ...graph_store.postgres import PostgresDatabase

SCHEMA = "longreader_service"
MIGRATIONS = Path(__file__).parent / "migrations"

metadata = MetaData()

workers = Table(
    "workers",
    metadata,
    Column("worker_id", String, primary_key=True),
    Column("seen", Double, nullable=False),
)
"""The processes that run, and when each last said so."""

job_numbers = Sequence("job_numbers", metadata=metadata)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", String, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("tenant", String, nullable=False),
    Column("collection", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("record", Text, nullable=False),
    # Which worker has it, or had it at its end; while it runs, how far it is and whether it is to be stopped.
    Column("worker_id", String),
    Column("stages", Text),
    Column("stop", String),
)

uploads = Table(
    "uploads",
    metadata,
    # No foreign key: the upload is there before its job.
    Column("job_id", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("created", Double, nullable=False),
)
"""The files of jobs that wait or run, cut into parts."""

keys = Table(
    "keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("label", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("created", Double, nullable=False),
    Column("revoked", Double),
)

requests = Table(
    "requests",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", String, nullable=False),
    # Without a result it is being served, by this worker.
    Column("result", Text),
    Column("worker_id", String, nullable=False),
    Column("created", Double, nullable=False),
)
"""What came of requests with an idempotency key."""

allowances = Table(
    "allowances",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("questions", Double, nullable=False),
    Column("tokens", Double, nullable=False),
    Column("filled", Double, nullable=False),
)
"""What is left of each key's questions and tokens, and as of when."""

NOW = cast(func.extract("epoch", func.clock_timestamp()), Double)


def open_shared(url: str) -> PostgresDatabase:
    """Return the schema that workers share; a missing one is made.

    Raises:
        ConfigurationError: the URL is none of PostgreSQL, or psycopg is not installed.
        StoreError: the server cannot be reached, or refuses.
    """
    return PostgresDatabase(url, SCHEMA, MIGRATIONS)
