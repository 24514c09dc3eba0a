"""Scan: every batch of the text yields rows for the question; code verifies, joins, counts, sorts and compares them.

For questions that are spread over the whole text, where the best passages alone cannot tell. The model only copies
rows; it never counts.

Source: Oolong and HoloBench, arXiv 2511.02817 and 2410.11996, find that even large models count badly over long text:
rows per chunk, the aggregation in code. Ours: each row must stand in its passage (rows.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .aggregate import Result, aggregate
from .aggregation import Aggregation, aggregation_of
from .answer import Answer, Status
from .batch import Batch, affordable, batch_tokens, cut_batches, pages_of, passages_to_read
from .citation import cite
from .errors import BudgetSpent, ReplyMalformed, ReplyTooLong, WindowExceeded
from .fence import fence
from .reading import Reading
from .replies import AggregationReply, rows_reply
from .rows import Row, join, verify
from .selection import select_sections
from .support import grounding

ROW_COUNT = 12
SCAN_TOKENS = 420
OPERATION_TOKENS = 24
RANKED_COUNT = 200
SECTION_CALLS = 2


@dataclass(slots=True)
class _Scan:
    """What a scan has brought so far."""

    rows: list[Row] = field(default_factory=list)
    read: list[Batch] = field(default_factory=list)
    unread: list[Batch] = field(default_factory=list)
    budget_spent: bool = False


async def scan(reading: Reading) -> Answer | None:
    """Answer a question that counts, lists, sorts or compares by reading every batch of the text.

    Where the budget does not allow all of them, the batches that search ranks best are read; mode auto reads the
    sections that search ranks best. The answer says which share of the text that was.

    Returns:
        None where what was read holds no row; not where the budget ended the reading.

    Raises:
        ModelError: the server failed; malformed replies do not raise, they are read smaller and then reported.
    """
    # The last word is code's, but what is kept back for it stays: where no row is found, a look-up follows.
    batches = cut_batches(reading, passages_to_read(reading), SCAN_TOKENS)
    found = _Scan()
    try:
        asked = aggregation_of(reading.question) or await _ask_operation(reading)
        chosen = await _chosen(reading, batches)
        found.unread = [batch for batch in batches if batch not in chosen]
        reading.step("plan", f"{asked.operation}: {len(chosen)} of {len(batches)} batches, each row: {asked.columns}")
        await _read_all(reading, chosen, asked, found)
    except BudgetSpent as error:
        reading.step("fallback", f"The scan ends: {error.message}")
        found.budget_spent = True
        found.unread = [batch for batch in batches if batch not in found.read]
        asked = aggregation_of(reading.question) or Aggregation("list")
    # Two payments to one person are two.
    rows = found.rows if asked.operation == "sum" else join(found.rows)
    return _answer(reading, aggregate(rows, asked), batches, found)


async def _ask_operation(reading: Reading) -> Aggregation:
    """Have the model say what the question asks, where its words do not tell."""
    try:
        reply = await reading.ask("aggregate", AggregationReply, OPERATION_TOKENS, question=fence(reading.question))
    except (ReplyMalformed, ReplyTooLong) as error:
        reading.step("fallback", f"What to do with the rows is unclear ({error.code}): they are listed.")
        return Aggregation("list")
    return Aggregation(reply.operation)


async def _chosen(reading: Reading, batches: Sequence[Batch]) -> list[Batch]:
    """Return the batches to read, in the order of the text: all, or the best by search that the budget allows."""
    if reading.settings.mode == "auto" and len(batches) > SECTION_CALLS:
        room = SECTION_CALLS * batch_tokens(reading, SCAN_TOKENS)
        return cut_batches(reading, await select_sections(reading, room), SCAN_TOKENS)
    room = await reading.room("scan", SCAN_TOKENS // 2, passages=[], question=fence(reading.question), columns="name")
    count = affordable(reading, batches, reading.model.window_tokens - room)
    if count >= len(batches):
        return list(batches)
    hits = await reading.collection.search(reading.question, RANKED_COUNT, reading.document_ids or None)
    rank = {hit.passage.passage_id: number for number, hit in enumerate(hits)}
    ranked = sorted(batches, key=lambda batch: min(rank.get(found, RANKED_COUNT) for found in batch.passage_ids))
    best = set(ranked[: max(count, 1)])
    return [batch for batch in batches if batch in best]


async def _read_all(reading: Reading, batches: Sequence[Batch], asked: Aggregation, found: _Scan) -> None:
    for batch in batches:
        rows: list[Row] = []
        try:
            whole = await _read(reading, batch, asked, rows)
            (found.read if whole else found.unread).append(batch)
        finally:
            found.rows += rows


async def _read(reading: Reading, batch: Batch, asked: Aggregation, rows: list[Row]) -> bool:
    """Read a batch, in halves where a reply is unusable or full; add its rows and return whether all was read."""
    values = {"passages": [reading.text_of(p) for p in batch.passages], "question": fence(reading.question)}
    try:
        form = rows_reply(asked.row, ROW_COUNT)
        reply = await reading.ask("scan", form, SCAN_TOKENS, columns=fence(asked.columns), **values)
    except (ReplyMalformed, ReplyTooLong, WindowExceeded) as error:
        if len(batch.passages) > 1:
            return await _read_halves(reading, batch, asked, rows)
        reading.step("fallback", f"A passage stays unread: {error.message}", passage_ids=batch.passage_ids)
        return False
    full = len(reply.rows) >= ROW_COUNT
    if full and len(batch.passages) > 1:
        # A full list may have been ended by its bound.
        return await _read_halves(reading, batch, asked, rows)
    read = reading.with_texts(batch.passages)
    verdict = verify(reply.rows, read, reading.question, asked)
    told = "; ".join(" | ".join((row.name, *row.values)) for row in verdict.rows)
    reading.step(
        "scan",
        f"{len(verdict.rows)} rows, {verdict.unfounded_count} not in the text, {verdict.unfit_count} do not fit"
        + (", the list is full" if full else ""),
        finding=told,
        chunk_ids=batch.chunk_ids,
        passage_ids=batch.passage_ids,
    )
    rows += verdict.rows
    return not full


async def _read_halves(reading: Reading, batch: Batch, asked: Aggregation, rows: list[Row]) -> bool:
    return all([await _read(reading, half, asked, rows) for half in batch.halves()])


def _answer(reading: Reading, result: Result, batches: Sequence[Batch], found: _Scan) -> Answer | None:
    if not result.rows and not found.budget_spent:
        return None
    citations = cite(reading.collection, [row.sentence for row in result.rows])
    remarks = [result.missing] if result.missing else []
    if found.unread:
        share = sum(batch.tokens for batch in found.read) / max(sum(batch.tokens for batch in batches), 1)
        read = f" ({pages_of(reading, found.read)})" if found.read else ""
        remarks.append(f"{share:.0%} of the text was read{read}.")
    if found.budget_spent:
        status = Status.BUDGET_SPENT
    else:
        status = Status.PARTLY_ANSWERED if found.unread or result.missing else Status.ANSWERED
    text = result.text if result.rows else "Nothing was found."
    confidence = round(grounding(result.text, (citation.quote for citation in citations)), 2)
    return Answer(status=status, text=" ".join([text, *remarks]), citations=citations, confidence=confidence)
