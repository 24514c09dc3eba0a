"""Amounts: numbers, sums and dates as written, made comparable. Owns no search for them in a text."""

import re

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|{'|'.join(month[:3] for month in _MONTHS)})\.?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?(?:\s(?P<year>\d{{4}}))?\b",
        rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<year>\d{{4}}))?",
        rf"\b{_MONTH}(?P<day>)\s(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
    )
)
_NUMBER = re.compile(r"(?P<sign>[-−–(]\s?)?(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
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


def amount(text: str) -> float | None:
    """Return the first date or number in a text as a number to compare by; None without one.

    A date becomes a year with a fraction, so that dates compare with bare years: 1 July 2001 is near 2001.5. A date
    without a year is the fraction alone. Units do not count; "4.2 million" and "forty-one" do. A number in brackets
    or after a minus is negative, as in accounts.
    """
    folded = " ".join(text.casefold().split())
    for pattern in _DATES:
        if found := pattern.search(folded):
            return _year(found)
    found = _NUMBER.search(folded)
    if found is None:
        return _from_words(folded)
    number = float(found["number"].replace(",", "")) * _scale(folded[found.end() :])
    negative = found["sign"] and (found["sign"][0] != "(" or folded[found.end() :].startswith(")"))
    # A hyphen after a word or figure joins, as in "TW-22" or "1996-2003".
    joined = found.start() and folded[found.start() - 1].isalnum()
    return -number if negative and not joined else number


def unit_of(text: str) -> str:
    """Return the words beside the number of an amount: "crowns" of "41 crowns", nothing of "$4.2 million"."""
    words = (word.strip(".,;:()") for word in _FIGURE.sub(" ", text).split())
    return " ".join(word for word in words if not _COUNTING.issuperset(_WORD.findall(word.casefold())))


def _year(found: re.Match[str]) -> float:
    written = found["month"]
    month = int(written) if written.isdigit() else [name[:3] for name in _MONTHS].index(written[:3]) + 1
    day = int(found["day"] or 1)
    return float(found["year"] or 0) + (month - 1) / 12 + (day - 1) / 372


def _scale(rest: str) -> float:
    word = _LETTERS.match(rest.lstrip())
    return _SCALES.get(word[0], 1.0) if word else 1.0


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
