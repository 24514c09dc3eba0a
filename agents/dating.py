"""When an event was, by code: the date in the sentence that tells most of it, else that of its entry in a chronicle.

Chronicles, diaries and minutes tell a date once and then what happened on it, often passages further on; a small model
takes any date that it sees (docs/decisions/0029). What code cannot tell for sure is left to the model.

Source: ours.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence

from ..graph_store.chunk import Passage
from ..graph_store.lexical import telling_words
from ..graph_store.section import section_start
from .dates import MONTHS, YEAR, dates_told, lone_dates, year_or_date
from .names import is_entry
from .notebook import Finding
from .reading import Reading
from .reckoning import Dated
from .selection import select_passages
from .sentence_coverage import QuestionWords
from .support import Sentence, sentence_at, sentences_of

# A sentence with less than this share of an event's words, by their rarity, tells of something else.
LEAST_SHARE = 0.6
# One with this share of the words of both events, and a time, tells the time between them.
PERIOD_SHARE = 0.8
LEAST_WORDS = 2
# A text with fewer dates that stand by themselves is no chronicle: they may be those of its cover or of a page.
LEAST_ENTRIES = 3
# A sentence that tells its time in another way is not of its entry's date: "two weeks later", "in the spring of 1905".
_UNIT = r"(?:hours?|days?|weeks?|months?|years?|decades?)"
_OTHER_TIME = re.compile(
    r"\b(?:1\d|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b(?:later|earlier|ago|yesterday|tomorrow)\b"
    rf"|\b{_UNIT} (?:before|after)\b|\b(?:last|next|previous|following) (?:{_UNIT}|morning|evening|night|spring|summer"
    r"|autumn|winter)\b",
    re.IGNORECASE,
)
_APPEARED = re.compile(
    r"When was (?P<name>.+) (?:released|published|founded|established|formed|launched|introduced|created|started)\?$"
)
_LIFE = re.compile(r"(?:When|In (?:which|what) year) (?:was|did) (?P<name>.+) (?P<done>born|die)\?$")
# What stands between a name and its brackets tells nothing: other forms of the name, a title, "née".
_NAMED = re.compile(
    r"(?P<name>(?:(?!\b(?:is|was|are|were|has|had|who|whose|and|in|by)\b)[^(]){1,80}?)(?:\([^()\d]*\)\s*)?"
    r"\((?P<life>[^()]*\d{4}[^()]*)\)"
)
# What is no more than a date: "born 3 May 1874", "c. 1874". Not "reigned 1874", "after 1931".
_LIVED = re.compile(rf"\W*(?:(?:born|died|b|d|on|in|c|ca|circa|{'|'.join(MONTHS)})\b\W*)*\d[^;]*$", re.IGNORECASE)
_APPEARS = re.compile(
    r"\b(?:appear|publish|releas|found|establish|form|launch|introduc|creat|start|since\b|is an? (?:1\d|20)\d\d)",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(r"\b(?:bought|acquired|sold|closed|merged|ended|based on|set in)\b", re.IGNORECASE)
_BORN = re.compile(r"\s*(?:né|née )?born\b")
_DASH = re.compile(r"\s[-–—]\s|[–—]|(?<=\d)-(?=\d)")
_PERIOD = re.compile(r"\b[\w-]+ (?:minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE)


async def tells_period(reading: Reading, asked: Dated) -> bool:
    """Tell whether one sentence of the text tells the time between two events: "nine weeks from start to finish"."""
    passages = await select_passages(reading, reading.question, reading.settings.passage_count)
    return await asyncio.to_thread(_tells_period, reading, " ".join(asked.events), passages)


def _tells_period(reading: Reading, events: str, passages: Sequence[Passage]) -> bool:
    told, words = _sentences(reading, events, passages)
    return any(_PERIOD.search(s.text) and words.share(s.text) >= PERIOD_SHARE for s in told)


async def date_events(reading: Reading, asked: Dated) -> dict[str, Finding]:
    """Return a finding for each look-up whose event code can date."""
    found: dict[str, Finding] = {}
    for query, event in zip(asked.steps, asked.events, strict=True):
        if len(set(telling_words(event))) < LEAST_WORDS:
            continue
        passages = await select_passages(reading, event, reading.settings.passage_count)
        if finding := await asyncio.to_thread(_dated, reading, query, event, passages):
            found[query] = finding
    # One sentence for two events tells the time of one of them at most.
    spread = Counter(finding.sentences[-1] for finding in found.values())
    kept = {query: finding for query, finding in found.items() if spread[finding.sentences[-1]] == 1}
    for query, finding in kept.items():
        # The answer and the trace hold words of it.
        reading.quoted.update(sentence.passage.document_id for sentence in finding.sentences)
        reading.step("work", f"by code: {finding.answer}", query=query, passage_ids=finding.passage_ids)
    return kept


def date_of_life(reading: Reading, query: str, passages: Sequence[Passage]) -> Finding | None:
    """Return when somebody was born or died, as told behind the name: "Ada Lund (3 May 1874 – 1931)", "(born 1874)".

    Only from a passage that begins with the name, and for look-ups in the form "When was Ada Lund born?".
    """
    asked = _LIFE.match(query)
    if asked is None:
        return None
    name, is_death = _words(asked["name"]), asked["done"] == "die"
    for sentence in _about(reading, asked["name"], passages)[:2]:
        told = _NAMED.match(sentence.text)
        called = _words(told["name"]) if told else []
        if told is None or not name or not called or (called[0], called[-1]) != (name[0], name[-1]):
            continue
        first, dash, last = _DASH.sub("–", told["life"]).partition("–")
        side = last if is_death else first
        date = year_or_date(side) if _LIVED.match(side) else None
        if date and (dash or (not is_death and _BORN.match(first))):
            return _by_code(reading, query, date.written, sentence)
    return None


def year_of(reading: Reading, query: str, passages: Sequence[Passage]) -> Finding | None:
    """Return the year for "When was The Lady released?" where what is told of it has one year and no more.

    Only from a passage that is about the name, and a sentence of its appearing: "It has appeared since 1885".
    """
    asked = _APPEARED.match(query)
    if asked is None:
        return None
    told = [(year, s) for s in _about(reading, asked["name"], passages) for year in YEAR.findall(s.text)]
    if len({year for year, _ in told}) != 1:
        return None
    year, sentence = told[0]
    opens = is_entry([asked["name"]], sentence.text) or sentence.text.startswith("It ")
    appears = _APPEARS.search(sentence.text) and not _OF_ANOTHER.search(sentence.text)
    return _by_code(reading, query, year, sentence) if opens and appears else None


def _about(reading: Reading, name: str, passages: Sequence[Passage]) -> list[Sentence]:
    """Return the sentences of the first passage that is about a name."""
    told = reading.with_texts(passages)
    return next((sentences_of(passage, text) for passage, text in told if is_entry([name], text)), [])


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’]s\b)?", name.casefold())


def _by_code(reading: Reading, query: str, answer: str, sentence: Sentence) -> Finding:
    reading.quoted.add(sentence.passage.document_id)
    passage_ids = (sentence.passage.passage_id,)
    reading.step("work", f"by code: {answer}", query=query, passage_ids=passage_ids)
    return Finding(query, answer, passage_ids, (sentence,))


def _sentences(reading: Reading, event: str, passages: Sequence[Passage]) -> tuple[list[Sentence], QuestionWords]:
    told = reading.with_texts(passages)
    words = QuestionWords(event, [text for _, text in told])
    return [sentence for passage, text in told for sentence in sentences_of(passage, text)], words


def _dated(reading: Reading, query: str, event: str, passages: Sequence[Passage]) -> Finding | None:
    told, words = _sentences(reading, event, passages)
    best = max(told, key=lambda sentence: words.share(sentence.text), default=None)
    if best is None or words.share(best.text) < LEAST_SHARE:
        return None
    dates = [date for date in dates_told(best.text) if date.written not in event]
    if not dates:
        return _dated_by_entry(reading, query, event, best)
    # Which of several dates is the event's, code cannot tell, unless the sentence opens with one: "On 3 March, …".
    opening = [
        date for date in dates if re.match(rf"\W*(?:(?:on|in|by) )?{re.escape(date.written)}\b", best.text, re.I)
    ]
    if len(dates) > 1 and not opening:
        return None
    return Finding(query, (opening or dates)[0].written, (best.passage.passage_id,), (best,))


def _dated_by_entry(reading: Reading, query: str, event: str, sentence: Sentence) -> Finding | None:
    """Return the date of the entry that a sentence stands in; the sentence that holds it stands beside it."""
    told = sentence.text
    for name in (word for word in event.split() if any(map(str.isdigit, word))):
        told = told.replace(name, "")
    if _OTHER_TIME.search(told):
        return None
    document = reading.collection.document(sentence.passage.document_id)
    entries = lone_dates(document.text)
    before = [(date, place) for date, place in entries if place.end <= sentence.span.start]
    named = year_or_date(event)
    if len({date for date, _ in entries}) < LEAST_ENTRIES or not before:
        return None
    date, place = before[-1]
    is_other_year = named and named.year and date.year not in (0, named.year)
    # An entry ends where its section does.
    if is_other_year or place.end < section_start(document, sentence.span):
        return None
    dating = sentence_at(reading.collection, document.document_id, place)
    sentences = tuple(filter(None, (dating, sentence)))
    return Finding(query, date.written, tuple(dict.fromkeys(s.passage.passage_id for s in sentences)), sentences)
