"""What a scanning question asks of its rows (count, list, maximum…) and which rows fit. Decided by code from its words.

Owns no row (rows.py) and no result (aggregate.py).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .amount import amount
from .replies import PairedRow, ScanRow, ValuedRow

Operation = Literal["count", "list", "maximum", "minimum", "sum", "sort"]

_AT_LEAST_ONE = re.compile(r"\bat (?:least|most) (?:one|a|an)\b", re.IGNORECASE)
_FIGURE = r"(?:[$€£]\s?)?(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred)\b)"
_ABOVE = r"above|over|exceed(?:s|ed|ing)?|(?:more|greater|higher|larger|longer) than|after|since"
_BELOW = r"below|under|(?:less|fewer|lower|smaller|shorter) than|before"
_BOUND = re.compile(
    rf"\b(?P<least>at least|not? (?:less|fewer|lower|smaller|shorter) than|not (?:below|under))\s(?P<low>{_FIGURE}.*)"
    rf"|\b(?P<most>at most|not? (?:more|greater|higher|larger|longer) than|not (?:above|over|exceed(?:ing)?)|up to)"
    rf"\s(?P<cap>{_FIGURE}.*)"
    rf"|\b(?P<above>{_ABOVE})\s(?P<high>{_FIGURE}.*)|\b(?P<below>{_BELOW})\s(?P<top>{_FIGURE}.*)",
    re.IGNORECASE,
)
_BOUND_WORDS = re.compile(rf"\b(?:at least|at most|up to|{_ABOVE}|{_BELOW})\s(?=(?:{_FIGURE}))", re.IGNORECASE)
_PAIR = re.compile(
    r"\b(?P<more>more|higher|larger|greater|better|longer|less|lower|fewer|smaller|worse|shorter)\b.*?"
    r"\b(?:in|on|at|for)\s(?P<first>[\w ]{1,30}?)\s+than\s+(?:in|on|at|for)\s(?P<second>[\w ]{1,30}?)\s*[?.]?$",
    re.IGNORECASE,
)
_AGES = ("oldest", "youngest")
_LESS = frozenset("less lower fewer smaller worse shorter".split())

_COUNT = re.compile(
    r"\bhow many\b|\b(?:what|which) (?:is|was) the number of\b|^\W*count\b|\bthe number of\b", re.IGNORECASE
)
_SUM = re.compile(r"\b(?:in total|altogether|in all|add up|sum of|total of|the total|combined)\b", re.IGNORECASE)
_FIRST_PLACE = re.compile(r"\bfrom (?:the )?(\w+est|most|least) to\b|\b(\w+est|most|least) first\b", re.IGNORECASE)
_SORT = re.compile(
    r"\bin (?:\w+ )?(?:chronological |alphabetical |descending |ascending |decreasing |increasing )?order\b"
    rf"|\bsort(?:ed)?\b|\brank(?:ed)?\b|\bchronological|\balphabetical|{_FIRST_PLACE.pattern}",
    re.IGNORECASE,
)
_DESCENDING = re.compile(r"\b(?:descending|decreasing|reverse)\b|\brank", re.IGNORECASE)
_BY_NAME = re.compile(r"\balphabetical|\bby name\b", re.IGNORECASE)
_ORDINALS: dict[str, int] = {
    word: number for number, word in enumerate("second third fourth fifth sixth seventh eighth ninth tenth".split(), 2)
}
_NUMBERS: dict[str, int] = {
    word: number for number, word in enumerate("two three four five six seven eight nine ten".split(), 2)
}
_HIGH = "largest biggest highest greatest most longest tallest heaviest latest newest youngest strongest costliest"
_LOW = "smallest lowest least fewest shortest lightest earliest oldest cheapest weakest first"
_COMPARATIVE_HIGH = "larger bigger higher greater more longer taller heavier later newer younger stronger costlier"
_COMPARATIVE_LOW = "smaller lower less fewer shorter lighter earlier older cheaper weaker first"
_EXTREME = re.compile(
    rf"(?:\b(?P<ordinal>{'|'.join(_ORDINALS)})[ -]|\b(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)}) )?"
    rf"\b(?P<word>{'|'.join(f'{_HIGH} {_LOW}'.split())})\b",
    re.IGNORECASE,
)
# Longer questions are not read for it: the pattern's time grows fast.
_MOST_WORDS = 60
_EITHER = re.compile(
    rf"\b({'|'.join(f'{_COMPARATIVE_HIGH} {_COMPARATIVE_LOW}'.split())})\b"
    r".*?[,:]\s*(?P<one>.+?),?\s+or\s+(?P<other>.+?)\s*\?",
    re.IGNORECASE,
)
_LIST = re.compile(r"^\W*(?:list|name|enumerate|give|which|what|who|whom|where|all)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:how many|number of|count|list|name|enumerate|which|what|all)\s+"
    r"(?:of\s+)?(?:all\s+)?(?:the\s+)?(?P<thing>\w+(?:\s\w+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A comparison within each row, as in "more in 2019 than in 2018": ``first`` must be above ``second``, or below."""

    first: str
    second: str
    above: bool


@dataclass(frozen=True, slots=True)
class Aggregation:
    """What is asked of the rows.

    Attributes:
        operation: what code does with them.
        descending: the order of ``sort``.
        by_age: the question says "oldest" or "youngest": the operation is meant for years and turns round for ages.
        by_name: ``sort`` goes by the alphabet.
        places: the first and last place wanted of ``maximum`` or ``minimum``: 2, 2 is the second, 1, 3 the top three.
        among: only these names compete, as in "Which is larger, A or B?".
        bound: keeps a row by its amount, as "above 5,000" does; None keeps all.
        pair: keeps a row by its two amounts.
        thing: what is counted or listed, in the question's words; a row so named is none.
    """

    operation: Operation
    descending: bool = False
    by_age: bool = False
    by_name: bool = False
    places: tuple[int, int] = (1, 1)
    among: tuple[str, ...] = ()
    bound: Callable[[float], bool] | None = None
    pair: Pair | None = None
    thing: str = ""

    @property
    def needs_value(self) -> bool:
        """Tell whether each row must hold an amount beside its name."""
        is_valued = self.operation not in ("count", "list") and not self.by_name
        return self.pair is None and (is_valued or self.bound is not None)

    def keeps(self, values: Sequence[str]) -> bool:
        """Tell whether a row with these values keeps the question's bound or comparison."""
        if self.pair:
            first, second = map(amount, values)
            if first is None or second is None or first == second:
                return False
            return (first > second) == self.pair.above
        value = amount(values[0]) if values else None
        return self.bound is None or (value is not None and self.bound(value))

    @property
    def row(self) -> type[ScanRow]:
        """The form of a row."""
        return PairedRow if self.pair else ValuedRow if self.needs_value else ScanRow

    @property
    def columns(self) -> str:
        """What each row holds, as the prompt says it."""
        if self.pair:
            return f"name; first: {self.pair.first}; second: {self.pair.second}"
        return "name; value" if self.needs_value else "name"


def aggregation_of(question: str) -> Aggregation | None:
    """Return what a question asks of its rows, or None where its words do not tell."""
    question = " ".join(question.split())
    thing = found["thing"] if (found := _THING.search(question)) else ""
    is_short = len(question.split()) <= _MOST_WORDS
    if either := _EITHER.search(question) if is_short else None:
        word = either[1].casefold()
        operation: Operation = "minimum" if word in _COMPARATIVE_LOW.split() else "maximum"
        among = (_bare(either["one"]), _bare(either["other"]))
        return Aggregation(operation, by_age=word in ("older", "younger"), among=among)
    pair, bound = _pair(question), None
    if pair is None:
        bound = _bound(question)
    if _COUNT.search(question):
        return Aggregation("count", bound=bound, pair=pair, thing=thing)
    if _SUM.search(question):
        return Aggregation("sum", bound=bound, thing=thing)
    if _SORT.search(question):
        return _sort(question, bound, thing)
    if (extreme := _EXTREME.search(_AT_LEAST_ONE.sub("", question))) and bound is None and pair is None:
        word = extreme["word"].casefold()
        operation = "minimum" if word in _LOW.split() else "maximum"
        return Aggregation(operation, by_age=word in _AGES, places=_places(extreme), thing=thing)
    return Aggregation("list", bound=bound, pair=pair, thing=thing) if _LIST.search(question) else None


def _sort(question: str, bound: Callable[[float], bool] | None, thing: str) -> Aggregation:
    by_name = bool(_BY_NAME.search(question))
    descending = bool(_DESCENDING.search(question))
    by_age = False
    if first := _FIRST_PLACE.search(question):
        word = (first[1] or first[2]).casefold()
        by_age = word in _AGES
        descending = word not in _LOW.split()
    return Aggregation("sort", descending, by_age, by_name, bound=bound, thing=thing)


def _places(extreme: re.Match[str]) -> tuple[int, int]:
    if ordinal := extreme["ordinal"]:
        place = _ORDINALS[ordinal.casefold()]
        return place, place
    count = (extreme["count"] or "1").casefold()
    return 1, int(count) if count.isdigit() else _NUMBERS[count]


def bound_count(question: str) -> int:
    """Return how many bounds a question names; only the first is kept."""
    return len(_BOUND_WORDS.findall(_AT_LEAST_ONE.sub("", question)))


def _bare(name: str) -> str:
    return name.strip(" ?.,'\"").removeprefix("the ")


def _pair(question: str) -> Pair | None:
    found = _PAIR.search(question)
    if found is None:
        return None
    return Pair(found["first"].strip(), found["second"].strip(), found["more"].casefold() not in _LESS)


def _bound(question: str) -> Callable[[float], bool] | None:
    found = _BOUND.search(_AT_LEAST_ONE.sub("", question))
    if found is None:
        return None
    limit = amount(found["high"] or found["low"] or found["top"] or found["cap"])
    if limit is None:
        return None
    if found["above"]:
        # "After 2001" leaves 2001 out; "since 2001" does not.
        since, after = found["above"].casefold() == "since", found["above"].casefold() == "after"
        edge = limit + 1 if after and _is_year(limit) else limit
        return (lambda value: value >= edge) if since or edge != limit else (lambda value: value > limit)
    if found["least"]:
        return lambda value: value >= limit
    return (lambda value: value < limit) if found["below"] else (lambda value: value <= limit)


def _is_year(limit: float) -> bool:
    return 1000 <= limit < 2200 and limit.is_integer()
