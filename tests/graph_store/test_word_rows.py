"""The lexical index on PostgreSQL, compared with that in SQLite."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from longreader.graph_store import chunk_rows, documents, lexical, schema
from longreader.graph_store.chunk import Chunk, Passage
from longreader.graph_store.database import Database
from longreader.graph_store.document import Document, Page, Span
from longreader.graph_store.postgres import PostgresDatabase
from longreader.graph_store.sqlite import SqliteDatabase
from sqlalchemy import insert, select

pytestmark = pytest.mark.postgres

COLLECTIONS = ("a", "b")
WORDS = (
    *"bridge bridges bridging Brücke naïve NAÏVE cafés the of and in 1888 3.14 AND OR NOT river rivers".split(),
    *"generalization oscillators running happily conflated iPhone e-mail l'été 東京 мост мосты Ångström x1 x2".split(),
)


@dataclass(frozen=True)
class Pair:
    """The same documents in both databases."""

    sqlite: Database
    postgres: Database
    document_ids: tuple[str, ...]

    def search(self, collection_id: int, query: str, only: frozenset[str] | None = None, limit: int = 20):
        found = []
        for database in (self.sqlite, self.postgres):
            with database.reading() as connection:
                found.append(lexical.search_words(connection, collection_id, query, limit, only))
        return found


@pytest.fixture(scope="module")
def pair(tmp_path_factory, postgres_server) -> Iterator[Pair]:
    url = postgres_server.make("longreader_words")
    sqlite = SqliteDatabase(tmp_path_factory.mktemp("words") / "longreader.sqlite")
    postgres = PostgresDatabase(url)
    made = [fill(database) for database in (sqlite, postgres)]
    assert made[0] == made[1]
    yield Pair(sqlite, postgres, made[0])
    for database in (sqlite, postgres):
        database.close()
    postgres_server.drop("longreader_words")


def fill(database: Database) -> tuple[str, ...]:
    """Store and index 12 documents of 1 to 9 passages, and delete every fourth again."""
    draw = random.Random(7)
    kept = []
    with database.writing() as connection:
        for name in COLLECTIONS:
            connection.execute(insert(schema.collections).values(tenant="local", name=name, version=0))
        for number in range(12):
            texts = [" ".join(draw.choices(WORDS, k=draw.randint(1, 60))) for _ in range(draw.randint(1, 9))]
            document_id, collection_id = f"d{number:010d}", 1 + number % 2
            cut = add(connection, collection_id, document_id, texts)
            if number % 4 == 3:
                lexical.remove_passages(connection, collection_id, "\n".join(texts), cut)
                documents.delete_rows(connection, document_id)
            else:
                kept.append(document_id)
    return tuple(kept)


def add(connection, collection_id: int, document_id: str, texts: list[str]) -> list[tuple[int, Passage]]:
    text = "\n".join(texts)
    whole = Span(0, len(text))
    document = Document(document_id, document_id, document_id, "text/plain", text, (Page(1, whole),), ())
    chunk = Chunk(f"{document_id}-0", document_id, 0, whole, 1, 1, 10, "")
    starts = [sum(len(one) + 1 for one in texts[:place]) for place in range(len(texts))]
    spans = [Span(start, start + len(one)) for start, one in zip(starts, texts, strict=True)]
    passages = [Passage(f"{chunk.chunk_id}-{i}", chunk.chunk_id, document_id, i, span) for i, span in enumerate(spans)]
    documents.insert_document(connection, collection_id, document, "a.txt", "extractive", [(chunk, passages)])
    cut = chunk_rows.load_passages(connection, schema.passages.c.document_id == document_id)
    lexical.add_passages(connection, collection_id, text, cut)
    return cut


def same(found) -> None:
    in_sqlite, in_postgres = found
    assert [row_id for row_id, _ in in_postgres] == [row_id for row_id, _ in in_sqlite]
    assert [score for _, score in in_postgres] == pytest.approx([score for _, score in in_sqlite], rel=1e-12)


@pytest.mark.parametrize("query", [*WORDS, " ".join(WORDS), "bridge bridging bridges", "river 東京 nothing"])
def test_the_same_passages_are_found_in_the_same_order_with_the_same_score(pair, query):
    for collection_id in (1, 2):
        same(pair.search(collection_id, query))
    assert pair.search(3, query) == [[], []]


def test_a_search_in_chosen_documents_is_the_same(pair):
    for only in (frozenset(pair.document_ids[:3]), frozenset({"d9"}), frozenset()):
        same(pair.search(1, "bridge river café", only, limit=3))


@given(query=st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=8).map(" ".join))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_finds_the_same(pair, query):
    same(pair.search(1, query))


def test_making_the_index_anew_changes_nothing(pair):
    before = pair.search(1, "bridge river")[1]
    with pair.postgres.writing() as connection:
        connection.execute(schema.documents.update().values(status="ready"))
        lexical.rebuild(connection)
    assert pair.search(1, "bridge river")[1] == before


def test_a_deleted_documents_words_are_gone(pair):
    with pair.postgres.reading() as connection:
        left = set(connection.scalars(select(lexical.word_rows.document_words.c.document_id)))
        assert left == set(pair.document_ids) == set(connection.scalars(select(schema.documents.c.document_id)))
