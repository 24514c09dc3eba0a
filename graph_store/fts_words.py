"""The lexical index in SQLite: FTS5, which stores no text of its own. What is found is lexical.py's to say."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from .chunk import Passage

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
    connection: Connection, collection_id: int, document_text: str, passages: Sequence[tuple[int, Passage]]
) -> None:
    """Index a document's passages, given with their row ids; at least one."""
    connection.execute(_INSERT, _rows(collection_id, document_text, passages))


def remove_passages(
    connection: Connection, collection_id: int, document_text: str, passages: Sequence[tuple[int, Passage]]
) -> None:
    """Take out what ``add_passages`` put in with the same arguments, so that no word of it stays in the file."""
    connection.execute(_DELETE, _rows(collection_id, document_text, passages))
    # A deletion in FTS5 is a mark; the words go when the segments are merged.
    connection.execute(_MERGE)


def clear(connection: Connection) -> None:
    """Begin an empty index."""
    connection.execute(_DROP)
    connection.execute(_CREATE)


def search(
    connection: Connection, collection_id: int, words: Sequence[str], limit: int, document_ids: frozenset[str] | None
) -> list[tuple[int, float]]:
    """Return the row ids of passages that hold one of the words, with their scores, best first."""
    scope = _scope(collection_id)
    if document_ids is not None:
        scope = f"{scope} AND ({' OR '.join(map(_quoted, sorted(document_ids)))})"
    wanted = " OR ".join(map(_quoted, words))
    rows = connection.execute(_SEARCH, {"query": f"scope : ({scope}) AND text : ({wanted})", "limit": limit})
    return [(row_id, score) for row_id, score in rows]


def _quoted(word: str) -> str:
    """Return a word as FTS5 takes it for one, also where it is called AND, NEAR or NOT."""
    return f'"{word}"'


def _scope(collection_id: int) -> str:
    return f"collection{collection_id}"


def _rows(collection_id: int, document_text: str, passages: Sequence[tuple[int, Passage]]) -> list[dict[str, object]]:
    return [
        {
            "row_id": row_id,
            "scope": f"{_scope(collection_id)} {passage.document_id}",
            "words": passage.span.of(document_text),
        }
        for row_id, passage in passages
    ]
