"""Points of a summary: sentences whose names and numbers stand in the text, each with the words that bear it out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..graph_store.chunk import Passage
from ..graph_store.sentences import sentences
from .conversation import conversation_of
from .note_check import CLOSE_WORDS, CUT_CHARS, ENDS, ChunkText
from .replies import FACT_CHARS
from .support import Sentence, bearing, content_words

# A merged sentence of which less than this share of the words stands in one of its sources has no source.
SOURCE_SHARE = 0.3
# A sentence that shares fewer words with what was said is about something else.
LEAST_SHARED = 3
# A clause of so many words that says nothing new was written by a model that repeats itself.
REPEATED_WORDS = 7
# In a conversation a matter is spread over several turns.
CONVERSATION_CLOSE_WORDS = 120
_CLAUSE = re.compile(r".+?(?:[,;]\s+|$)", re.DOTALL)
_JOINS = re.compile(r"^(?:and|but|or)\s+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
# No sentence ends in one of these without a mark behind it: it was broken off.
_OPEN_ENDS = frozenset(
    "a an and as at but by for from his her in into its of on or than that the their to which with".split()
)
# With these a summary says that something is told; the text need not have them.
_TELLER = r"(?:passage|text|story|meeting|author|narrator|speaker)s?"
_TELLING = re.compile(
    rf"\b(?:{_TELLER}\s+(?:also\s+)?(?:cover|includ|provid|introduc)\w*|{_TELLER}|talk(?:s|ed|ing)?|tells?|told"
    r"|(?:discuss|describ|explain|mention|highlight|emphasi[sz]|express|explor|focus)(?:e|es|s|ed|d|ing)?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence of a summary, and the sentence of the document that bears it out best."""

    text: str
    sentence: Sentence


def check_read(
    said: Sequence[str], read: Sequence[tuple[Passage, str]], topic: str, given: str = ""
) -> tuple[Point, ...]:
    """Return the sentences that the passages bear out, each with its best supporting sentence; the others are dropped.

    In a conversation a sentence may rest on several turns; what it says of a speaker must be that speaker's own words.

    Args:
        said: what the model wrote, split into sentences.
        read: the passages with their texts.
        topic: decides between sentences that hold the same words; may be empty.
        given: a question that the sentences answer; its words need not stand in the passages.
    """
    talk = conversation_of(text for _, text in read)
    text = ChunkText("\n\n".join(text for _, text in read), CONVERSATION_CLOSE_WORDS if talk else CLOSE_WORDS)
    points: dict[str, Point] = {}
    for sentence in said:
        told = _TELLING.sub("", sentence)
        words = content_words(told)
        is_told = text.bears_out(told, given) and (talk is None or talk.is_said_by_named(told))
        found = bearing(read, sentence, topic, most=1) if is_told else []
        if found and words & content_words(found[0].text):
            points.setdefault(" ".join(_words(told)), Point(sentence, found[0]))
    return tuple(points.values())


def quote_nearest(said: Sequence[str], read: Sequence[tuple[Passage, str]]) -> tuple[Point, ...]:
    """Return, for sentences that the passages do not bear out, the passages' own sentences that are nearest to them.

    A small model's summary is often too free to hold, and still tells what a part is about.
    """
    points: dict[str, Point] = {}
    for sentence in said:
        for found in bearing(read, sentence, "", most=1):
            shared = content_words(sentence) & content_words(found.text)
            if len(shared) >= LEAST_SHARED and len(found.text) <= FACT_CHARS:
                points.setdefault(found.text.casefold(), Point(_tidy(found.text), found))
    return tuple(points.values())


def check_merged(said: Sequence[str], points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the sentences that the points bear out, each with the source of the point that it shares most words with.

    The order is that of the sources in the text, so that a summary tells things as the document does.
    """
    whole = ChunkText("\n\n".join(f"{point.text}\n\n{point.sentence.text}" for point in points))
    merged: dict[str, tuple[int, Point]] = {}
    for sentence in map(_tidy, said):
        words = content_words(sentence)
        if not points or not words or not whole.bears_out(sentence):
            continue
        shared = [len(words & content_words(f"{point.text} {point.sentence.text}")) for point in points]
        best = max(range(len(points)), key=shared.__getitem__)
        if shared[best] >= SOURCE_SHARE * len(words):
            merged.setdefault(sentence.casefold(), (best, Point(sentence, points[best].sentence)))
    return tuple(point for _, point in sorted(merged.values(), key=lambda found: found[0]))


def without_repeats(points: Iterable[Point]) -> list[Point]:
    """Return the points without those that say, in the same order, what one before says with the same telling words."""
    kept: list[Point] = []
    for point in points:
        if not any(_says_again(point.text, earlier.text) for earlier in kept):
            kept.append(point)
    return kept


def _says_again(text: str, earlier: str) -> bool:
    return content_words(text) == content_words(earlier) and _stands_in(_words(text), _words(earlier))


def split(said: Iterable[str]) -> list[str]:
    """Return the sentences of what a model wrote, which may hold several in one.

    Ends that were broken off are left out, and what a sentence says a second time.
    """
    return [_once(sentence) for text in said for sentence in _whole(text)]


def _once(sentence: str) -> str:
    """Return a sentence without clauses whose words stand, in their order, in one before: a small model's loop."""
    kept: list[re.Match[str]] = []
    clauses = list(_CLAUSE.finditer(sentence))
    for clause in clauses:
        words = _words(_JOINS.sub("", clause[0]))
        if len(words) < REPEATED_WORDS or not any(_stands_in(words, _words(earlier[0])) for earlier in kept):
            kept.append(clause)
    if len(kept) == len(clauses):
        return sentence
    told = "".join(clause[0] for clause in kept).rstrip(" ,;.")
    return told + (sentence[-1] if sentence[-1:] in ENDS else "")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _stands_in(words: Sequence[str], earlier: Sequence[str]) -> bool:
    """Tell whether words stand in others in their order, whatever stands between."""
    rest = iter(earlier)
    return all(word in rest for word in words)


def _whole(text: str) -> list[str]:
    told = [_tidy(span.of(text)) for span in sentences(text)]
    if told and told[-1][-1:] not in ENDS:
        is_broken = len(text) >= FACT_CHARS - CUT_CHARS or told[-1].split()[-1].casefold() in _OPEN_ENDS
        return told[:-1] if is_broken else told
    return told


def _tidy(sentence: str) -> str:
    return " ".join(sentence.split())
