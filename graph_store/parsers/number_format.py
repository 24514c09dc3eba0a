"""Shows numbers as a spreadsheet shows them, from its format codes. Knows no file format; dates are ISO where the code
leaves their order to the country.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31. Colours, widths, fractions and locales are left out.
"""

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

# fmt: off
BUILT_IN_CODES = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "General",
    13: "General", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 41: "#,##0;(#,##0);-", 42: "$#,##0;($#,##0);-",
    43: "#,##0.00;(#,##0.00);-", 44: "$#,##0.00;($#,##0.00);-", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    48: "0.0E+0", 49: "@",
}
"""The format codes that a file names by number only."""
# fmt: on

_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P|General|E[+-]0+|[#0?]+(?:,[#0?]+)*|yyyy|yy|y|m+|d+|h+|s+|.',
    re.IGNORECASE | re.DOTALL,
)
_DATE_LETTERS = re.compile(r"[ymdhs]|AM/PM", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_DIGITS = re.compile(r"[#0?]")
_NUMBER = re.compile(r"[#0?,]*[#0?][#0?,]*(?:\.[#0?]*)?,*(?:E[+-]0+)?|\.[0#?]+", re.IGNORECASE)
_SHOWN_DIGITS = 11
_LARGEST_DAY = 2_958_466


def shown_number(value: str, code: str, from_1904: bool = False) -> str:
    """Return a stored number as its format code shows it; what is no number comes back as it is.

    Args:
        value: the number as stored, with a decimal point.
        code: such as ``#,##0.00`` or ``yyyy-mm-dd``.
        from_1904: whether days are counted from 1904 instead of 1900.
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return value
    section, signed = _section(code, number)
    if is_date_code(section):
        return _date(float(number), section, from_1904) or _general(number)
    if section.strip().lower() in {"", "general", "@"}:
        return _general(number)
    return _number(number if signed else abs(number), section)


@lru_cache(maxsize=1024)
def is_date_code(code: str) -> bool:
    """Tell whether a format code shows a date or a time."""
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code)
    return bool(_ELAPSED.search(plain)) or bool(_DATE_LETTERS.search(re.sub(r"\[[^\]]*\]|General|E[+-]", "", plain)))


def _section(code: str, number: Decimal) -> tuple[str, bool]:
    """Return the part of a code for this number, and whether the sign is still to be shown."""
    parts = re.findall(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])+|(?<=;)(?=;|$)', code) or ["General"]
    if any(re.match(r"\[[<>=]", part) for part in parts):
        return parts[-1] if len(parts) > 1 else "General", True
    if number < 0 and len(parts) > 1:
        return parts[1], False
    if number == 0 and len(parts) > 2:
        return parts[2], True
    return parts[0], True


def _general(number: Decimal) -> str:
    text = f"{number:.{_SHOWN_DIGITS}g}"
    digits = abs(number.adjusted())
    if "e" in text.lower() and digits < 15:
        text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text.lower() else text


def _number(number: Decimal, section: str) -> str:
    section = _CURRENCY.sub(lambda found: f'"{found[1]}"', section)
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", section)
    masked = re.sub(r'"[^"]*"|\\.', lambda found: "\x00" * len(found[0]), section)
    if "/" in masked and _DIGITS.search(masked):
        return _general(number)
    found = _NUMBER.search(masked)
    if found is None:
        return _literal(section)
    number *= Decimal(100) ** masked.count("%")
    digits = found[0].rstrip(",")
    rounded = _rounded(number / 1000 ** (len(found[0]) - len(digits)), digits)
    minus = "-" if rounded.startswith("-") else ""
    return f"{minus}{_literal(section[: found.start()])}{rounded.removeprefix('-')}{_literal(section[found.end() :])}"


def _rounded(number: Decimal, digits: str) -> str:
    mantissa, _, exponent = digits.upper().partition("E")
    whole, _, decimals = mantissa.partition(".")
    if exponent:
        return f"{number:.{len(decimals)}E}"
    places = Decimal(1).scaleb(-min(len(decimals), 30))
    try:
        number = number.quantize(places, ROUND_HALF_UP)
    except InvalidOperation:
        return _general(number)
    text = f"{number:,f}" if "," in whole else f"{number:f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    for _ in range(optional):
        text = text.removesuffix("0")
    text = text.removesuffix(".")
    if "0" not in whole and text.lstrip("-").partition(".")[0] == "0":
        text = text.replace("0", "", 1)
    padding = whole.count("0") - sum(map(str.isdigit, text.partition(".")[0]))
    text = text.replace("-", "-" + "0" * padding) if padding > 0 and number < 0 else "0" * max(padding, 0) + text
    return text if number or not text.startswith("-") else text[1:]


def _literal(text: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] if found[1] is not None else found[2], text)


def _date(days: float, section: str, from_1904: bool) -> str:
    if not 0 <= days < _LARGEST_DAY:
        return ""
    # The calendar of 1900 has a 29 February that never was: days before it are one later.
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if days >= 60 else 31)
    moment = start + timedelta(seconds=round(days * 86_400, 3))
    if not re.search(r"\.0", section) and moment.microsecond:
        moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    section = re.sub(r"\[(?![hms]+\])[^\]]*\]", "", section, flags=re.IGNORECASE)
    tokens = _TOKEN.findall(section)
    half_day = any(token.upper() in {"AM/PM", "A/P"} for token in tokens)
    shown = (_date_token(tokens, i, moment, days, half_day) for i in range(len(tokens)))
    return " ".join("".join(shown).split())


def _date_token(tokens: list[str], index: int, moment: datetime, days: float, half_day: bool) -> str:
    token = tokens[index]
    name = token.lower()
    if token.startswith(('"', "\\")):
        return token.strip('"') if token.startswith('"') else token[1:]
    if _ELAPSED.fullmatch(token):
        unit = {"h": 24, "m": 1440, "s": 86_400}[name[1]]
        return str(int(round(days * 86_400) * unit // 86_400))
    if name in {"am/pm", "a/p"}:
        return "AM" if moment.hour < 12 else "PM"
    if name[0] == "y":
        return f"{moment:%Y}" if len(name) > 2 else f"{moment:%y}"
    if name[0] == "m" and not set(name) - {"m"}:
        return f"{moment.minute:0{min(len(name), 2)}d}" if _is_minute(tokens, index) else _month(moment, len(name))
    if name[0] == "d" and not set(name) - {"d"}:
        return (str(moment.day), f"{moment:%d}", f"{moment:%a}", f"{moment:%A}")[min(len(name), 4) - 1]
    if name[0] == "h":
        hour = (moment.hour % 12 or 12) if half_day else moment.hour
        return f"{hour:0{min(len(name), 2)}d}"
    if name[0] == "s":
        return f"{moment.second:0{min(len(name), 2)}d}"
    if set(name) == {"0"}:
        return f"{moment.microsecond:06d}"[: len(name)]
    return "" if name[0] in "_*@" else token


def _month(moment: datetime, letters: int) -> str:
    return (str(moment.month), f"{moment:%m}", f"{moment:%b}", f"{moment:%B}", f"{moment:%B}"[0])[min(letters, 5) - 1]


def _is_minute(tokens: list[str], index: int) -> bool:
    """Tell whether an m means minutes: after hours or before seconds."""
    before = [token.lower().strip("[]")[:1] for token in tokens[:index] if token[:2].lower().strip("[")[:1] in "hmsyd"]
    after = [token.lower()[:1] for token in tokens[index + 1 :] if token[:1].lower() in "hmsyd"]
    return len(tokens[index]) <= 2 and (before[-1:] == ["h"] or after[:1] == ["s"])
