"""Key elements by statistics alone, for languages without a tagger here: capitalised runs and rare terms."""

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_](?:[\w’'\-]*\w)?")
_IDEOGRAPHS = re.compile(r"[\u30a1-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_PARTICLES = re.compile(r"[的了是在和有不也就都而及與与為为之於于以]")
_MIN_LETTERS = 4
_MAX_IDEOGRAPHS = 4
_MAX_SHARE = 0.1


class Terms:
    """The terms of a text whose sentences are known: which are rare enough to carry meaning."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        sentence_count = 0
        for sentence in sentences:
            sentence_count += 1
            self._counts.update({word.lower() for word in _WORD.findall(sentence)})
            self._counts.update({gram for run in _ideograph_runs(sentence) for gram in _grams(run)})
        self._max_count = max(2, int(sentence_count * _MAX_SHARE))

    def of(self, sentence: str) -> list[str]:
        """Return the key elements of one of the sentences as written: names first, then terms, the rarest first."""
        names = _capitalised_runs(sentence)
        covered = {word for name in names for word in name.split()}
        rare = [word for word in _WORD.findall(sentence) if word not in covered and self._is_rare(word)]
        rare.sort(key=lambda word: (self._counts[word.lower()], -len(word)))
        ideographs = [term for run in _ideograph_runs(sentence) for term in self._cut(run)]
        return list(dict.fromkeys([*names, *ideographs, *rare]))

    def _is_rare(self, word: str) -> bool:
        short = len(word) < _MIN_LETTERS
        return not short and self._counts[word.lower()] <= self._max_count and not _IDEOGRAPHS.search(word)

    def _cut(self, run: str) -> list[str]:
        """Cut a run of ideographs into the longest pieces that recur in the text; a short run stays whole."""
        if len(run) <= _MAX_IDEOGRAPHS:
            return [run]
        pieces, start = [], 0
        while start < len(run) - 1:
            size = next((n for n in (4, 3, 2) if self._counts[run[start : start + n]] > 1 and start + n <= len(run)), 0)
            if size:
                pieces.append(run[start : start + size])
            start += size or 1
        return pieces or [run[:_MAX_IDEOGRAPHS]]


def _capitalised_runs(sentence: str) -> list[str]:
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(sentence):
        if not match[0][0].isupper():
            continue
        if runs and sentence[runs[-1][-1].end() : match.start()] in (" ", ". ", "\n"):
            runs[-1].append(match)
        else:
            runs.append([match])
    return [sentence[run[0].start() : run[-1].end()] for run in map(_without_opener, runs) if run]


def _without_opener(run: list[re.Match[str]]) -> list[re.Match[str]]:
    """Drop a short word that opens the sentence: most likely an article, with its capital from there."""
    opens = run[0].start() <= 1 and len(run[0][0]) < _MIN_LETTERS
    return run[1:] if opens else run


def _ideograph_runs(sentence: str) -> list[str]:
    return [run for block in _IDEOGRAPHS.findall(sentence) for run in _PARTICLES.split(block) if len(run) > 1]


def _grams(run: str) -> list[str]:
    return [run[i : i + n] for n in range(2, _MAX_IDEOGRAPHS + 1) for i in range(len(run) - n + 1)]
