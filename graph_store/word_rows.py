"""The lexical index in PostgreSQL: for each word of a document the passages that hold it, ranked in SQL as FTS5 does.

PostgreSQL's own text search stems otherwise and has no BM25. So words are cut, folded and stemmed by SQLite's
tokenizer, in memory, and the score is FTS5's formula with its constants. One thing differs: a word of the query that
SQLite's tokenizer cuts into several (letters newer than its Unicode 6.1) is found by each of them, not only by all in
a row.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, text

from .chunk import Passage
from .postgres_schema import document_words, worded_documents

_SCOPE_WORDS = 2
"""In FTS5 a column for the collection and the document counts as words of the passage, so it does here."""

_K1, _B = 1.2, 0.75
_LEAST_RARITY = 1e-6

_SEARCH = text(f"""
WITH query AS (SELECT * FROM unnest(CAST(:terms AS text[])) WITH ORDINALITY AS q(term, place)),
total AS (
    SELECT sum(passage_count)::float8 AS passages, sum(word_count)::float8 / sum(passage_count) AS mean_size
    FROM worded_documents
),
posting AS (SELECT * FROM document_words WHERE term = ANY(CAST(:terms AS text[]))),
rarity AS (
    SELECT term, CASE WHEN idf > 0 THEN idf ELSE {_LEAST_RARITY} END AS idf FROM (
        SELECT term, ln((total.passages - held + 0.5) / (held + 0.5)) AS idf
        FROM (SELECT term, sum(cardinality(row_ids))::float8 AS held FROM posting GROUP BY term) AS p, total
    ) AS r
),
hit AS (
    SELECT posting.term, u.row_id, u.held::float8 AS held, u.size::float8 AS size
    FROM posting JOIN documents USING (document_id), unnest(row_ids, counts, sizes) AS u(row_id, held, size)
    WHERE documents.collection_id = :collection_id
    AND (CAST(:document_ids AS text[]) IS NULL OR document_id = ANY(CAST(:document_ids AS text[])))
)
SELECT row_id, sum(
    idf * ((held * ({_K1} + 1.0)) / (held + {_K1} * (1 - {_B} + {_B} * size / mean_size))) ORDER BY place
) AS score
FROM hit JOIN rarity USING (term) JOIN query USING (term), total
GROUP BY row_id ORDER BY score DESC, row_id LIMIT :limit
""")


@dataclass(slots=True)
class _Places:
    """Where a word stands in a document."""

    row_ids: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def add_passages(
    connection: Connection, _collection_id: int, document_text: str, passages: Sequence[tuple[int, Passage]]
) -> None:
    """Index the passages of a document, given with their row ids, in place of those that it had."""
    document_id = passages[0][1].document_id
    _remove(connection, document_id)
    counted = _count_words([(row_id, passage.span.of(document_text)) for row_id, passage in passages])
    words: defaultdict[str, _Places] = defaultdict(_Places)
    word_count = 0
    for row_id, counts in counted.items():
        size = sum(counts.values()) + _SCOPE_WORDS
        word_count += size
        for term, count in counts.items():
            places = words[term]
            places.row_ids.append(row_id)
            places.counts.append(count)
            places.sizes.append(size)
    told = {"document_id": document_id, "passage_count": len(passages), "word_count": word_count}
    connection.execute(insert(worded_documents).values(told))
    rows = [
        {"term": term, "document_id": document_id, "row_ids": p.row_ids, "counts": p.counts, "sizes": p.sizes}
        for term, p in words.items()
    ]
    if rows:
        connection.execute(insert(document_words), rows)


def remove_passages(
    connection: Connection, _collection_id: int, _text: str, passages: Sequence[tuple[int, Passage]]
) -> None:
    """Take out the passages of a document."""
    _remove(connection, passages[0][1].document_id)


def clear(connection: Connection) -> None:
    """Begin an empty index."""
    for table in (document_words, worded_documents):
        connection.execute(delete(table))


def search(
    connection: Connection, collection_id: int, words: Sequence[str], limit: int, document_ids: frozenset[str] | None
) -> list[tuple[int, float]]:
    """Return the row ids of passages that hold one of the words, with their scores, best first."""
    only = None if document_ids is None else sorted(document_ids)
    wanted = {"terms": _terms(words), "collection_id": collection_id, "document_ids": only, "limit": limit}
    return [(row_id, score) for row_id, score in connection.execute(_SEARCH, wanted)]


def _remove(connection: Connection, document_id: str) -> None:
    for table in (document_words, worded_documents):
        connection.execute(delete(table).filter_by(document_id=document_id))


def _terms(words: Sequence[str]) -> list[str]:
    """Return the terms of words, in order; two words may have the same, and then it counts twice, as in FTS5."""
    counted = _count_words(list(enumerate(words)))
    return [term for number in range(len(words)) for term in counted[number]]


def _count_words(texts: Sequence[tuple[int, str]]) -> dict[int, dict[str, int]]:
    """Return how often each text holds each term, by the text's number."""
    counted: dict[int, dict[str, int]] = {number: {} for number, _ in texts}
    with closing(sqlite3.connect(":memory:")) as driver:
        driver.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='porter unicode61')")
        driver.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(words, 'instance')")
        driver.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", texts)
        for number, term, count in driver.execute("SELECT doc, term, count(*) FROM terms GROUP BY doc, term"):
            counted[number][term] = count
    return counted
