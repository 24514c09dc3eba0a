from longreader.agents.citation import cite
from longreader.agents.support import Sentence, bearing
from longreader.graph_store.collection import Collection
from longreader.graph_store.document import Span


async def test_every_citation_is_the_documents_own_text_and_none_stands_twice(collection: Collection):
    hits = await collection.search("steamer dues in 1920", 4)
    read = [(hit.passage, collection.text_of(hit.passage)) for hit in hits]
    sentences = bearing(read, "55 crowns", "What did a steamer pay in 1920?")
    [citation] = cite(collection, sentences * 2)
    assert citation.quote == "Steamer | 30 crowns | 55 crowns"
    assert collection.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert (citation.number, citation.page, citation.last_page) == (1, 1, 1)


async def test_a_quote_that_does_not_stand_in_the_text_is_dropped(collection: Collection):
    [hit, *_] = await collection.search("steamer", 1)
    invented = Sentence(hit.passage, Span(0, 5), "A steamer paid a fortune.")
    assert cite(collection, [invented]) == ()
