"""The lexical index: the passages of ready documents by their words, ranked by BM25.

Lives in the store's database and changes in its transactions: in SQLite's FTS5 (fts_words.py), and with PostgreSQL in a
table of our own (word_rows.py) that ranks alike. Words are stemmed (Porter) and folded (case, accents). Word
frequencies are those of the whole database, not of one collection: ranks differ a little, hits never.
"""

import re
from collections.abc import Iterable
from types import ModuleType

from sqlalchemy import Connection

from . import catalog, documents, fts_words, word_rows
from .chunk import Passage
from .english import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_]+")
_MAX_WORDS = 64


def add_passages(
    connection: Connection, collection_id: int, document_text: str, passages: Iterable[tuple[int, Passage]]
) -> None:
    """Index a document's passages, given with their row ids."""
    listed = list(passages)
    if listed:
        _index(connection).add_passages(connection, collection_id, document_text, listed)


def remove_passages(
    connection: Connection, collection_id: int, document_text: str, passages: Iterable[tuple[int, Passage]]
) -> None:
    """Take out what ``add_passages`` put in with the same arguments, so that no word of it stays."""
    listed = list(passages)
    if listed:
        _index(connection).remove_passages(connection, collection_id, document_text, listed)


def rebuild(connection: Connection) -> None:
    """Make the index anew from all ready documents."""
    _index(connection).clear(connection)
    for collection_id in catalog.collection_ids(connection):
        for document, cut in documents.load_ready(connection, collection_id):
            add_passages(connection, collection_id, document.text, cut)


def search_words(
    connection: Connection, collection_id: int, query: str, limit: int, document_ids: frozenset[str] | None = None
) -> list[tuple[int, float]]:
    """Find passages that hold words of the query.

    Args:
        query: any text; nothing in it is an operator.
        limit: the most hits.
        document_ids: search only these, any texts; None searches the whole collection.

    Returns:
        Row ids and BM25 scores (higher is better), best first. Empty if the query has no word.

    Source:
        Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009; as built into FTS5.
    """
    words = (telling_words(query) or _WORD.findall(query))[:_MAX_WORDS]
    if document_ids is not None:
        # A client may send any text; an id has letters and digits alone, so nothing in it is an operator either.
        document_ids = frozenset(document_id for document_id in document_ids if document_id.isalnum())
    if not words or document_ids == frozenset():
        return []
    return _index(connection).search(connection, collection_id, words, limit, document_ids)


def telling_words(text: str) -> list[str]:
    """Return the distinct words of a text in lower case, in order, without those that say nothing ("of", "the")."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text))
    return [word for word in words if word not in FUNCTION_WORDS]


def _index(connection: Connection) -> ModuleType:
    return word_rows if connection.dialect.name == "postgresql" else fts_words
