"""Chats and their turns.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    collection = sa.ForeignKey("collections.collection_id", ondelete="CASCADE")
    chat = sa.ForeignKey("chats.chat_id", ondelete="CASCADE")
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.String, primary_key=True),
        sa.Column("collection_id", sa.Integer, collection, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_table(
        "turns",
        sa.Column("chat_id", sa.String, chat, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("standalone", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("trace_id", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
    )
    op.create_table(
        "turn_documents",
        sa.Column("chat_id", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("document_id", sa.String, primary_key=True),
        sa.ForeignKeyConstraint(["chat_id", "number"], ["turns.chat_id", "turns.number"], ondelete="CASCADE"),
        sa.Index("ix_turn_documents_document_id", "document_id"),
    )
