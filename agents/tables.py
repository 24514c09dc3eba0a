"""Questions that a table answers: its rows are counted, listed or compared by code, without the model.

Only where the table plainly is about what is asked: what is counted stands in its caption or head, and every name,
year and content word of the question stands in its caption, head or cells. Else nothing is said here, and the text is
read. Finding tables in a file is the parsers', what is done with rows aggregate.py's.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..graph_store.document import Document
from ..graph_store.english import WEAK_NOUNS
from ..graph_store.key_element import singular
from ..graph_store.section import lead_of
from ..graph_store.table_row import CELL_BREAK, is_row
from .aggregate import Result, aggregate
from .aggregation import Aggregation, aggregation_of, bound_count
from .amount import amount
from .answer import Answer, Status
from .citation import cite
from .reading import Reading
from .rows import TOTAL, Row
from .support import Sentence, content_words, grounding, sentences_of, stands_in

MIN_ROWS = 2
HIT_COUNT = 24
# A column holds amounts if this share of its rows does.
AMOUNT_SHARE = 0.8
# A cell with a year and no more words than this is a date.
DATE_WORDS = 4
# A longer head is a piece of prose that a parser took for a cell.
HEAD_WORDS = 3

_LIST = re.compile(r"^\W*(?:please )?(?:list|name|which|what)\b", re.IGNORECASE)
_WHO = re.compile(r"^\W*who (?:have|were|are)\b", re.IGNORECASE)
# What a question leaves out, no row tells.
_NEGATED = re.compile(
    r"\b(?!not? (?:more|less|fewer|higher|lower|larger|smaller|greater|longer|shorter|above|below|over|under|exceed))"
    r"(?:not|never|neither|nor|no|except|excluding|without|other than|\w+n[’']t)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\bhow many [\w ]+? (?:were|was|are|have been|has been|had been) (\w+(?:ed|en|ld|t|un|ung))\b", re.IGNORECASE
)
_SCALED = re.compile(r"\b(?:thousand|million|billion)s?\b|\b000s?\b", re.IGNORECASE)
_PLAIN_YEAR = re.compile(r"\W*1\d{3}|\W*20\d\d")
_QUANTITY = re.compile(r"\W*\d[\d,. ]*\W*[^\W\d]*\W*")
_TERM = re.compile(r"(?<=\w )[A-Z][\w’'-]*(?: (?:of )?[A-Z][\w’'-]*)*|\b(?:1[1-9]|20)\d\d\b")
_ASKING = frozenset(
    "order number list name count total sum chronological alphabetical altogether hundred thousand".split()
)


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table: its document's title, what stands above it, its head, and its other rows."""

    title: str
    lead: str
    head: tuple[str, ...]
    rows: tuple[Sentence, ...]

    def column(self, index: int) -> list[str]:
        """Return the cells of a column."""
        return [cells_of(row)[index] for row in self.rows]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question says: its words, its names and years, the thing that is counted, what is done with the rows."""

    text: str
    words: frozenset[str]
    terms: tuple[str, ...]
    thing: str
    operation: Aggregation


async def answer_from_table(reading: Reading) -> Answer | None:
    """Answer the reading's question from a table, each row cited; None where no table is plainly meant."""
    found = await from_tables(reading)
    if found is None:
        return None
    passages = dict.fromkeys(row.sentence.passage for row in found.rows)
    reading.quoted.update(passage.document_id for passage in passages)
    reading.step(
        "scan",
        f"{len(found.rows)} rows of a table ({reading.lead_of(next(iter(passages)))})",
        finding=found.text,
        chunk_ids=tuple(dict.fromkeys(passage.chunk_id for passage in passages)),
        passage_ids=tuple(passage.passage_id for passage in passages),
    )
    citations = cite(reading.collection, [row.sentence for row in found.rows])
    status = Status.PARTLY_ANSWERED if found.missing else Status.ANSWERED
    confidence = round(grounding(found.text, (citation.quote for citation in citations)), 2)
    return Answer(
        status=status, text=f"{found.text} {found.missing}".strip(), citations=citations, confidence=confidence
    )


async def from_tables(reading: Reading) -> Result | None:
    """Return what one table near the best passages by search tells; None where none is plainly meant.

    Tables are tried in the order of the passages that search finds in them or beside them.
    """
    asked = _asked(reading.question)
    if asked is None:
        return None
    hits = await reading.collection.search(reading.question, HIT_COUNT, reading.document_ids or None)
    chunk_ids = dict.fromkeys(hit.passage.chunk_id for hit in hits)
    return await asyncio.to_thread(_first_told, reading, asked, list(chunk_ids))


def _first_told(reading: Reading, asked: _Asked, chunk_ids: Sequence[str]) -> Result | None:
    tried: set[Table] = set()
    for chunk_id in chunk_ids:
        tables = _tables_around(reading, chunk_id)
        for table in tables:
            if table not in tried and (rows := _rows(table, asked)):
                others = (other for other in tables if other != table and other.head == table.head)
                # Two tables with one head, as of one that goes on: which is meant is not plain.
                return None if any(_rows(other, asked) for other in others) else aggregate(rows, asked.operation)
            tried.add(table)
    return None


def _tables_around(reading: Reading, chunk_id: str) -> list[Table]:
    """Return the tables of a chunk with what of them stands in the chunks before and behind it."""
    collection = reading.collection
    beside = (collection.chunk_before(chunk_id), collection.chunk(chunk_id), collection.chunk_after(chunk_id))
    chunks = [chunk for chunk in beside if chunk]
    if not any(is_row(collection.text_of(chunk)) for chunk in chunks):
        return []
    passages = [passage for chunk in chunks for passage in collection.passages(chunk.chunk_id)]
    document = collection.document(chunks[0].document_id)
    return tables_in(document, [found for p in passages for found in sentences_of(p, collection.text_of(p))])


def tables_in(document: Document, sentences: Iterable[Sentence]) -> list[Table]:
    """Return the tables among sentences: runs of rows with as many cells as their head.

    A head that is repeated, as on a table's next page, is no row; a run with rows of other lengths is no table, unless
    they are totals. A run that begins or ends where the sentences do may be a part of a table, and is left out.
    """
    runs = [list(run) for _, run in groupby(sentences, key=lambda sentence: is_row(sentence.text))]
    tables, end = [], len(document.text.rstrip())
    for i, (first, *rest) in enumerate(runs):
        may_go_on = i == 0 or (i + 1 == len(runs) and (rest or [first])[-1].span.end < end)
        if may_go_on or not is_row(first.text):
            continue
        rows = tuple(row for row in rest if row.text != first.text and not TOTAL.match(row.text))
        if len(rows) >= MIN_ROWS and all(len(cells_of(row)) == len(cells_of(first)) for row in rows):
            lead = f"{lead_of(document, first.span)} {runs[i - 1][-1].text}"
            tables.append(Table(document.title, lead, cells_of(first), rows))
    return tables


def cells_of(row: Sentence) -> tuple[str, ...]:
    """Return a row's cells."""
    return tuple(cell.strip() for cell in row.text.split(CELL_BREAK))


def _asked(question: str) -> _Asked | None:
    """Return what a question asks of a table's rows; None where it does not ask for a number of things or several."""
    operation = aggregation_of(question)
    if operation is None or operation.among or _NEGATED.search(question) or bound_count(question) > 1:
        return None
    thing, _, verb = operation.thing.casefold().partition(" ")
    several = thing and singular(thing) != thing and _LIST.search(question)
    if operation.operation != "count" and not several and not _WHO.search(question):
        return None
    words = content_words(question) - WEAK_NOUNS - _ASKING
    if operation.bound or operation.pair:
        # "Gave more than", "were above": the verb adds nothing to the comparison.
        words -= {verb}
    if operation.bound:
        # Besides the bound's own figure none may go unheeded.
        if sum(word[0].isdigit() for word in words) > 1 + len(_TERM.findall(question)):
            return None
        words = {word for word in words if not word[0].isdigit() or word in _TERM.findall(question)}
    return _Asked(question, frozenset(words), tuple(_TERM.findall(question)), thing, operation)


def _rows(table: Table, asked: _Asked) -> list[Row]:
    """Return the rows of a table that a question asks for; none where the table is not plainly what is meant.

    Its rows must be things of the kind that is asked for: their column is headed so, or the caption says so and the
    question tells some of the rows from others.
    """
    about = f"{table.lead} {' '.join(table.head)}"
    name = _name_column(table, asked)
    headed = _is_headed(table.head[name], asked)
    filters = [term for term in asked.terms if not _in(term, about) and any(_in(term, row.text) for row in table.rows)]
    cells = {cell.casefold() for row in table.rows for cell in cells_of(row)}
    filters += [word for word in asked.words if word in cells and not _holds(content_words(about), word)]
    narrowed = bool(filters or asked.operation.bound or asked.operation.pair)
    if not headed and not (narrowed and asked.thing and _holds(content_words(table.lead), asked.thing)):
        return []
    if _asks_a_sum(table, asked):
        return []
    known = content_words(f"{about} {table.title} {' '.join(filters)}")
    columns = [_column_with(table, term) for term in filters]
    if None in columns or not all(_holds(known, word) for word in asked.words):
        return []
    told = [(i, term) for i, term in zip(columns, filters, strict=True) if i is not None]
    kept = [row for row in table.rows if all(_tells(cells_of(row)[i], term) for i, term in told)]
    return _valued(table, kept, asked, name)


def _column_with(table: Table, term: str) -> int | None:
    """Return the one column with cells that are this name or dates of this year; None where it stands elsewhere too."""
    found = {i for row in table.rows for i, cell in enumerate(cells_of(row)) if _in(term, cell)}
    plain = {i for row in table.rows for i, cell in enumerate(cells_of(row)) if _tells(cell, term)}
    return found.pop() if len(found) == 1 and found == plain else None


def _tells(cell: str, term: str) -> bool:
    if cell.casefold() == term.casefold():
        return True
    return term.isdigit() and _in(term, cell) and len(cell.split()) <= DATE_WORDS


def _valued(table: Table, kept: Sequence[Sentence], asked: _Asked, name: int) -> list[Row]:
    """Return rows with their names and with the amounts that the question turns on."""
    operation, columns = asked.operation, []
    if operation.pair:
        columns = [_column_of(table, name) for name in (operation.pair.first, operation.pair.second)]
    elif operation.needs_value:
        columns = [_amount_column(table, asked)]
    if None in columns or (operation.bound and any(_SCALED.search(table.head[i]) for i in columns if i is not None)):
        return []
    cells = [(row, cells_of(row)) for row in kept]
    rows = [Row(found[name], row, tuple(found[i] for i in columns if i is not None)) for row, found in cells]
    if not all(any(character.isalpha() for character in row.name) for row in rows):
        return []
    rows = [row for row in rows if operation.keeps(row.values)]
    if operation.operation == "count" and name == 0:
        return rows
    named: dict[str, Row] = {}
    for row in rows:
        named.setdefault(row.name.casefold(), row)
    return list(named.values())


def _asks_a_sum(table: Table, asked: _Asked) -> bool:
    """Tell whether how many there are is told by a column of numbers, not by the rows: tickets, by those sold."""
    if asked.operation.operation != "count" or asked.operation.bound or asked.operation.pair:
        return False
    done = _DONE.search(asked.text)
    counted = [asked.thing, *([done[1].casefold()] if done else [])]
    heads = (i for i, head in enumerate(table.head) if i and any(_holds(content_words(head), w) for w in counted if w))
    return any(all(_is_quantity(cell) for cell in table.column(i)) for i in heads)


def _is_quantity(cell: str) -> bool:
    return bool(_QUANTITY.fullmatch(cell)) and not _PLAIN_YEAR.fullmatch(cell)


def _name_column(table: Table, asked: _Asked) -> int:
    """Return the column that names the rows: headed by what is asked for, else by "Name", else the first."""
    headed = [i for i, head in enumerate(table.head) if _is_headed(head, asked)]
    named = [i for i, head in enumerate(table.head) if head.casefold() == "name"]
    return [*headed, *named, 0][0]


def _is_headed(head: str, asked: _Asked) -> bool:
    words = content_words(head)
    if len(head.split()) > HEAD_WORDS:
        return False
    return _holds(words, asked.thing) if asked.thing else any(_holds(words, word) for word in asked.words)


def _column_of(table: Table, words: str) -> int | None:
    found = [i for i, head in enumerate(table.head) if content_words(words) <= content_words(head)]
    return found[0] if len(found) == 1 else None


def _amount_column(table: Table, asked: _Asked) -> int | None:
    """Return the one column of amounts that the question names, or the only one; None where that is not plain."""
    amounts = [i for i in range(1, len(table.head)) if _is_amounts(table.column(i))]
    shared = {i: sum(_holds(content_words(table.head[i]), word) for word in asked.words) for i in amounts}
    most = max(shared.values(), default=0)
    best = [i for i in amounts if shared[i] == most]
    if asked.operation.operation == "sort" and not most:
        return best[0] if best else None
    return best[0] if len(best) == 1 else None


def _is_amounts(cells: Sequence[str]) -> bool:
    return sum(amount(cell) is not None for cell in cells) >= AMOUNT_SHARE * len(cells)


def _in(term: str, text: str) -> bool:
    return stands_in(term.casefold(), text.casefold())


def _holds(words: Iterable[str], word: str) -> bool:
    return any(_alike(known, word) for known in words)


def _alike(one: str, other: str) -> bool:
    """Tell whether two words are forms of one: equal, or the longer is the shorter with an ending."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 3)
