"""Sentence spans by rule: no model and no language pack. Owns no larger unit (chunking.py)."""

import re

from .document import Span

_BOUNDARY = re.compile(
    r"""(?P<block>\n[^\S\n]*\n\s*+)
      | (?P<line>\n)
      | (?P<wide>[。！？]+[」』”’）]*)
      | (?P<stop>(?<![.!?…])[.!?…]++)["'”’»)\]]*+(?=\s)""",
    re.VERBOSE,
)
_NEXT_WORD = re.compile(r"\s*([\"'“‘«(\[]*)([^\W_]+)?")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?$")
_LIST_ITEM = re.compile(r"[^\S\n]*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s")
_ITEM_NUMBER = re.compile(r"(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})$")
_CELL_BREAK = " | "
_ROW_WINDOW = 1_000

# fmt: off
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "mt", "ft", "rev", "hon", "gen", "col", "lt", "sgt", "capt",
    "cmdr", "gov", "sen", "rep", "pres", "vs", "etc", "cf", "al", "ca", "viz", "approx", "est", "inc", "ltd", "co",
    "corp", "llc", "dept", "univ", "assn", "bros", "fig", "figs", "eq", "eqs", "sec", "secs", "ch", "chap", "vol",
    "vols", "no", "nos", "nr", "pp", "p", "art", "arts", "app", "ed", "eds", "trans", "ref", "refs", "par", "para",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
    "fri", "sat", "sun", "ave", "blvd", "rd", "e.g", "i.e", "a.m", "p.m", "u.s", "u.k", "u.n", "ph.d", "z.b", "d.h",
    "u.a", "bzw", "usw", "vgl", "ggf", "evtl", "hr", "fr", "abs", "mme", "mlle",
})
# fmt: on
"""Words that a full stop follows inside a sentence, in lower case and without that stop."""

# fmt: off
_MAY_END = frozenset({
    "inc", "ltd", "co", "corp", "llc", "etc", "a.m", "p.m", "u.s", "u.k", "u.n", "ph.d", "jr", "sr", "al", "usw",
    "dept", "bros",
})
# fmt: on
"""Abbreviations that end a sentence too: they do so before a word that rarely stands inside one in upper case."""

_WORDS_TOO = frozenset(
    {"no", "art", "arts", "sat", "sun", "mar", "ed", "fig", "figs", "app", "par", "ref", "hr", "abs"}
)
"""Abbreviations that are common words too: they are taken for one only before a number."""

# fmt: off
_OPENERS = frozenset({
    "the", "a", "an", "this", "that", "these", "those", "it", "its", "he", "she", "they", "we", "i", "you", "his",
    "her", "their", "our", "my", "there", "here", "in", "on", "at", "by", "for", "from", "with", "as", "if", "when",
    "while", "although", "however", "but", "and", "or", "so", "yet", "after", "before", "during", "since", "until",
    "because", "therefore", "thus", "what", "who", "why", "how", "where", "which", "not", "no", "some", "many",
    "most", "all", "each", "both", "such", "another", "other", "one",
})
# fmt: on


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of a text, in order and disjoint, stripped of surrounding white space.

    Every character that is not white space lies in exactly one span. A blank line always ends a sentence; so does the
    end of a table row or of a list item. Other line ends do not, nor does a full stop inside a table row. Linear in the
    length of the text.
    """
    spans: list[Span] = []
    start = 0
    has_rows = _CELL_BREAK in text
    for match in _BOUNDARY.finditer(text):
        if match.end() > start and _ends_sentence(text, match, has_rows):
            _append_stripped(spans, text, start, match.end())
            start = match.end()
    _append_stripped(spans, text, start, len(text))
    return spans


def _append_stripped(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped_start = start + len(piece) - len(piece.lstrip())
    stripped_end = start + len(piece.rstrip())
    if stripped_start < stripped_end:
        spans.append(Span(stripped_start, stripped_end))


def _ends_sentence(text: str, match: re.Match[str], has_rows: bool) -> bool:
    if match["block"] is not None or match["wide"] is not None:
        return True
    if match["line"] is not None:
        return _ends_row_or_item(text, match.start())
    return _ends_at_stop(text, match) and not (has_rows and _is_in_row(text, match.start()))


def _ends_row_or_item(text: str, newline: int) -> bool:
    return bool(_LIST_ITEM.match(text, newline + 1)) or _is_in_row(text, newline) or _is_in_row(text, newline + 1)


def _is_in_row(text: str, place: int) -> bool:
    """Tell whether a place lies in a table row. Only a window is looked at: one enormous line must not cost as much."""
    start = text.rfind("\n", max(0, place - _ROW_WINDOW), place) + 1 or max(0, place - _ROW_WINDOW)
    end = text.find("\n", place, place + _ROW_WINDOW)
    return text.find(_CELL_BREAK, start, end if end >= 0 else place + _ROW_WINDOW) >= 0


def _ends_at_stop(text: str, match: re.Match[str]) -> bool:
    following = _NEXT_WORD.match(text, match.end())
    next_word = following[2] or "" if following else ""
    stop = match["stop"]
    if stop != ".":
        # "Stop!" he said. - a mark inside a quotation, or dots of omission, do not end it before a small letter.
        return not next_word[:1].islower()
    if next_word[:1].islower():
        return False
    words_before = text[max(0, match.start() - 40) : match.start()].split()
    word = words_before[-1].lstrip("([\"'“‘") if words_before else ""
    line_start = text.rfind("\n", max(0, match.start() - 12), match.start()) + 1
    if (line_start or match.start() < 12) and _ITEM_NUMBER.match(text[line_start : match.start()].strip()):
        return False
    return not _is_abbreviated(word, next_word)


def _is_abbreviated(word: str, next_word: str) -> bool:
    lowered = word.lower()
    if lowered in _MAY_END or (_ACRONYM.match(word) and len(word) > 1):
        return next_word != "" and next_word.lower() not in _OPENERS
    if lowered in _ABBREVIATIONS:
        return lowered not in _WORDS_TOO or next_word[:1].isdigit()
    return len(word) == 1 and word.isupper() and next_word[:1].isupper() and word != "I"
