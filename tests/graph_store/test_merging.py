import pytest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.graph import NoteGraph
from longreader.graph_store.merging import merged_keys
from longreader.graph_store.note import AtomicFact, Notes

FACTS = [
    AtomicFact("a1", "a", "Tobias Wrennick taught at the school.", ("Tobias Wrennick", "school")),
    AtomicFact("a2", "a", "Wrennick laid a cable on the seabed.", ("Wrennick", "seabed", "cable")),
    AtomicFact("a3", "a", "The sea bed is rock.", ("sea bed", "rock")),
]
OTHER = AtomicFact("b1", "b", "Wrennick is a village.", ("Wrennick", "village"))


def one_meaning(texts: list[str]):
    return HashEmbedder().embed(["the same"] * len(texts))


def test_persons_and_variants_of_a_document():
    expected = {"wrennick": "tobias wrennick", "sea bed": "seabed"}
    assert merged_keys(FACTS, one_meaning) == merged_keys(reversed(FACTS), one_meaning) == expected


@pytest.fixture
def graph() -> NoteGraph:
    return NoteGraph.build([*FACTS, OTHER], {"a": merged_keys(FACTS, one_meaning)})


def test_merges_hold_in_their_own_document_only(graph: NoteGraph):
    assert graph.node("Tobias Wrennick").fact_ids == ("a1", "a2")
    assert graph.node("Wrennick").fact_ids == ("b1",)
    assert graph.node("sea bed").fact_ids == ("a2", "a3")


def test_a_node_keeps_the_name_of_its_own_forms(graph: NoteGraph):
    assert graph.node("tobias wrennick").name == "Tobias Wrennick"


def test_a_form_that_is_no_other_node_finds_what_it_was_merged_into():
    graph = NoteGraph.build(FACTS, {"a": merged_keys(FACTS, one_meaning)})
    assert graph.find("What did Wrennick lay?") == ["tobias wrennick"]
    apart = NoteGraph.build([*FACTS, OTHER], {"a": {"wrennick": "tobias wrennick"}, "b": {"wrennick": "village"}})
    assert "wrennick" not in apart


async def test_deleting_a_document_takes_its_merges_along(add, collection, store):
    text = "Tobias Wrennick was a teacher. Later Wrennick built a mill."
    first = await add(text, notes=Named())
    second = await add(f"{text} It stood for years.", name="other.txt", notes=Named())
    assert len(collection.graph.node("Tobias Wrennick").fact_ids) == 4
    store.delete_document(collection, first.document_id)
    assert len(collection.graph.node("Tobias Wrennick").fact_ids) == 2
    store.delete_document(collection, second.document_id)
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM merged_keys").scalar() == 0


class Named:
    """Each sentence is a fact about the name in it."""

    kind = "extractive"
    batch_size = 8

    async def write(self, chunks, texts):
        return [
            Notes(chunk.chunk_id, self.kind, self._facts(chunk, text))
            for chunk, text in zip(chunks, texts, strict=True)
        ]

    def _facts(self, chunk, text):
        sentences = [sentence for sentence in text.split(". ") if sentence]
        return tuple(
            AtomicFact(
                f"{chunk.chunk_id}-f{i}",
                chunk.chunk_id,
                sentence,
                ("Tobias Wrennick" if "Tobias" in sentence else "Wrennick",),
            )
            for i, sentence in enumerate(sentences)
            if "Wrennick" in sentence
        )
