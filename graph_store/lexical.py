"""The lexical index: SQLite FTS5 over the passages of ready documents, ranked by BM25.

Lives in the store's database and changes in its transactions. Words are stemmed (Porter) and folded (case, accents).
Word frequencies are those of the whole database, not of one collection: ranks differ a little, hits never.
"""

import re
from collections.abc import Iterable

from sqlalchemy import Connection, text

from . import catalog, documents
from .chunk import Passage
from .english import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_]+")
_MAX_WORDS = 64

_CREATE = text("CREATE VIRTUAL TABLE passage_words USING fts5(scope, text, content='', tokenize='porter unicode61')")
_DROP = text("DROP TABLE IF EXISTS passage_words")
_INSERT = text("INSERT INTO passage_words(rowid, scope, text) VALUES (:row_id, :scope, :words)")
_DELETE = text(
    "INSERT INTO passage_words(passage_words, rowid, scope, text) VALUES ('delete', :row_id, :scope, :words)"
)
_MERGE = text("INSERT INTO passage_words(passage_words) VALUES ('optimize')")
_SEARCH = text(
    "SELECT rowid, -bm25(passage_words, 0.0, 1.0) FROM passage_words WHERE passage_words MATCH :query "
    "ORDER BY bm25(passage_words, 0.0, 1.0), rowid LIMIT :limit"
)


def add_passages(
    connection: Connection, collection_id: int, document_text: str, passages: Iterable[tuple[int, Passage]]
) -> None:
    """Index a document's passages, given with their row ids."""
    rows = _rows(collection_id, document_text, passages)
    if rows:
        connection.execute(_INSERT, rows)


def remove_passages(
    connection: Connection, collection_id: int, document_text: str, passages: Iterable[tuple[int, Passage]]
) -> None:
    """Take out what ``add_passages`` put in with the same arguments, so that no word of it stays in the file."""
    rows = _rows(collection_id, document_text, passages)
    if rows:
        connection.execute(_DELETE, rows)
        # A deletion in FTS5 is a mark; the words go when the segments are merged.
        connection.execute(_MERGE)


def rebuild(connection: Connection) -> None:
    """Make the index anew from all ready documents."""
    connection.execute(_DROP)
    connection.execute(_CREATE)
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
        document_ids: search only these; None searches the whole collection.

    Returns:
        Row ids and BM25 scores (higher is better), best first. Empty if the query has no word.

    Source:
        Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009; as built into FTS5.
    """
    words = _query_words(query)
    if not words or document_ids == frozenset():
        return []
    scope = _scope(collection_id)
    if document_ids is not None:
        scope = f"{scope} AND ({' OR '.join(sorted(document_ids))})"
    match = f"scope : ({scope}) AND text : ({' OR '.join(words)})"
    rows = connection.execute(_SEARCH, {"query": match, "limit": limit})
    return [(row_id, score) for row_id, score in rows]


def telling_words(text: str) -> list[str]:
    """Return the distinct words of a text in lower case, in order, without those that say nothing ("of", "the")."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text))
    return [word for word in words if word not in FUNCTION_WORDS]


def _query_words(query: str) -> list[str]:
    # In quotes a word is a word, also where it is called AND, NEAR or NOT.
    return [f'"{word}"' for word in (telling_words(query) or _WORD.findall(query))[:_MAX_WORDS]]


def _scope(collection_id: int) -> str:
    return f"collection{collection_id}"


def _rows(collection_id: int, document_text: str, passages: Iterable[tuple[int, Passage]]) -> list[dict[str, object]]:
    return [
        {
            "row_id": row_id,
            "scope": f"{_scope(collection_id)} {passage.document_id}",
            "words": passage.span.of(document_text),
        }
        for row_id, passage in passages
    ]
