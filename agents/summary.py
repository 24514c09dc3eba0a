"""Summaries: of whole documents, or of what they say about a topic. Two workflows, both over every part of the text.

Owns which parts are read and how their summaries become one. Which sentences hold is summary_point.py's.

Source: BooookScore, arXiv 2310.00785, section 2: hierarchical merging and incremental updating. Ours: sentences are
checked and cited; of more than twelve parts, neighbouring summaries are merged until twelve stand one after the other,
and sentences are taken evenly from each, so that a summary covers begin, middle and end alike (merging into one tells
most of the end of a book, and a small model merges badly: docs/decisions/0031).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .answer import Answer, Status
from .batch import Batch, affordable, cut_batches, evenly, pages_of, passages_to_read
from .citation import cite
from .conversation import conversation_of
from .errors import BudgetSpent, ReplyMalformed, ReplyTooLong, WindowExceeded
from .fence import fence
from .reading import Reading
from .replies import PartReply, summary_reply
from .story_setting import SETTING, asks_setting
from .summary_point import Point, check_merged, check_read, quote_nearest, split, without_repeats
from .support import grounding

PART_SENTENCES = 3
PART_WORDS = 60
PART_TOKENS = 300
# What a running summary may hold; a part's share of it grows with every update.
RUNNING_SENTENCES = 9
RUNNING_TOKENS = 700
MERGED_PARTS = 4
KEPT_PARTS = 12
# Of what stands beside each other in the end, so many sentences, evenly from each part.
MOST_SENTENCES = 16
TOPIC_PASSAGES = 24

_ASKED = re.compile(
    r"^\W*(?:please |can you |could you |would you |briefly |shortly )*"
    r"(?:give (?:me )?|write |i (?:want|need) )?(?:an? |the )?(?:short |brief |one-page )?"
    r"(?:summari[sz]e|sum up|recap|outline|summary|overview|synopsis|gist|tl;?dr)\b\s*(?:of|on|about)?\s*",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"^(?:(?:what|everything|all)\b(?: that)?(?: (?:is|was|are|were|the \w+|it) (?:said|written|told|says?|tells?))"
    r"\s+(?:about|on|of)|what (?:happens|happened|becomes|became) (?:to|of))\s+",
    re.IGNORECASE,
)
# How the summary is wanted, and for whom.
_FORM = re.compile(
    r"\s*\b(?:for (?:me|us|my \w+)|in (?:an? |one |two |three |four |five |ten |\d+ |a few |some |short )*"
    r"(?:bullet )?(?:points|bullets|sentences?|paragraphs?|words|lines|pages?)"
    r"|(?:throughout|in the course of) (?:the|this) (?:story|novel|book|play|text|report|meeting|discussion))\W*$",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:(?:the|this|these|whole|entire|full|all|of|it|me|long|document|documents|report|text|book|paper|article|story"
    r"|novel|file|contract|minutes|meeting|transcript|pdf|please|briefly|in|a|few|main|key|most|important|points"
    r"|findings|takeaways|messages|plots?|happens|everything|annual|attached|what|is|are|was|were|about"
    r"|topics?|talked|discussed|discussion|covered)\b[\s.,!?]*)*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Summary:
    """What a summary has brought so far: the points of each part in the order of the text."""

    parts: list[tuple[Point, ...]] = field(default_factory=list)
    read: list[Batch] = field(default_factory=list)
    unread_count: int = 0
    budget_spent: bool = False


def topic_of(question: str) -> str:
    """Return what a summary is asked about; an empty text where it is the whole document."""
    if asks_setting(question):
        return SETTING
    asked = " ".join(question.split()).rstrip(" .?!")
    while (shorter := _FORM.sub("", asked)) != asked:
        asked = shorter
    rest = _SAID.sub("", _ASKED.sub("", asked, count=1), count=1).strip(" .?!")
    return "" if _WHOLE.match(rest) else rest


async def summarise(reading: Reading) -> Answer:
    """Summarise the question's documents, or what they say about the topic that the question names.

    Every part of the text is read where the budget allows it, else parts spread evenly from begin to end; for a topic,
    the passages that search finds; for the setting of a story that stands alone, passages spread from begin to end. The
    answer says which pages were read.

    Raises:
        ModelError: the server failed; malformed replies do not raise, they are read smaller and then reported.
    """
    reading.model.release_reserve()
    topic = topic_of(reading.question)
    passages = passages_to_read(reading)
    if topic == SETTING and len({passage.document_id for passage in passages}) == 1:
        passages = evenly(passages, TOPIC_PASSAGES)
    elif topic:
        hits = await reading.collection.search(topic, TOPIC_PASSAGES, reading.document_ids or None)
        passages = reading.in_document_order(hit.passage for hit in hits)
    incremental = reading.settings.summary_workflow == "incremental"
    reply_tokens = PART_TOKENS + 2 * RUNNING_TOKENS if incremental else PART_TOKENS
    batches = cut_batches(reading, passages, reply_tokens)
    merges = 0 if incremental else _merge_count(len(batches))
    prompt: dict[str, object] = {"passages": [], "topic": fence(topic)}
    prompt |= {"sentence_count": RUNNING_SENTENCES, "sentences": []} if incremental else {"word_count": PART_WORDS}
    room = await reading.room("update" if incremental else "summarise", reply_tokens, **prompt)
    count = affordable(reading, batches, reading.model.window_tokens - room, merges)
    chosen = evenly(batches, max(count, 1))
    about = f"about {topic}" if topic else "of the whole text"
    reading.step("plan", f"summary {about}: {len(chosen)} of {len(batches)} parts, {pages_of(reading, chosen)}")
    summary = _Summary()
    try:
        await (_update if incremental else _read_parts)(reading, chosen, topic, summary)
        if not incremental:
            await _merge(reading, topic, summary)
    except BudgetSpent as error:
        reading.step("fallback", f"The summary ends: {error.message}")
        summary.budget_spent = True
    if not incremental:
        most = max(MOST_SENTENCES // max(len(summary.parts), 1), 1)
        summary.parts = [tuple(evenly(part, most)) for part in summary.parts]
    return _answer(reading, summary, batches)


def _merge_count(part_count: int) -> int:
    """Return how many merges parts of this number need."""
    count = 0
    while part_count > KEPT_PARTS:
        part_count = math.ceil(part_count / _fan_in(part_count))
        count += part_count
    return count


def _fan_in(part_count: int) -> int:
    return min(MERGED_PARTS, math.ceil(part_count / KEPT_PARTS))


async def _read_parts(reading: Reading, batches: Sequence[Batch], topic: str, summary: _Summary) -> None:
    for batch in batches:
        points = await _read(reading, batch, topic, summary)
        summary.read.append(batch)
        if points:
            summary.parts.append(points)


async def _read(reading: Reading, batch: Batch, topic: str, summary: _Summary) -> tuple[Point, ...]:
    """Summarise one part, in halves where the reply is unusable."""
    texts = [reading.text_of(passage) for passage in batch.passages]
    read = reading.with_texts(batch.passages)
    try:
        reply = await reading.ask(
            "summarise", PartReply, PART_TOKENS, passages=texts, topic=fence(topic), word_count=PART_WORDS
        )
    except (ReplyMalformed, ReplyTooLong, WindowExceeded) as error:
        return await _read_halves(reading, batch, topic, summary, error)
    said = split([reply.summary])
    points = check_read(said, read, topic)
    _tell(reading, points, len(said), batch)
    # What is said in a conversation tells little by itself, and what was made up about a topic is near to anything.
    if points or topic not in ("", SETTING) or conversation_of(texts):
        return points
    quoted = quote_nearest(said, read)
    reading.step("summary", f"{len(quoted)} sentences of the text are quoted instead", finding=_text(quoted))
    return quoted


async def _read_halves(
    reading: Reading, batch: Batch, topic: str, summary: _Summary, error: ReplyMalformed | ReplyTooLong | WindowExceeded
) -> tuple[Point, ...]:
    if len(batch.passages) == 1:
        summary.unread_count += 1
        reading.step("fallback", f"A passage stays unread: {error.message}", passage_ids=batch.passage_ids)
        return ()
    first, second = batch.halves()
    return (*await _read(reading, first, topic, summary), *await _read(reading, second, topic, summary))


async def _merge(reading: Reading, topic: str, summary: _Summary) -> None:
    """Merge neighbouring parts, level by level, until twelve stand beside each other."""
    while len(summary.parts) > KEPT_PARTS:
        fan_in = _fan_in(len(summary.parts))
        groups = [summary.parts[i : i + fan_in] for i in range(0, len(summary.parts), fan_in)]
        merged: list[tuple[Point, ...]] = []
        for number, group in enumerate(groups):
            try:
                merged.append(await _merge_group(reading, group, topic))
            except BudgetSpent:
                # What was not merged is thinned out: the summary stays even, and bounded.
                rest = [tuple(evenly(_flat(left), PART_SENTENCES)) for left in groups[number:]]
                summary.parts = [*merged, *rest]
                raise
        summary.parts = [part for part in merged if part]


async def _merge_group(reading: Reading, group: Sequence[tuple[Point, ...]], topic: str) -> tuple[Point, ...]:
    points = _flat(group)
    if len(group) == 1 and len(points) <= PART_SENTENCES:
        return group[0]
    values = {"topic": fence(topic), "sentence_count": PART_SENTENCES, "sentences": [fence(p.text) for p in points]}
    try:
        reply = await reading.ask("merge", summary_reply(PART_SENTENCES), PART_TOKENS, **values)
    except (ReplyMalformed, ReplyTooLong, WindowExceeded) as error:
        reading.step("fallback", f"Summaries are not merged ({error.code}): sentences spread evenly are kept.")
        return tuple(evenly(points, PART_SENTENCES))
    merged = check_merged(reply.sentences, points)
    dropped = len(reply.sentences) - len(merged)
    reading.step(
        "summary", f"{len(points)} sentences merged into {len(merged)}, {dropped} dropped", finding=_text(merged)
    )
    return merged or tuple(evenly(points, PART_SENTENCES))


async def _update(reading: Reading, batches: Sequence[Batch], topic: str, summary: _Summary) -> None:
    """Carry one running summary through the text."""
    for batch in batches:
        points = _flat(summary.parts)
        values = {
            "topic": fence(topic),
            "sentence_count": RUNNING_SENTENCES,
            "sentences": [fence(p.text) for p in points],
        }
        texts = [reading.text_of(passage) for passage in batch.passages]
        try:
            form = summary_reply(RUNNING_SENTENCES)
            reply = await reading.ask("update", form, RUNNING_TOKENS, passages=texts, **values)
        except (ReplyMalformed, ReplyTooLong, WindowExceeded) as error:
            summary.unread_count += 1
            reading.step("fallback", f"A part stays unread: {error.message}", passage_ids=batch.passage_ids)
            continue
        written = split(reply.sentences)
        kept = check_merged(written, points)
        new = [said for said in written if said not in {point.text for point in kept}]
        added = check_read(new, reading.with_texts(batch.passages), topic)
        order = {said: place for place, said in enumerate(written)}
        updated = tuple(sorted((*kept, *added), key=lambda point: order[point.text]))
        # An update that keeps nothing of what was found does not overwrite it.
        summary.parts = [updated if kept or not points else tuple(evenly((*points, *added), RUNNING_SENTENCES))]
        summary.read.append(batch)
        _tell(reading, updated, len(written), batch)


def _tell(reading: Reading, points: Sequence[Point], said_count: int, batch: Batch) -> None:
    summary = f"{len(points)} sentences, {said_count - len(points)} dropped, {pages_of(reading, [batch])}"
    reading.step("summary", summary, finding=_text(points), chunk_ids=batch.chunk_ids, passage_ids=batch.passage_ids)


def _flat(parts: Sequence[tuple[Point, ...]]) -> list[Point]:
    return [point for part in parts for point in part]


def _text(points: Sequence[Point]) -> str:
    return " ".join(point.text for point in points)


def _answer(reading: Reading, summary: _Summary, batches: Sequence[Batch]) -> Answer:
    points = without_repeats(_flat(summary.parts))
    citations = cite(reading.collection, [point.sentence for point in points])
    number = {(citation.document_id, citation.start): citation.number for citation in citations}
    places = [(point.sentence.passage.document_id, point.sentence.span.start) for point in points]
    cited = [f"{p.text} [{number[place]}]" for p, place in zip(points, places, strict=True) if place in number]
    complete = len(summary.read) == len(batches) and not summary.unread_count
    if summary.budget_spent:
        status = Status.BUDGET_SPENT
    elif not points:
        status = Status.NOT_IN_DOCUMENT if complete else Status.PARTLY_ANSWERED
    else:
        status = Status.ANSWERED if complete else Status.PARTLY_ANSWERED
    if summary.read:
        cited.append(f"(Read: {len(summary.read)} of {len(batches)} parts, {pages_of(reading, summary.read)}.)")
    confidence = round(grounding(_text(points), (citation.quote for citation in citations)), 2)
    text = " ".join(cited) if points else " ".join(["not in the document", *cited])
    return Answer(status=status, text=text, citations=citations, confidence=confidence)
