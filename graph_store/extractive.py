"""Notes without a model: sentences are the facts; names, noun phrases, figures and rare terms are their key elements.

What a sentence holds is found in phrases.py (English), terms.py (other languages), marked_name.py and quantity.py.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .chunk import Chunk
from .document import Span
from .english import FUNCTION_WORDS, WEAK_NOUNS, is_english
from .key_element import normalise
from .marked_name import marked_names
from .note import AtomicFact, Notes
from .phrases import Phrase
from .quantity import quantities
from .sentences import sentences
from .table_row import is_row, row_elements
from .tagger import Tagger
from .terms import Terms
from .topic import topics

_MAX_SENTENCE_WORDS = 60
_MAX_FACT_CHARS = 2000
_MAX_KEY_ELEMENTS = 10
_MAX_TITLE_WORDS = 8
_NAME, _PHRASE, _FIGURE, _WORD = range(4)
_FOOTNOTE = re.compile(r"(?<=[a-z]{2})\.\d+$")
_TELLS_NOTHING = FUNCTION_WORDS | WEAK_NOUNS


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A possible key element of a fact: as written, and its kind (`_NAME` tells most, `_WORD` least)."""

    text: str
    rank: int


class ExtractiveNotesWriter:
    """Writes notes with no model: every fact is verbatim and has its span.

    The notes of a chunk depend on its text alone, so that an ingest that was cut off goes on with the same notes.
    English is tagged with a spaCy pipeline (loaded at the first use, about 3 s); other languages go by statistics.

    References
    ----------
    The shape of the notes is GraphReader's (arXiv 2406.14550, section 3.2). Different: facts are sentences instead of
    a model's statements, so that nothing is invented and pronouns are not resolved.
    """

    kind = "extractive"
    batch_size = 8

    def __init__(self) -> None:
        self._tagger = Tagger()

    async def write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        """Return the notes of each chunk in order; a chunk with any text in it has at least one fact."""
        return await asyncio.to_thread(self._write, chunks, texts)

    def _write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        return [self._notes(chunk, text) for chunk, text in zip(chunks, texts, strict=True)]

    def _notes(self, chunk: Chunk, text: str) -> Notes:
        spans = fact_spans(text)
        elements = _best(_with_topics(text, spans, self._candidates(text, spans)))
        facts = tuple(
            AtomicFact(
                fact_id=f"{chunk.chunk_id}-f{number}",
                chunk_id=chunk.chunk_id,
                text=span.of(text),
                key_elements=key_elements,
                span=Span(chunk.span.start + span.start, chunk.span.start + span.end),
            )
            for number, (span, key_elements) in enumerate(zip(spans, elements, strict=True), 1)
        )
        return Notes(chunk.chunk_id, self.kind, facts)

    def _candidates(self, text: str, spans: list[Span]) -> list[list[_Candidate]]:
        openings = {start for start, _ in _paragraphs(text, spans)}
        facts = [_on_one_line(span.of(text), i in openings) for i, span in enumerate(spans)]
        prose = [fact for fact in facts if not is_row(fact)]
        if is_english("\n".join(prose)):
            of_prose = iter(list(map(_english, prose, self._tagger.phrases(prose))))
        else:
            terms = Terms(prose)
            of_prose = iter([_statistical(fact, terms) for fact in prose])
        return [_of_row(fact, header) if is_row(fact) else next(of_prose) for fact, header in _with_header(facts)]


def fact_spans(text: str) -> list[Span]:
    """Return the spans of a text's facts: sentences and table rows, the overlong ones cut at semicolons or spaces."""
    return [piece for span in sentences(text) for piece in _cut(text, span)]


def _cut(text: str, span: Span) -> Iterator[Span]:
    sentence = span.of(text)
    if len(sentence) <= _MAX_FACT_CHARS and (len(sentence.split()) <= _MAX_SENTENCE_WORDS or is_row(sentence)):
        yield span
        return
    start = 0
    while start < len(sentence):
        end = _cut_end(sentence, start)
        piece = sentence[start:end]
        if piece.strip():
            left = span.start + start + len(piece) - len(piece.lstrip())
            yield Span(left, left + len(piece.strip()))
        start = end


def _cut_end(sentence: str, start: int) -> int:
    semicolon = sentence.find("; ", start, start + _MAX_FACT_CHARS)
    if semicolon >= 0:
        return semicolon + 1
    if len(sentence) - start <= _MAX_FACT_CHARS:
        return len(sentence)
    space = sentence.rfind(" ", start + 1, start + _MAX_FACT_CHARS)
    return space if space > start else start + _MAX_FACT_CHARS


def _on_one_line(fact: str, opens_paragraph: bool) -> str:
    """Return a fact whose line ends part nothing, but for the one behind a title; no character moves."""
    first, newline, rest = fact.partition("\n")
    if not opens_paragraph or len(first.split()) > _MAX_TITLE_WORDS:
        newline = " " * len(newline)
    return first + newline + rest.replace("\n", " ")


def _with_header(facts: list[str]) -> Iterator[tuple[str, str | None]]:
    """Yield each fact with the first row of its table: the row that opens the run of rows it stands in."""
    header: str | None = None
    for fact in facts:
        if not is_row(fact):
            header = None
            yield fact, None
        else:
            yield fact, header
            header = header or fact


def _of_row(row: str, header: str | None) -> list[_Candidate]:
    return [_Candidate(element, _NAME) for element in row_elements(row, header)]


def _english(fact: str, found: Iterable[Phrase]) -> list[_Candidate]:
    marked, figures = _marked(fact)
    candidates = [*marked, *figures]
    for phrase in found:
        if not any(phrase.span.overlaps(span) for span, _ in candidates[: len(marked) + len(figures)]):
            several_words = " " in phrase.span.of(fact)
            candidates.append((phrase.span, _NAME if phrase.is_name else _PHRASE if several_words else _WORD))
    return [_Candidate(_written(span, fact), rank) for span, rank in sorted(candidates)]


def _statistical(fact: str, terms: Terms) -> list[_Candidate]:
    marked, figures = _marked(fact)
    found = [_Candidate(term, _NAME if " " in term else _PHRASE) for term in terms.of(fact)]
    return [*found, *(_Candidate(_written(span, fact), rank) for span, rank in sorted(marked + figures))]


def _marked(fact: str) -> tuple[list[tuple[Span, int]], list[tuple[Span, int]]]:
    names = marked_names(fact)
    figures = [span for span in quantities(fact) if not any(span.overlaps(name) for name in names)]
    return [(span, _NAME) for span in names], [(span, _FIGURE) for span in figures]


def _written(span: Span, fact: str) -> str:
    """Return the words of a key element on one line, without the mark of a footnote that follows them."""
    return _FOOTNOTE.sub("", " ".join(span.of(fact).split()))


def _with_topics(text: str, spans: list[Span], candidates: list[list[_Candidate]]) -> list[list[_Candidate]]:
    """Add the paragraph's topic to each fact that speaks of it by a pronoun alone."""
    completed: list[list[_Candidate]] = []
    for start, end in _paragraphs(text, spans):
        facts = [span.of(text) for span in spans[start:end]]
        names = [[candidate.text for candidate in found if candidate.rank == _NAME] for found in candidates[start:end]]
        for found, topic in zip(candidates[start:end], topics(facts, names), strict=True):
            completed.append(found if topic is None else [_Candidate(topic, _NAME), *found])
    return completed


def _paragraphs(text: str, spans: list[Span]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of spans with no blank line between them."""
    start = 0
    for i in range(1, len(spans) + 1):
        if i == len(spans) or "\n\n" in text[spans[i - 1].end : spans[i].start]:
            yield start, i
            start = i


def _best(candidates: list[list[_Candidate]]) -> list[tuple[str, ...]]:
    """Keep the best key elements of each fact, in text order: by kind, then the rarest in the chunk."""
    counts = Counter(normalise(candidate.text) for fact in candidates for candidate in fact)
    return [_best_of_fact(fact, counts) for fact in candidates]


def _best_of_fact(candidates: list[_Candidate], counts: Counter[str]) -> tuple[str, ...]:
    distinct: dict[str, _Candidate] = {}
    for candidate in candidates:
        key = normalise(candidate.text)
        if _tells_something(key):
            distinct.setdefault(key, candidate)
    best = sorted(distinct, key=lambda key: (distinct[key].rank, counts[key]))[:_MAX_KEY_ELEMENTS]
    chosen = set(best)
    return tuple(candidate.text for key, candidate in distinct.items() if key in chosen)


def _tells_something(key: str) -> bool:
    return (len(key) > 1 or not key.isascii()) and not _TELLS_NOTHING.issuperset(key.split())
