import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from longreader.graph_store.chunk import Passage
from longreader.graph_store.document import Span
from longreader.graph_store.lexical import add_passages, remove_passages, search_words, telling_words
from longreader.graph_store.sqlite import SqliteDatabase

TEXTS = {
    1: "The bridges of Porto were built by an engineer.",
    2: "A bridge fell. Nobody was hurt when the bridge fell.",
    3: "Ferries cross the café-lined river NEAR the old OR new town.",
}


def _passages(text, document_id="d1", first_row=1):
    return [(first_row, Passage(f"{document_id}-0-1", f"{document_id}-0", document_id, 1, Span(0, len(text))))]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = SqliteDatabase(tmp_path_factory.mktemp("lexical") / "longreader.sqlite")
    with database.writing() as connection:
        for row_id, text in TEXTS.items():
            add_passages(connection, 1, text, _passages(text, f"d{row_id}", row_id))
        add_passages(connection, 2, TEXTS[1], _passages(TEXTS[1], "d9", 9))
    yield database
    database.close()


def _found(database, query, collection_id=1, limit=10, document_ids=None):
    with database.reading() as connection:
        return [row for row, _ in search_words(connection, collection_id, query, limit, document_ids)]


def test_words_are_found_by_their_stem(database):
    assert set(_found(database, "Bridging the gap")) == {1, 2}


def test_the_passage_with_more_of_the_word_is_better(database):
    assert _found(database, "bridge")[0] == 2


def test_accents_do_not_count(database):
    assert _found(database, "cafe") == [3]


def test_a_rare_word_weighs_more_than_a_frequent_one(database):
    assert _found(database, "bridge ferries")[0] == 3


def test_only_the_asked_collection_and_documents_are_searched(database):
    assert _found(database, "engineer", collection_id=2) == [9]
    assert _found(database, "bridge", document_ids=frozenset({"d1", "d3"})) == [1]
    assert _found(database, "engineer", document_ids=frozenset({"d9"})) == []
    assert _found(database, "bridge", document_ids=frozenset()) == []


@pytest.mark.parametrize("document_id", ["", "d9) OR (d2", "d1 d2", '"', "d1*", "NOT", "f}", "\0", "\x1b6", "¯㒲", "ⁿ"])
def test_an_id_may_be_any_text(database, document_id):
    assert _found(database, "bridge", document_ids=frozenset({document_id})) == []
    assert _found(database, "bridge", document_ids=frozenset({document_id, "d1"})) == [1]


def test_the_scope_is_not_a_word(database):
    assert _found(database, "collection1 d1") == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""bridge',
        "bridge*",
        "-bridge",
        "^bridge",
        "bridge) OR (x",
        "text:bridge",
        "scope:collection2",
        "bridge NEAR/3 fell",
        "NEAR(bridge fell)",
        "AND OR NOT",
        "{text} : bridge + fell",
        "'; DROP TABLE passages; --",
        "bridge\x00fell",
        "…—?!",
        "",
        "   ",
        "bridge " * 5000,
        "\ud800",
    ],
)
def test_nothing_in_a_query_is_an_operator(database, query):
    found = _found(database, query)
    assert set(found) <= {1, 2, 3}
    assert (2 in found) == ("bridge" in query)


@given(query=st.text(max_size=60))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_query(database, query):
    assert set(_found(database, query)) <= {1, 2, 3}


def test_a_query_of_function_words_alone_is_still_asked(database):
    assert _found(database, "the") != []


def test_telling_words_are_distinct_and_in_order():
    assert telling_words("Who built the bridge, the BRIDGE of Porto?") == ["built", "bridge", "porto"]


def test_removed_passages_leave_no_word_in_the_file(tmp_path):
    path = tmp_path / "longreader.sqlite"
    database = SqliteDatabase(path)
    text = "Zyxwvut quokkas. " * 3 + " ".join(f"filler{number}" for number in range(3000))
    with database.writing() as connection:
        add_passages(connection, 1, TEXTS[1], _passages(TEXTS[1], "d1", 1))
        add_passages(connection, 1, text, _passages(text, "d2", 2))
    database.wipe()
    assert b"zyxwvut" in path.read_bytes()
    with database.writing() as connection:
        remove_passages(connection, 1, text, _passages(text, "d2", 2))
    database.wipe()
    assert _found(database, "zyxwvut quokka") == []
    assert _found(database, "porto") == [1]
    database.close()
    assert b"zyxwvut" not in path.read_bytes()
    assert b"quokka" not in path.read_bytes()
