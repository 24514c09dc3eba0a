"""First tables, and the lexical index.

Revision ID: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _document_key(**options: Any) -> "sa.Column[str]":
    target = sa.ForeignKey("documents.document_id", ondelete="CASCADE")
    return sa.Column("document_id", sa.String, target, nullable=False, **options)


def _span() -> "list[sa.Column[int]]":
    return [sa.Column("span_start", sa.Integer, nullable=False), sa.Column("span_end", sa.Integer, nullable=False)]


def upgrade() -> None:
    """Create everything."""
    _create_documents()
    _create_chunks()
    _create_notes()
    _create_traces()
    if op.get_bind().dialect.name == "sqlite":
        # Contentless: the words are in documents.text already. `scope` holds the collection and document.
        op.execute(
            "CREATE VIRTUAL TABLE passage_words USING fts5(scope, text, content='', tokenize='porter unicode61')"
        )
    else:
        _create_what_lies_beside_a_file()


def _create_documents() -> None:
    op.create_table(
        "collections",
        sa.Column("collection_id", sa.Integer, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("tenant", "name"),
        sqlite_autoincrement=True,
    )
    collection = sa.ForeignKey("collections.collection_id", ondelete="CASCADE")
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String, primary_key=True),
        sa.Column("collection_id", sa.Integer, collection, nullable=False),
        sa.Column("content_hash", sa.String, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("page_count", sa.Integer, nullable=False),
        sa.Column("word_count", sa.Integer, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("notes_kind", sa.String, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.UniqueConstraint("collection_id", "content_hash"),
    )
    number = sa.Column("number", sa.Integer, primary_key=True)
    op.create_table("pages", _document_key(primary_key=True), number, *_span())
    position = sa.Column("position", sa.Integer, primary_key=True)
    level = sa.Column("level", sa.Integer, nullable=False)
    op.create_table("headings", _document_key(primary_key=True), position, *_span(), level)


def _create_chunks() -> None:
    op.create_table(
        "chunks",
        sa.Column("chunk_id", sa.String, primary_key=True),
        _document_key(),
        sa.Column("position", sa.Integer, nullable=False),
        *_span(),
        sa.Column("first_page", sa.Integer, nullable=False),
        sa.Column("last_page", sa.Integer, nullable=False),
        sa.Column("token_count", sa.Integer, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("notes_kind", sa.String),
        sa.Column("dropped_count", sa.Integer, nullable=False),
        sa.UniqueConstraint("document_id", "position"),
    )
    op.create_table(
        "passages",
        sa.Column("row_id", sa.Integer, primary_key=True),
        sa.Column("passage_id", sa.String, nullable=False, unique=True),
        sa.Column("chunk_id", sa.String, sa.ForeignKey("chunks.chunk_id", ondelete="CASCADE"), nullable=False),
        _document_key(index=True),
        sa.Column("number", sa.Integer, nullable=False),
        *_span(),
        sa.Column("vector", sa.LargeBinary),
        sa.Column("embedder", sa.String),
        sa.UniqueConstraint("chunk_id", "number"),
        sqlite_autoincrement=True,
    )


def _create_notes() -> None:
    op.create_table(
        "facts",
        sa.Column("fact_id", sa.String, primary_key=True),
        sa.Column("chunk_id", sa.String, sa.ForeignKey("chunks.chunk_id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("span_start", sa.Integer),
        sa.Column("span_end", sa.Integer),
        sa.UniqueConstraint("chunk_id", "position"),
    )
    op.create_table(
        "key_elements",
        sa.Column("fact_id", sa.String, sa.ForeignKey("facts.fact_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("surface", sa.Text, nullable=False),
    )


def _create_traces() -> None:
    collection = sa.ForeignKey("collections.collection_id", ondelete="CASCADE")
    op.create_table(
        "traces",
        sa.Column("trace_id", sa.String, primary_key=True),
        sa.Column("collection_id", sa.Integer, collection, nullable=False),
        sa.Column("created", sa.Float, nullable=False, index=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
    op.create_table(
        "trace_documents",
        sa.Column("trace_id", sa.String, sa.ForeignKey("traces.trace_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("document_id", sa.String, primary_key=True, index=True),
    )


def _create_what_lies_beside_a_file() -> None:
    """Create what PostgreSQL needs for files, the lexical index and cached replies; see postgres_schema.py."""
    op.create_table("identity", sa.Column("store_id", sa.String, primary_key=True))
    op.execute("INSERT INTO identity VALUES (md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text))")
    op.create_table(
        "moving",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("place", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "files",
        sa.Column("content_hash", sa.String, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    # Most originals hardly shrink.
    op.execute("ALTER TABLE files ALTER COLUMN data SET STORAGE EXTERNAL")
    _create_words()
    _create_replies()


def _create_words() -> None:
    op.create_table(
        "worded_documents",
        _document_key(primary_key=True),
        sa.Column("passage_count", sa.Integer, nullable=False),
        sa.Column("word_count", sa.Integer, nullable=False),
    )
    op.create_table(
        "document_words",
        sa.Column("term", sa.Text(collation="C"), primary_key=True),
        _document_key(primary_key=True, index=True),
        sa.Column("row_ids", sa.ARRAY(sa.Integer), nullable=False),
        sa.Column("counts", sa.ARRAY(sa.Integer), nullable=False),
        sa.Column("sizes", sa.ARRAY(sa.Integer), nullable=False),
    )


def _create_replies() -> None:
    op.create_table(
        "replies",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("finish_reason", sa.String, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("used", sa.Float, nullable=False, index=True),
    )
    reply = sa.ForeignKey("replies.key", ondelete="CASCADE")
    op.create_table(
        "reply_documents",
        sa.Column("document_id", sa.String, primary_key=True),
        sa.Column("key", sa.String, reply, primary_key=True, index=True),
    )
