"""When an event was, by code: the date in the sentence that tells most of it, else the last date before that sentence.

Chronicles, minutes and articles tell a date once and then what happened on it, often passages further on; a small
model takes any date that it sees (docs/decisions/0029).

Source: ours.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from ..graph_store.chunk import Passage
from ..graph_store.document import Span
from .dates import last_date, year_or_date
from .difference import difference_of
from .notebook import Finding
from .reading import Reading
from .selection import select_passages
from .sentence_coverage import QuestionWords
from .support import Sentence, sentence_at, sentences_of
from .timeline import timeline_of

# A sentence with less than this share of an event's words, by their rarity, tells of something else.
LEAST_SHARE = 0.6
# How far before its sentence a date is looked for, in characters: one that stands by itself, and any other.
REACH_CHARS = 20_000
NEAR_CHARS = 2_000


def events_of(question: str) -> dict[str, str]:
    """Return the events whose times a question needs: look-up to the words that tell the event. Empty for others."""
    if asked := timeline_of(question):
        return dict(zip(asked.steps, asked.events, strict=True))
    asked = difference_of(question)
    return dict(zip(asked.steps, asked.events, strict=True)) if asked and asked.events else {}


async def date_events(reading: Reading, events: Mapping[str, str]) -> dict[str, Finding]:
    """Return a finding for each event whose date code finds.

    Args:
        events: look-up to the words that tell the event.
    """
    found: dict[str, Finding] = {}
    for query, event in events.items():
        passages = await select_passages(reading, event, reading.settings.passage_count)
        if finding := await asyncio.to_thread(_dated, reading, query, event, passages):
            # The answer and the trace hold words of it.
            reading.quoted.update(sentence.passage.document_id for sentence in finding.sentences)
            reading.step("work", f"by code: {finding.answer}", query=query, passage_ids=finding.passage_ids)
            found[query] = finding
    # One sentence for two events tells the time of one of them at most.
    spread = Counter(finding.sentences[-1] for finding in found.values())
    return {query: finding for query, finding in found.items() if spread[finding.sentences[-1]] == 1}


def _dated(reading: Reading, query: str, event: str, passages: Sequence[Passage]) -> Finding | None:
    told = [(passage, reading.collection.text_of(passage)) for passage in passages]
    words = QuestionWords(event, [text for _, text in told])
    sentences = [sentence for passage, text in told for sentence in sentences_of(passage, text)]
    best = max(sentences, key=lambda sentence: words.share(sentence.text), default=None)
    if best is None or words.share(best.text) < LEAST_SHARE:
        return None
    if (date := year_or_date(best.text)) and date.written not in event:
        return Finding(query, date.written, (best.passage.passage_id,), (best,))
    return _dated_before(reading, query, best)


def _dated_before(reading: Reading, query: str, sentence: Sentence) -> Finding | None:
    """Return the last date before a sentence; what holds it stands beside what tells the event."""
    document_id, end = sentence.passage.document_id, sentence.span.start
    start = max(0, end - REACH_CHARS)
    last = last_date(reading.collection.document(document_id).text[start:end], NEAR_CHARS)
    if last is None:
        return None
    date, place = last
    dating = sentence_at(reading.collection, document_id, Span(start + place.start, start + place.end))
    told = tuple(filter(None, (dating, sentence)))
    return Finding(query, date.written, tuple(dict.fromkeys(s.passage.passage_id for s in told)), told)
