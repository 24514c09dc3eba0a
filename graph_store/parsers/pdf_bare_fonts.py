"""Characters of fonts without measures, such as the bitmap fonts of old TeX files: PDFium gives their ink alone.

A comma's ink lies below that of the letters beside it, and every letter's is as high as that letter. Here such
characters get one height a line: from its baseline up to its tallest letter, and a share of that down.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SAMPLE_COUNT = 64
_SAME_BASELINE = 0.5
_SHORT = frozenset("acegmnopqrsuvwxyz")
_SHORT_SHARE = 0.63
"""How high short letters are, as a share of tall ones."""

_LEAST_HEIGHT = 1.0
_SINGLE_PRECISION = 1e-3
_DEPTH = 0.28
"""How far letters reach below the baseline, as a share of how far they reach above it."""

LIGATURES = {0xB: "ff", 0xC: "fi", 0xD: "fl", 0xE: "ffi", 0xF: "ffl"}
"""Where TeX's fonts have their ligatures: control characters, if the file does not say what they stand for."""


def heights_by_baseline(raw: Any) -> dict[int, tuple[float, float]]:
    """Return lower and upper edge (y up) of each character whose font has no measures, by its place on the page.

    Args:
        raw: PDFium's text page. Text that runs upwards or down is left as it is.
    """
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFText_CountChars(raw)
    page = _Page(raw)
    if not any(page.ink(i) for i in range(0, count, max(1, count // _SAMPLE_COUNT))):
        return {}
    edges: dict[int, tuple[float, float]] = {}
    for run in _runs([ink for i in range(count) if (ink := page.ink(i))]):
        baseline, height = run[0].baseline, _height(run)
        if height >= _LEAST_HEIGHT:
            edges.update((ink.index, (baseline - _DEPTH * height, baseline + height)) for ink in run)
    return edges


@dataclass(frozen=True, slots=True)
class _Ink:
    """A character whose font has no measures: its place on the page, its baseline and how far up its ink reaches."""

    index: int
    character: str
    baseline: float
    upper: float


def _height(run: list[_Ink]) -> float:
    """Return how far tall letters reach above the baseline; brackets and other signs reach further."""
    above = {ink.character: ink.upper - ink.baseline for ink in run}
    tall = [height for character, height in above.items() if character.isalnum() and character not in _SHORT]
    short = [above[character] / _SHORT_SHARE for character in _SHORT & above.keys()]
    return max(tall or short or above.values())


def _runs(inks: list[_Ink]) -> Iterator[list[_Ink]]:
    """Yield characters that follow each other on one baseline."""
    run: list[_Ink] = []
    for ink in inks:
        if run and abs(ink.baseline - run[-1].baseline) > _SAME_BASELINE:
            yield run
            run = []
        run.append(ink)
    if run:
        yield run


class _Page:
    """Asks PDFium about the characters of a page, with variables that are made once."""

    def __init__(self, raw: Any) -> None:
        import pypdfium2.raw as pdfium

        self._raw = raw
        self._pdfium = pdfium
        self._loose = pdfium.FS_RECTF()
        self._tight = [ctypes.c_double() for _ in range(4)]
        self._origin = [ctypes.c_double() for _ in range(2)]

    def ink(self, i: int) -> _Ink | None:
        """Return a character, None if its font has measures or it has no ink."""
        pdfium, raw, loose = self._pdfium, self._raw, self._loose
        if not pdfium.FPDFText_GetLooseCharBox(raw, i, ctypes.byref(loose)):
            return None
        if not pdfium.FPDFText_GetCharBox(raw, i, *map(ctypes.byref, self._tight)):
            return None
        _, _, lower, upper = (edge.value for edge in self._tight)
        has_measures = abs(lower - loose.bottom) + abs(upper - loose.top) > _SINGLE_PRECISION
        if upper <= lower or has_measures:
            return None
        pdfium.FPDFText_GetCharOrigin(raw, i, *map(ctypes.byref, self._origin))
        return _Ink(i, chr(pdfium.FPDFText_GetUnicode(raw, i)), self._origin[1].value, upper)
