"""The tables that a database on a PostgreSQL server has besides those of schema.py.

They hold what lies beside the database, or in SQLite's own index, where there is a data folder: original files, the
lexical index, the model's cached replies. Owns their shape only.
"""

from sqlalchemy import ARRAY, BigInteger, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

identity = Table("identity", metadata, Column("store_id", String, primary_key=True))
"""One row: what tells this store from every other one, so that a worker's caches are never taken for another's."""

moving = Table(
    "moving",
    metadata,
    Column("name", String, primary_key=True),
    Column("place", BigInteger, nullable=False),
)
"""Rows only while a data folder is moved here: from where, and how far each table is; see moving.py."""

files = Table(
    "files",
    metadata,
    Column("content_hash", String, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""Original files, cut into parts, so that one can be read in pieces."""

worded_documents = Table(
    "worded_documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("passage_count", Integer, nullable=False),
    Column("word_count", Integer, nullable=False),
)
"""The documents that are in the lexical index, and how much of each."""

document_words = Table(
    "document_words",
    metadata,
    Column("term", Text, primary_key=True),
    Column("document_id", String, primary_key=True),
    # A place in each array for a passage with the word: its row id, how often, and how long the passage is in words.
    Column("row_ids", ARRAY(Integer), nullable=False),
    Column("counts", ARRAY(Integer), nullable=False),
    Column("sizes", ARRAY(Integer), nullable=False),
)
"""The lexical index: where in a document each of its words stands."""

replies = Table(
    "replies",
    metadata,
    Column("key", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("finish_reason", String, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("used", Float, nullable=False, index=True),
)

reply_documents = Table(
    "reply_documents",
    metadata,
    # No foreign key: a reply is made from rows that may be gone when it comes.
    Column("document_id", String, primary_key=True),
    Column("key", ForeignKey("replies.key", ondelete="CASCADE"), primary_key=True, index=True),
)
