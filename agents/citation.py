"""From the passages that an answer points at to citations whose very words stand in the document.

The model names passages; code picks the sentences in them that carry the answer, so a quote is never the model's own
words. Each quote is looked up again in the stored text, and one that is not found is dropped.
"""

import math
import re
from collections import Counter

from ..graph_store.chunk import Passage
from ..graph_store.collection import Collection
from ..graph_store.document import Document, Span
from ..graph_store.quote import find_quote
from ..graph_store.sentences import sentences
from .answer import Citation

_WORD = re.compile(r"\w+")
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "how",
        "i",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "she",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
    ]
)


def content_words(text: str) -> Counter[str]:
    """Count the words of a text that carry content: lower case, function words left out."""
    return Counter(word for word in _WORD.findall(text.casefold()) if word not in _FUNCTION_WORDS)


def cite(collection: Collection, passages: list[Passage], answer: str, question: str) -> tuple[Citation, ...]:
    """Return one verified citation a passage, numbered from 1, in the order of ``passages``.

    A quote is the sentence (or table row) of the passage that shares the most with the answer, then the question.
    """
    citations: list[Citation] = []
    for passage in passages:
        document = collection.document(passage.document_id)
        quote = best_sentence(passage.span.of(document.text), answer, question)
        span = find_quote(document.text, quote, passage.span)
        if span is not None:
            citations.append(_citation(len(citations) + 1, document, span, passage))
    return tuple(citations)


def _citation(number: int, document: Document, span: Span, passage: Passage) -> Citation:
    return Citation(
        number=number,
        document_id=document.document_id,
        title=document.title,
        page=document.page_at(span.start),
        last_page=document.page_at(span.end - 1),
        start=span.start,
        end=span.end,
        quote=span.of(document.text),
        passage_id=passage.passage_id,
    )


def best_sentence(text: str, answer: str, question: str) -> str:
    """Return the sentence of ``text`` that shares most with the answer, then with the question; the first of equals.

    A word that stands in few of the sentences weighs more, as in idf.
    """
    candidates = [span.of(text) for span in sentences(text)] or [text]
    words = [content_words(candidate) for candidate in candidates]
    spread = Counter(word for counts in words for word in counts)
    wanted, asked = content_words(answer), content_words(question)

    def weight(word: str) -> float:
        return math.log(1 + len(candidates) / spread[word])

    def score(counts: Counter[str]) -> float:
        return sum(weight(word) * (3.0 * (word in wanted) + (word in asked)) for word in counts)

    best = max(range(len(candidates)), key=lambda i: score(words[i]))
    return candidates[best]


def confidence(answer: str, evidence: list[str]) -> float:
    """Return the share of the answer's content words that stand in the evidence; 0 without evidence."""
    words = content_words(answer)
    held = content_words(" ".join(evidence))
    return round(sum(1 for word in words if word in held) / len(words), 2) if words and evidence else 0.0
