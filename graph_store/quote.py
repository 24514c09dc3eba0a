"""Finds quotes in a document's text: the check behind every citation."""

import re
import unicodedata

from .document import Span

_HYPHEN_BREAK = re.compile(r"[-\u00ad\u2010]\s*\n\s*")
_FOLDED = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‐": "-", "‑": "-"}


def find_quote(text: str, quote: str, within: Span | None = None) -> Span | None:
    """Find the place of a quote, white space, typographic variants, case and line-end hyphens folded.

    Args:
        text: the document's text.
        quote: the words to find.
        within: look only in this span.

    Returns:
        The span of the first occurrence in ``text``, or None: then the quote must not be shown.
    """
    area = within or Span(0, len(text))
    exact = text.find(quote, area.start, area.end) if quote.strip() else -1
    if exact >= 0:
        return Span(exact, exact + len(quote))
    needle, _ = fold(quote)
    folded, offsets = fold(area.of(text))
    at = folded.find(needle) if needle else -1
    if at < 0:
        return None
    return Span(area.start + offsets[at], area.start + offsets[at + len(needle) - 1] + 1)


def fold(text: str) -> tuple[str, list[int]]:
    """Return the text as compared, and for each of its characters the offset in ``text`` that it came from."""
    broken = {i for match in _HYPHEN_BREAK.finditer(text) for i in range(match.start(), match.end())}
    folded: list[str] = []
    offsets: list[int] = []
    for i, character in enumerate(text):
        if i in broken or character in "\u00ad\u200b":
            continue
        if character.isspace():
            if folded and folded[-1] != " ":
                folded.append(" ")
                offsets.append(i)
            continue
        for plain in _FOLDED.get(character) or unicodedata.normalize("NFKC", character).casefold():
            folded.append(plain)
            offsets.append(i)
    while folded and folded[-1] == " ":
        folded.pop()
        offsets.pop()
    return "".join(folded), offsets
