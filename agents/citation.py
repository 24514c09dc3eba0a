"""Citations: quotes that stand, word for word, in the stored text. Which sentences to quote is support.py's."""

from ..graph_store.collection import Collection
from .answer import Citation
from .support import Sentence


def cite(collection: Collection, sentences: list[Sentence]) -> tuple[Citation, ...]:
    """Return a citation for each sentence that is found in its document, numbered from 1.

    Every quote is held against the stored text; one that does not stand at its place is dropped, never shown.
    """
    citations: dict[tuple[str, int], Citation] = {}
    for sentence in sentences:
        document = collection.document(sentence.passage.document_id)
        span = sentence.span
        if span.of(document.text) != sentence.text or (document.document_id, span.start) in citations:
            continue
        citations[document.document_id, span.start] = Citation(
            number=len(citations) + 1,
            document_id=document.document_id,
            title=document.title,
            page=document.page_at(span.start),
            last_page=document.page_at(span.end - 1),
            start=span.start,
            end=span.end,
            quote=sentence.text,
            passage_id=sentence.passage.passage_id,
        )
    return tuple(citations.values())
