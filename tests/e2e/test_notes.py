"""Notes by the model, from the library and from the command line."""

from pathlib import Path

import pytest
from longreader import Reader
from longreader.agents.llm import Expected, ModelRequest, ScriptedModel
from longreader.graph_store.embedder import HashEmbedder

CLUB = "# Rules of the club\n\nThe club was founded by Ada Brunn in 1961. Its yearly fee is twelve crowns.\n"
FOUNDED = {"fact": "Ada Brunn founded the club in 1961.", "key_elements": ["Ada Brunn", "club", "1961"]}
INVENTED = {"fact": "Ada Brunn died in 1990.", "key_elements": ["Ada Brunn", "1990"]}


@pytest.fixture
def club(tmp_path: Path) -> Path:
    path = tmp_path / "club.md"
    path.write_text(CLUB, encoding="utf-8")
    return path


def reader(tmp_path: Path, model: ScriptedModel) -> Reader:
    return Reader(tmp_path / "data", model=model, embedder=HashEmbedder())


def noting(_: ModelRequest) -> dict[str, object]:
    return {"facts": [FOUNDED, INVENTED]}


def test_facts_of_the_model_are_kept_and_counted(tmp_path: Path, club: Path):
    with reader(tmp_path, ScriptedModel(noting)) as books:
        estimate = books.estimate(club, notes="llm")
        assert estimate is not None
        added = books.add(club, notes="llm")
        # One of the model's, and the two lines that it passed over.
        assert (added.fact_count, added.dropped_count, added.fallback_count) == (3, 1, 0)
        assert estimate.input_tokens < added.model_tokens
        assert books.documents()[0].notes_kind == "llm"
        assert books.estimate(club) is None


def test_a_chunk_that_the_model_cannot_note_is_counted(tmp_path: Path, club: Path):
    model = ScriptedModel([Expected({"facts": [INVENTED]}, times=None)])
    with reader(tmp_path, model) as books:
        added = books.add(club, notes="llm")
        assert added.fallback_count == 1
        assert added.fact_count >= 2
        assert books.documents()[0].fallback_count == 1


def test_a_chunk_that_the_model_could_not_note_is_tried_again_when_asked(tmp_path: Path, club: Path):
    model = ScriptedModel(lambda request: {"facts": [FOUNDED if request.temperature else INVENTED]})
    with reader(tmp_path, model) as books:
        before = books.add(club, notes="llm")
        assert before.fallback_count == 1
        asked_count = len(model.requests)
        assert books.add(club).fallback_count == 1
        assert len(model.requests) == asked_count
        again = books.add(club, notes="llm")
        assert (again.document_id, again.existed, again.fallback_count) == (before.document_id, True, 0)
        assert any(fact.text == FOUNDED["fact"] for fact in books.node("ada brunn").facts)
        assert books.add(club, notes="llm").model_tokens == 0


def test_a_chunk_that_the_model_cannot_note_again_keeps_its_notes(tmp_path: Path, club: Path):
    with reader(tmp_path, ScriptedModel([Expected({"facts": [INVENTED]}, times=None)])) as books:
        before = books.add(club, notes="llm")
        again = books.add(club, notes="llm")
        assert (again.fallback_count, again.fact_count) == (1, before.fact_count)


def test_a_collection_goes_on_as_it_was_begun(tmp_path: Path, club: Path):
    other = tmp_path / "other.md"
    other.write_text(f"{CLUB}\nMembers may bring guests.\n", encoding="utf-8")
    with reader(tmp_path, ScriptedModel(noting)) as books:
        books.add(club, notes="llm")
        books.add(other)
        assert [info.notes_kind for info in books.documents()] == ["llm", "llm"]
        assert books.add(other, collection="plain").model_tokens == 0


def test_an_interrupted_document_goes_on_with_the_notes_it_was_begun_with(tmp_path: Path, club: Path):
    with reader(tmp_path, ScriptedModel([Expected(RuntimeError("cut off"), times=None)])) as books:
        with pytest.raises(RuntimeError):
            books.add(club, notes="llm")
        assert books.documents()[0].status == "failed"
    with reader(tmp_path, ScriptedModel(noting)) as books:
        assert books.add(club).model_tokens > 0
        assert books.documents()[0].fallback_count == 0


def test_the_command_line_tells_the_cost_first(cli, river: Path):
    done = cli("add", river, "--notes", "llm", "--yes")
    assert done.code == 0
    assert "tokens to read" in done.err
    assert "model tokens" in done.out
    assert "llm" in cli("show", river.name).out


def test_a_wrong_kind_of_notes_is_refused(cli, river: Path):
    assert cli("add", river, "--notes", "clever").code == 2
