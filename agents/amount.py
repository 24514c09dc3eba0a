"""Amounts: numbers, sums, dates and times as written, made comparable. Owns no search for them in a text."""

import re

from .dates import date_of, is_ambiguous

_TIME = re.compile(r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?:\s?(?P<half>[ap])\.?m\b)?")
_CENTURY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)[ -]century\b")
_NUMBER = re.compile(
    r"(?<![\w.])(?<!\d,)(?P<number>(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?|\.\d+)(?![.,]?\d)"
)
_CURRENCY = re.compile(r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf)\b)")
_ENDS_IN_CURRENCY = re.compile(rf"{_CURRENCY.pattern}\s?$")
# In accounts the whole cell stands in brackets; a year in brackets after a title is no loss.
_BRACKETED = re.compile(rf"{_CURRENCY.pattern}?\s?\(.*\)\s?%?")
_BC = re.compile(r"\s?b\.?c\b")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALES |= {"mn": 1e6, "bn": 1e9, "tn": 1e12}
# Only right behind a figure; without a currency "m" is metres.
_SHORT_SCALES = {"k": 1e3}
_MONEY_SCALES = {"m": 1e6, "b": 1e9}
_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_WORDS = {word: float(number) for number, word in enumerate(_UNITS)}
_WORDS |= {
    word: 10.0 * tens for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_LETTERS = re.compile(r"[a-z]+")
_FIGURE = re.compile(r"[\d,.]*\d")
_WORD = re.compile(r"[^\W\d_]+")
_COUNTING = frozenset({*_WORDS, *_SCALES, "and"})
_MEASURES = {
    name: names.split()[0]
    for names in (
        "km kilometre kilometer kilometres kilometers",
        "m metre meter metres meters",
        "cm centimetre centimeter centimetres centimeters",
        "mm millimetre millimeter millimetres millimeters",
        "mile miles mi",
        "foot feet ft",
        "inch inches",
        "t ton tons tonne tonnes",
        "kg kilogram kilograms kilo kilos",
        "g gram grams",
        "year years",
        "month months",
        "week weeks",
        "day days",
        "hour hours h",
        "minute minutes min",
        "second seconds",
        "kw kilowatt kilowatts",
        "mw megawatt megawatts",
        "% percent",
    )
    for name in names.split()
}


def amount(text: str) -> float | None:
    """Return the first date, time or number in a text as a number to compare by; None without one.

    A date becomes a year with a fraction, so that dates compare with bare years: 1 July 2001 is near 2001.5; 44 BC is
    -44. A date without a year is the fraction alone. A time is hours of the day. Units do not count (see
    `measure_of`); "4.2 million", "$3bn" and "forty-one" do. After a minus, or where all stands in brackets as in
    accounts, it is negative. What may be read in two ways is none: "05/04/2001", "3,5".
    """
    folded = " ".join(text.casefold().split())
    if date := date_of(folded):
        return date.as_years
    if is_ambiguous(folded) or _CENTURY.search(folded):
        return None
    found = _NUMBER.search(folded)
    time = _TIME.search(folded)
    if time and (time["minute"] or time["half"]) and (found is None or time.start() <= found.start()):
        return _hours(time)
    if found is None:
        return _from_words(folded)
    before, rest = folded[: found.start()], folded[found.end() :]
    number = float(found["number"].replace(",", "").replace(" ", "")) * _scale(rest, bool(_CURRENCY.search(folded)))
    return -number if _is_negative(folded, before) or _BC.match(rest) else number


def unit_of(text: str) -> str:
    """Return the words beside the number of an amount: "crowns" of "41 crowns", nothing of "$4.2 million"."""
    words = (word.strip(".,;:()") for word in _FIGURE.sub(" ", text).split())
    return " ".join(word for word in words if not _COUNTING.issuperset(_WORD.findall(word.casefold())))


def measure_of(text: str) -> str:
    """Return what an amount is measured in, where that is a usual measure or a currency sign; else an empty text.

    Amounts of two measures do not compare: 1.2 km and 900 m.
    """
    folded = text.casefold()
    if sign := re.search(r"[$€£¥]", folded):
        return sign[0]
    found = re.search(r"\d\s?(%|per cent|[a-z]+)", folded)
    if not found:
        return ""
    return "%" if found[1] == "per cent" else _MEASURES.get(found[1], "")


def _is_negative(folded: str, before: str) -> bool:
    if _BRACKETED.fullmatch(folded):
        return True
    before = _ENDS_IN_CURRENCY.sub("", before).rstrip()
    # A hyphen after a word or figure joins, as in "TW-22" or "1996-2003".
    return before[-1:] in ("-", "−", "–") and not before[-2:-1].isalnum()


def _hours(found: re.Match[str]) -> float:
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    return hour + int(found["minute"] or 0) / 60


def _scale(rest: str, is_money: bool) -> float:
    word = _LETTERS.match(rest.lstrip())
    if not word:
        return 1.0
    if scale := _SCALES.get(word[0].removesuffix("s")):
        return scale
    short = _SHORT_SCALES | (_MONEY_SCALES if is_money else {})
    return short.get(word[0], 1.0) if rest[:1].isalpha() else 1.0


def _from_words(text: str) -> float | None:
    """Read the first number that is written out: units, tens and scales add up until another word comes."""
    total, current, begun = 0.0, 0.0, False
    for word in _LETTERS.findall(text):
        if word in _WORDS:
            current, begun = current + _WORDS[word], True
        elif word in _SCALES and begun:
            scaled = max(current, 1.0) * _SCALES[word]
            total, current = (total, scaled) if word == "hundred" else (total + scaled, 0.0)
        elif begun and word != "and":
            break
    return total + current if begun else None
