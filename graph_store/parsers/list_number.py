"""Numbers of list items in the formats that word processors have. Counts nothing itself."""

_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def list_number(number: int, pattern: str) -> str:
    """Return an item's number as 1, 01, a, A, i or I show it; what a pattern cannot show comes as 1 does."""
    if pattern in {"a", "A"} and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if pattern == "A" else letters
    if pattern in {"i", "I"} and 0 < number < 4000:
        return _roman(number).upper() if pattern == "I" else _roman(number)
    return f"{number:02d}" if pattern == "01" else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text
