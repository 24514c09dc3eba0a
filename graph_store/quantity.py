"""Dates, years, sums of money, shares and measures in a text, by pattern: the figures that carry meaning alone."""

import re

from .document import Span

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_SCALE = r"(?:\s(?:thousand|million|billion|trillion))"
_UNIT = (
    r"(?:km|kg|cm|mm|miles|metres|meters|kilometres|kilometers|feet|acres|hectares|tons|tonnes|MW|GB"
    r"|people|inhabitants|basis\spoints|percentage\spoints)"
)
_QUANTITY = re.compile(
    rf"""\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b
       | \b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:\s\d{{4}})?\b
       | \b{_MONTH}\s\d{{4}}\b
       | \b\d{{4}}-\d{{2}}-\d{{2}}\b
       | (?:US|A|C)?[$€£¥]\s?{_NUMBER}{_SCALE}?
       | \b{_NUMBER}(?:\s?%|\s(?:percent|per\scent)\b)
       | \b{_NUMBER}{_SCALE}?\s{_UNIT}\b
       | \b{_NUMBER}{_SCALE}\b
       | \b(?:1[1-9]|20)\d\d(?:[-–/]\d{{2,4}})?\b(?![,.]?\d)
       | \b(?:1[1-9]|20)\d0s\b""",
    re.VERBOSE,
)


def quantities(text: str) -> list[Span]:
    """Return the spans of dates, years, sums, shares and measures, in order and disjoint. Bare numbers are none."""
    return [Span(*match.span()) for match in _QUANTITY.finditer(text)]
