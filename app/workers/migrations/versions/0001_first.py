"""The first tables.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "workers",
        sa.Column("worker_id", sa.String, primary_key=True),
        sa.Column("seen", sa.Double, nullable=False),
    )
    _create_jobs()
    op.create_table(
        "keys",
        sa.Column("key_id", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("revoked", sa.Double),
    )
    op.create_table(
        "requests",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("worker_id", sa.String, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
    op.create_table(
        "allowances",
        sa.Column("key_id", sa.String, primary_key=True),
        sa.Column("questions", sa.Double, nullable=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("filled", sa.Double, nullable=False),
    )


def _create_jobs() -> None:
    op.execute("CREATE SEQUENCE job_numbers")
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("collection", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("worker_id", sa.String),
        sa.Column("stages", sa.Text),
        sa.Column("stop", sa.String),
    )
    op.create_index("ix_jobs_tenant_number", "jobs", ["tenant", "number"])
    op.create_index("ix_jobs_status", "jobs", ["status"])
    op.create_table(
        "uploads",
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
    )
