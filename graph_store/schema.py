"""The tables of a data folder's database. Owns their shape only: opening is database.py, changing is migrations/."""

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0003"
"""The newest migration. An open database that stands here needs none run."""

metadata = MetaData()


def _document_key(**options: Any) -> Column[str]:
    return Column("document_id", ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False, **options)


collections = Table(
    "collections",
    metadata,
    Column("collection_id", Integer, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("name", String, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    UniqueConstraint("tenant", "name"),
    # A number is never used twice: index files are named after it.
    sqlite_autoincrement=True,
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("collection_id", ForeignKey("collections.collection_id", ondelete="CASCADE"), nullable=False),
    Column("content_hash", String, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("media_type", String, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Column("notes_kind", String, nullable=False),
    Column("created", Float, nullable=False),
    UniqueConstraint("collection_id", "content_hash"),
)

pages = Table(
    "pages",
    metadata,
    _document_key(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
)

headings = Table(
    "headings",
    metadata,
    _document_key(primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("level", Integer, nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("chunk_id", String, primary_key=True),
    _document_key(),
    Column("position", Integer, nullable=False),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("first_page", Integer, nullable=False),
    Column("last_page", Integer, nullable=False),
    Column("token_count", Integer, nullable=False),
    Column("section", Text, nullable=False),
    # Empty until the chunk's notes are stored: the ingest loop is over the chunks where it is.
    Column("notes_kind", String),
    Column("dropped_count", Integer, nullable=False, default=0),
    UniqueConstraint("document_id", "position"),
)

passages = Table(
    "passages",
    metadata,
    Column("row_id", Integer, primary_key=True),
    Column("passage_id", String, nullable=False, unique=True),
    Column("chunk_id", ForeignKey("chunks.chunk_id", ondelete="CASCADE"), nullable=False),
    _document_key(index=True),
    Column("number", Integer, nullable=False),
    Column("span_start", Integer, nullable=False),
    Column("span_end", Integer, nullable=False),
    Column("vector", LargeBinary),
    Column("embedder", String),
    UniqueConstraint("chunk_id", "number"),
    # Saved vector indexes know passages by row_id, so that none may come back as another.
    sqlite_autoincrement=True,
)

facts = Table(
    "facts",
    metadata,
    Column("fact_id", String, primary_key=True),
    Column("chunk_id", ForeignKey("chunks.chunk_id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("span_start", Integer),
    Column("span_end", Integer),
    UniqueConstraint("chunk_id", "position"),
)

key_elements = Table(
    "key_elements",
    metadata,
    Column("fact_id", ForeignKey("facts.fact_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("surface", Text, nullable=False),
)

merged_keys = Table(
    "merged_keys",
    metadata,
    _document_key(primary_key=True),
    Column("key", Text, primary_key=True),
    Column("node", Text, nullable=False),
)

traces = Table(
    "traces",
    metadata,
    Column("trace_id", String, primary_key=True),
    Column("collection_id", ForeignKey("collections.collection_id", ondelete="CASCADE"), nullable=False),
    Column("created", Float, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("payload", Text, nullable=False),
)

trace_documents = Table(
    "trace_documents",
    metadata,
    Column("trace_id", ForeignKey("traces.trace_id", ondelete="CASCADE"), primary_key=True),
    # No foreign key: the link outlives the document, so that the trace can say what is gone.
    Column("document_id", String, primary_key=True),
    Index("ix_trace_documents_document_id", "document_id"),
)

chats = Table(
    "chats",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("collection_id", ForeignKey("collections.collection_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("created", Float, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("chat_id", ForeignKey("chats.chat_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    Column("question", Text, nullable=False),
    Column("standalone", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("trace_id", String, nullable=False),
    Column("status", String, nullable=False),
)

turn_documents = Table(
    "turn_documents",
    metadata,
    Column("chat_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    # No foreign key, as in trace_documents.
    Column("document_id", String, primary_key=True),
    ForeignKeyConstraint(["chat_id", "number"], ["turns.chat_id", "turns.number"], ondelete="CASCADE"),
    Index("ix_turn_documents_document_id", "document_id"),
)
