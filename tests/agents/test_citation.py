from longreader.agents.citation import best_sentence, cite, confidence
from longreader.graph_store.collection import Collection

TEXT = "The loft burned in 1888. Per Dahl saw the fire first. The fire was put out by noon."


def test_the_sentence_that_carries_the_answer_is_quoted():
    assert best_sentence(TEXT, "Per Dahl", "Who saw the fire?") == "Per Dahl saw the fire first."


def test_an_answer_in_other_words_falls_back_on_the_question():
    assert best_sentence(TEXT, "midday", "When was the fire put out?") == "The fire was put out by noon."


def test_confidence_is_the_share_of_words_that_stand_in_the_evidence():
    assert confidence("Per Dahl of Lund", [TEXT]) == 0.67
    assert confidence("Per Dahl", []) == 0.0
    assert confidence("the", [TEXT]) == 0.0


async def test_every_citation_is_the_documents_own_text(collection: Collection):
    hits = await collection.search("steamer dues in 1920", 4)
    citations = cite(collection, [hit.passage for hit in hits], "55 crowns", "What did a steamer pay in 1920?")
    assert [citation.number for citation in citations] == [1, 2, 3, 4][: len(hits)]
    for citation in citations:
        assert collection.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert any("55 crowns" in citation.quote for citation in citations)
