"""Words cut at line ends: whether the hyphen belongs to the word. Learns from the document's own words."""

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT_END = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
_CUT_START = re.compile(r"[^\W\d_]+")


class Vocabulary:
    """Counts the words of a document, except those at the edges of lines, which may be halves."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        for line in lines:
            words = line.lower().split(" ")
            self._counts.update(word for text in words[:-1] for word in _WORD.findall(text))
            if words and not words[-1].endswith("-"):
                self._counts.update(_WORD.findall(words[-1]))

    def join(self, text: str, line: str) -> str:
        """Return a paragraph's text with a further line; a word that was cut between them is made whole."""
        cut = _CUT_END.search(text, max(0, len(text) - 60))
        rest = _CUT_START.match(line)
        if not cut or not rest:
            glue = "" if text.endswith(("-", "—", "–")) and not text.endswith((" -", " —", " –")) else " "
            return f"{text}{glue}{line}"
        return f"{text if self._keeps_hyphen(cut[1], rest[0]) else text[:-1]}{line}"

    def _keeps_hyphen(self, first: str, second: str) -> bool:
        if not second.islower():
            return True
        first, second = first.lower(), second.lower()
        joined, hyphened = self._counts[first + second], self._counts[f"{first}-{second}"]
        if joined or hyphened:
            return hyphened > joined
        # Neither form stands elsewhere: two whole words make a compound, a stump makes a cut word.
        last = first.rsplit("-", 1)[-1]
        return "-" in first or (min(len(last), len(second)) > 2 and bool(self._counts[last] and self._counts[second]))
