"""Rows of a scan: what a reader said stands in a batch, held against its text by code, and joined over all batches.

Owns which rows count. What is asked of them is aggregation.py's, the result aggregate.py's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..graph_store.chunk import Passage
from ..graph_store.key_element import normalise
from ..graph_store.quote import fold
from ..graph_store.table_row import CELL_BREAK, is_row
from .aggregation import Aggregation
from .amount import amount
from .replies import ScanRow
from .support import Sentence, content_words, sentences_of, stands_in

_TITLES = frozenset("mr mrs ms miss dr prof professor sir rev captain capt".split())
# "All grants" are a total; All Saints is a church.
TOTAL = re.compile(
    r"\W*(?:(?:grand |sub-?)?totals?|sum|all(?! (?-i:[A-Z]))|together|altogether|average|mean)\b", re.IGNORECASE
)
# Names that one of these tells apart are two things: Sudan and South Sudan.
_APART = frozenset(
    """north south east west northern southern eastern western new old upper lower great greater little lesser central
    inner outer equatorial papua saint st first second third""".split()
)
_DATE = re.compile(r"\b(?:on|by|at|until) (?:the )?(?:end of |\d{1,2} )?(?:[A-Z][a-z]+ )?\d{4}\b")
_TERM = re.compile(r"(?<=\w\s)[A-Z][\w’'-]*(?:\s(?:of\s)?[A-Z][\w’'-]*)*|(?<=(?:in|of) )(?:1[1-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that stands in the text: its name, its values as written, and its sentence."""

    name: str
    sentence: Sentence
    values: tuple[str, ...] = ()

    @property
    def amount(self) -> float | None:
        """The first value, comparable; None where it is no number or date."""
        return amount(self.values[0]) if self.values else None

    @property
    def key(self) -> frozenset[str]:
        """The words that make its identity: titles, case, articles and inflection do not count."""
        words = normalise(self.name).split()
        return frozenset(word for word in words if word not in _TITLES) or frozenset(words)


@dataclass(slots=True)
class Verdict:
    """The rows of one batch that hold, and how many do not: not in the text, or outside the question's condition."""

    rows: list[Row] = field(default_factory=list)
    unfounded_count: int = 0
    unfit_count: int = 0


def verify(rows: Iterable[ScanRow], read: Sequence[tuple[Passage, str]], question: str, asked: Aggregation) -> Verdict:
    """Hold a reply's rows against the passages that were read.

    A row stands if one sentence or table row holds its name, and the passage around it the numbers and words of its
    values. It fits if its amounts keep the question's bound, and if the names and years by which the question tells
    table rows apart stand in its own table row.

    Args:
        read: the passages with their texts.
        question: as asked.
    """
    tables = _Tables([sentence for passage, text in read for sentence in sentences_of(passage, text)], question)
    verdict = Verdict()
    named: dict[int, str] = {}
    for said in rows:
        row = _founded(said, read, content_words(question))
        if row is None or _names_the_kind(row, asked):
            verdict.unfounded_count += 1
        elif not (asked.keeps(row.values) and tables.fits(row)):
            verdict.unfit_count += 1
        elif not _is_other_cell(row, named.get(row.sentence.span.start)):
            named.setdefault(row.sentence.span.start, row.name)
            verdict.rows.append(row)
    return verdict


def _founded(said: ScanRow, read: Sequence[tuple[Passage, str]], asked_words: set[str]) -> Row | None:
    wanted, folded = content_words(" ".join(said.values)), fold(said.name)[0]
    best, most = None, (-1, -1)
    for passage, text in read:
        if not folded or not wanted <= content_words(text):
            continue
        for sentence in sentences_of(passage, text):
            words = content_words(sentence.text)
            score = len(wanted & words), len(asked_words & words)
            if score > most and stands_in(folded, fold(sentence.text)[0]):
                best, most = sentence, score
    return best and Row(said.name.strip(), best, said.values)


def _names_the_kind(row: Row, asked: Aggregation) -> bool:
    """Tell whether a row repeats what is asked for ("turbines"), or is a table's total, instead of naming one."""
    if is_row(row.sentence.text) and TOTAL.match(row.name):
        return True
    return bool(asked.thing) and row.key <= frozenset(normalise(word) for word in asked.thing.split())


def _is_other_cell(row: Row, named: str | None) -> bool:
    """Tell whether a table row was already named by another of its cells: it is one thing, not two."""
    if named is None or not is_row(row.sentence.text):
        return False
    names = fold(named)[0], fold(row.name)[0]
    cells = [fold(cell)[0] for cell in row.sentence.text.split(CELL_BREAK)]
    return not any(all(stands_in(name, cell) for name in names) for cell in cells)


class _Tables:
    """The names and years of the question that tell the rows of a table apart: found in some of them, not in all."""

    def __init__(self, sentences: list[Sentence], question: str) -> None:
        self._terms = {found[0] for found in _TERM.finditer(_DATE.sub("", question))}
        self._lines: dict[str, list[str]] = {}
        for sentence in sentences:
            if is_row(sentence.text):
                self._lines.setdefault(sentence.passage.passage_id, []).append(sentence.text)

    def fits(self, row: Row) -> bool:
        """Tell whether a row keeps the terms that other rows of its passage hold. The first line may be the head."""
        if not is_row(row.sentence.text):
            return True
        lines = self._lines[row.sentence.passage.passage_id][1:]
        telling = {term for term in self._terms if any(term in line for line in lines)}
        return all(term in row.sentence.text for term in telling)


def join(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each thing, in the order of its first mention.

    Rows with the same key are one. A shorter name joins the only longer one that holds all of its words ("Hallam",
    "Mr Hallam" and "Gregor Hallam"); one that several hold is left out, since it is one of them. The fuller name
    stays, and the first value that is an amount.

    Complexity: quadratic in the number of rows.
    """
    kept: dict[frozenset[str], Row] = {}
    for row in rows:
        kept[row.key] = _joined(kept[row.key], row) if row.key in kept else row
    for key in sorted(kept, key=len):
        longer = [other for other in kept if key < other and not _are_apart(kept[key], kept[other])]
        # A figure, such as a log number, is no short form.
        if not longer or all(word.isdigit() for word in key):
            continue
        row = kept.pop(key)
        if len(longer) == 1:
            kept[longer[0]] = _joined(row, kept[longer[0]])
    return list(kept.values())


def _are_apart(row: Row, longer: Row) -> bool:
    """Tell whether a longer name is no fuller form of a shorter one: two whole cells of tables, or told apart."""
    return bool((longer.key - row.key) & _APART) or (_is_cell(row) and _is_cell(longer))


def _is_cell(row: Row) -> bool:
    text = row.sentence.text
    return is_row(text) and fold(row.name)[0] in (fold(cell)[0] for cell in text.split(CELL_BREAK))


def _joined(row: Row, other: Row) -> Row:
    name = max((row, other), key=lambda found: (len(found.key), -len(found.name))).name
    valued = row if row.amount is not None or other.amount is None else other
    return replace(valued, name=name)
