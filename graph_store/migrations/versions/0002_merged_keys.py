"""Key elements of a document that are the same though written differently.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. Documents that are there keep the nodes they have: nothing in it means nothing merged."""
    document = sa.ForeignKey("documents.document_id", ondelete="CASCADE")
    op.create_table(
        "merged_keys",
        sa.Column("document_id", sa.String, document, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("node", sa.Text, nullable=False),
    )
