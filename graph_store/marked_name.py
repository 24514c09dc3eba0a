"""Names that the layout or a mark gives away in any language: speakers, title lines, quoted titles."""

import re

from .document import Span

_CAPITALISED = r"[^\W\d_a-z][\w.'’\-]{0,30}"
_SPEAKER = re.compile(rf"\s*({_CAPITALISED}(?:[ \t]{_CAPITALISED}){{0,3}})(?:[ \t]?\([^)\n]{{0,60}}\))?[ \t]?:\s")
_QUOTED = re.compile(r"""["“«„]\s?(?P<title>[^\W\d_][^"“”«»\n]{1,60}?)[,.]?\s?["”»“]""")
_REMARK = re.compile(r"\s*\([^)]*\)$")
_MAX_WORDS = 8


def marked_names(fact: str) -> list[Span]:
    """Return the spans of a fact's speaker ("OWEN: …"), title line and quoted titles, in order and disjoint."""
    spans = [Span(*match.span(1)) for match in [_SPEAKER.match(fact)] if match]
    title = _title_line(fact)
    if title is not None:
        spans = [title]
    spans += [Span(*match.span("title")) for match in _QUOTED.finditer(fact) if _is_title(match["title"])]
    return [_stripped(span, fact) for span in spans]


def _title_line(fact: str) -> Span | None:
    """Return the span of a first line that reads like a title over the rest, without a remark in parentheses."""
    line, newline, _ = fact.partition("\n")
    line = _REMARK.sub("", line)
    if newline and _is_title(line) and line[-1].isalnum():
        return Span(0, len(line))
    return None


def _is_title(words: str) -> bool:
    """Tell whether short words begin and end in capitals, with half of all capitalised."""
    parts = words.split()
    if not 0 < len(parts) <= _MAX_WORDS or words.rstrip()[-1] in "!?;:":
        return False
    capitals = [part[0].isupper() or part[0].isdigit() for part in parts]
    return parts[0][0].isupper() and capitals[-1] and sum(capitals) * 2 >= len(parts)


def _stripped(span: Span, fact: str) -> Span:
    return Span(span.start, span.start + len(span.of(fact).rstrip()))
