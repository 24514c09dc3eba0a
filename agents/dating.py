"""When an event was, by code: the date in the sentence that tells most of it, else the last date before that sentence.

Chronicles, minutes and articles tell a date once and then what happened on it, often passages further on; a small
model takes any date that it sees (docs/decisions/0029). What code cannot tell for sure is left to the model.

Source: ours.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence

from ..graph_store.chunk import Passage
from ..graph_store.document import Span
from ..graph_store.lexical import telling_words
from ..graph_store.section import section_start
from .dates import dates_told, last_date, year_or_date
from .notebook import Finding
from .reading import Reading
from .reckoning import Reckoning
from .selection import select_passages
from .sentence_coverage import QuestionWords
from .support import Sentence, sentence_at, sentences_of

# A sentence with less than this share of an event's words, by their rarity, tells of something else.
LEAST_SHARE = 0.6
# One with this share of the words of both events, and a time, tells the time between them.
PERIOD_SHARE = 0.8
LEAST_WORDS = 2
# How far before its sentence a date is looked for, in characters: one that stands by itself, and any other.
REACH_CHARS = 20_000
NEAR_CHARS = 2_000
_PERIOD = re.compile(r"\b[\w-]+ (?:minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE)


async def tells_period(reading: Reading, asked: Reckoning) -> bool:
    """Tell whether one sentence of the text tells the time between two events: "nine weeks from start to finish"."""
    passages = await select_passages(reading, reading.question, reading.settings.passage_count)
    return await asyncio.to_thread(_tells_period, reading, " ".join(asked.events), passages)


def _tells_period(reading: Reading, events: str, passages: Sequence[Passage]) -> bool:
    told, words = _sentences(reading, events, passages)
    return any(_PERIOD.search(s.text) and words.share(s.text) >= PERIOD_SHARE for s in told)


async def date_events(reading: Reading, asked: Reckoning) -> dict[str, Finding]:
    """Return a finding for each look-up whose event code can date."""
    found: dict[str, Finding] = {}
    for query, event in zip(asked.steps, asked.events, strict=False):
        if len(set(telling_words(event))) < LEAST_WORDS:
            continue
        passages = await select_passages(reading, event, reading.settings.passage_count)
        if finding := await asyncio.to_thread(_dated, reading, query, event, passages):
            # The answer and the trace hold words of it.
            reading.quoted.update(sentence.passage.document_id for sentence in finding.sentences)
            reading.step("work", f"by code: {finding.answer}", query=query, passage_ids=finding.passage_ids)
            found[query] = finding
    # One sentence for two events tells the time of one of them at most.
    spread = Counter(finding.sentences[-1] for finding in found.values())
    return {query: finding for query, finding in found.items() if spread[finding.sentences[-1]] == 1}


def _sentences(reading: Reading, event: str, passages: Sequence[Passage]) -> tuple[list[Sentence], QuestionWords]:
    told = [(passage, reading.collection.text_of(passage)) for passage in passages]
    words = QuestionWords(event, [text for _, text in told])
    return [sentence for passage, text in told for sentence in sentences_of(passage, text)], words


def _dated(reading: Reading, query: str, event: str, passages: Sequence[Passage]) -> Finding | None:
    told, words = _sentences(reading, event, passages)
    best = max(told, key=lambda sentence: words.share(sentence.text), default=None)
    if best is None or words.share(best.text) < LEAST_SHARE:
        return None
    named = year_or_date(event)
    dates = [date for date in dates_told(best.text) if date.written not in event]
    if not dates:
        return _dated_before(reading, query, best, named.year if named else 0)
    # Which of several dates is the event's, code cannot tell, unless the sentence opens with one: "On 3 March, …".
    opening = [
        date for date in dates if re.match(rf"\W*(?:(?:on|in|by) )?{re.escape(date.written)}\b", best.text, re.I)
    ]
    if len(dates) > 1 and not opening:
        return None
    return Finding(query, (opening or dates)[0].written, (best.passage.passage_id,), (best,))


def _dated_before(reading: Reading, query: str, sentence: Sentence, year: int) -> Finding | None:
    """Return the last date before a sentence in its section; what holds it stands beside what tells the event.

    Args:
        year: in the event's own name, or 0: it is of no other year then.
    """
    document = reading.collection.document(sentence.passage.document_id)
    end = sentence.span.start
    start = max(section_start(document, sentence.span), end - REACH_CHARS)
    last = last_date(document.text[start:end], NEAR_CHARS)
    if last is None or (year and last[0].year not in (0, year)):
        return None
    date, place = last
    dating = sentence_at(reading.collection, document.document_id, Span(start + place.start, start + place.end))
    told = tuple(filter(None, (dating, sentence)))
    return Finding(query, date.written, tuple(dict.fromkeys(s.passage.passage_id for s in told)), told)
