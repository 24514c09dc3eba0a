"""Names and noun phrases of an English sentence, from its Penn Treebank tags. Tagging is in extractive.py."""

import re
from dataclasses import dataclass

from .document import Span
from .english import FUNCTION_WORDS, WEAK_ADJECTIVES, WEAK_NOUNS

_CODES = {
    "NN": "N", "NNS": "N", "NNP": "P", "NNPS": "P", "JJ": "J", "JJR": "j", "JJS": "j", "VBN": "V", "VBG": "V",
    "CD": "C", "HYPH": "H", "POS": "S", "DT": "D", "PRP$": "D", "IN": "I", "TO": "I",
}  # fmt: skip
_NAME = re.compile(r"P(?:H?[PC](?![NH])|HP|P|[OK]T?(?=P)|S(?=P))*")
_NOUN_PHRASE = re.compile(
    r"(?:(?<=[DITOS])V)?(?:J(?:H[JNV])*|CH(?:CH)*(?=[NJ])|[NP]H[VJ])*(?:[NP](?:H[NP])*)*N(?:H[N])*"
)
_MAX_WORDS = 4
_NOT_FIRST = FUNCTION_WORDS | WEAK_ADJECTIVES


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate key element: its place in the sentence, and whether it is a name."""

    span: Span
    is_name: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence: its text, its offset and its tag."""

    text: str
    start: int
    tag: str

    @property
    def end(self) -> int:
        """Offset of the first character behind it."""
        return self.start + len(self.text)


def phrases(tokens: list[Token]) -> list[Phrase]:
    """Return the names and noun phrases of a sentence in text order; a name inside a longer phrase comes as both."""
    codes = "".join(map(_code, tokens))
    found = [_phrase(tokens, *match.span(), is_name=True) for match in _NAME.finditer(codes)]
    for match in _NOUN_PHRASE.finditer(codes):
        start = _trimmed_start(tokens, codes, *match.span())
        if start < match.end() and not _is_weak(tokens[start : match.end()]):
            found.append(_phrase(tokens, start, match.end(), is_name=False))
    return sorted(found, key=lambda phrase: phrase.span)


def _code(token: Token) -> str:
    lowered = token.text.lower()
    if lowered == "of":
        return "O"
    if lowered == "the":
        return "T"
    if token.text == "&":
        return "K"
    if not any(map(str.isalnum, token.text)) and token.tag not in ("HYPH", "POS"):
        return "x"
    return _CODES.get(token.tag, "x")


def _phrase(tokens: list[Token], start: int, end: int, *, is_name: bool) -> Phrase:
    return Phrase(Span(tokens[start].start, tokens[end - 1].end), is_name)


def _trimmed_start(tokens: list[Token], codes: str, start: int, end: int) -> int:
    while start < end - 1 and (
        codes[start] == "H"
        or (tokens[start].text.lower() in _NOT_FIRST and codes[start + 1] != "H")
        or (codes.count("H", start, end) * -2 + end - start > _MAX_WORDS)
    ):
        start += 1
    return start


def _is_weak(tokens: list[Token]) -> bool:
    words = [token.text.lower() for token in tokens]
    return all(word in FUNCTION_WORDS or word in WEAK_NOUNS for word in words) or (
        len(words) == 1 and len(words[0]) < 3
    )
