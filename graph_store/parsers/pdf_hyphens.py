"""Words cut at line ends: whether the hyphen belongs to the word. Learns from the document's own words."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT_END = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
_CUT_START = re.compile(r"[^\W\d_]+")


class Vocabulary:
    """Counts the words of a document, except those at the edges of lines, which may be halves.

    PDFium marks every hyphen at a line's end in the same way, so only the document's own words can tell.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        self._pairs: set[tuple[str, str]] = set()
        self._firsts: set[str] = set()
        self._lasts: set[str] = set()
        cuts: list[tuple[str, str]] = []
        stump = ""
        for line in lines:
            words = _WORD.findall(line.lower())
            if stump and words:
                cuts.append((stump, words[0]))
            cut = _CUT_END.search(line.lower())
            stump = cut[1] if cut else ""
            self._learn(words[:-1] if stump else words)
        self._cuts_words = self._are_mostly_cut_words(cuts)

    def _learn(self, words: list[str]) -> None:
        self._counts.update(words)
        self._pairs.update(pairwise(words))
        for word in words:
            if "-" in word:
                first, last = word.rsplit("-", 1)
                self._firsts.add(first)
                self._lasts.add(last)

    def _are_mostly_cut_words(self, cuts: list[tuple[str, str]]) -> bool:
        """Tell whether the document cuts words: more hyphens at line ends stand in one word than in a compound."""
        joined = sum(self._counts[first + second] > self._counts[f"{first}-{second}"] for first, second in cuts)
        hyphened = sum(self._counts[f"{first}-{second}"] > self._counts[first + second] for first, second in cuts)
        return joined > hyphened

    def join(self, text: str, line: str) -> str:
        """Return a paragraph's text with a further line; a word that was cut between them is made whole."""
        cut = _CUT_END.search(text, max(0, len(text) - 60))
        rest = _CUT_START.match(line)
        if not cut or not rest or "/" in text[text.rfind(" ") + 1 :]:
            glue = "" if text.endswith(("-", "—", "–")) and not text.endswith((" -", " —", " –")) else " "
            return f"{text}{glue}{line}"
        return f"{text if self._keeps_hyphen(cut[1], rest[0]) else text[:-1]}{line}"

    def _keeps_hyphen(self, first: str, second: str) -> bool:
        if not second.islower() and not (first.isupper() and second.isupper()):
            return True
        first, second = first.lower(), second.lower()
        joined, hyphened = self._counts[first + second], self._counts[f"{first}-{second}"]
        if joined or hyphened:
            return hyphened > joined
        # Neither form stands elsewhere: a stump makes a cut word; two whole words may make a compound.
        last = first.rsplit("-", 1)[-1]
        if "-" in first or (last, second) in self._pairs:
            return True
        whole = min(len(last), len(second)) > 2 and self._counts[last] and self._counts[second]
        return bool(whole) and (first in self._firsts or second in self._lasts or not self._cuts_words)
