"""The identity of key elements: which written forms are the same node. Finding them is in phrases.py and terms.py."""

import re
import unicodedata
from functools import lru_cache

_DETERMINERS = frozenset("a an the this that these those my your his her its our their".split())
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "_": " "})
_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.\s?)+[^\W\d_](?!\w)\.?")
_POSSESSIVE = re.compile(r"(?<=\w)(?:'s)+(?!\w)")
_DIGIT_GROUP = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LOOSE_DOT = re.compile(r"(?<!\w)\.(?!\d)|\.(?!\w)")
_LOOSE_SIGN = re.compile(r"(?<![\w+#])[+#%]+|[$€£¥](?!\d)")

_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "feet": "foot", "teeth": "tooth", "mice": "mouse",
    "geese": "goose", "lives": "life", "wives": "wife", "knives": "knife", "leaves": "leaf", "wolves": "wolf",
    "shelves": "shelf", "halves": "half", "thieves": "thief", "analyses": "analysis", "crises": "crisis",
    "theses": "thesis", "hypotheses": "hypothesis", "diagnoses": "diagnosis", "criteria": "criterion",
    "phenomena": "phenomenon", "indices": "index", "matrices": "matrix", "vertices": "vertex",
    "movies": "movie", "cookies": "cookie", "calories": "calorie", "zombies": "zombie", "rookies": "rookie",
    "heroes": "hero", "potatoes": "potato", "tomatoes": "tomato", "vetoes": "veto", "viruses": "virus",
    "statuses": "status", "campuses": "campus", "bonuses": "bonus", "buses": "bus", "gases": "gas",
}  # fmt: skip
_NOT_PLURAL = frozenset(
    """series species news means always perhaps overseas chaos ethos cosmos lens mars diabetes rabies
    gas bias atlas canvas alias christmas texas kansas arkansas dallas vegas honduras bahamas douglas thomas lucas
    nicholas nicolas jonas judas elias midas james charles hughes jones wales naples athens orleans angeles netherlands
    philippines mercedes hercules ulysses socrates carlos laos adams andrews daniels edwards evans jacobs johns
    matthews michaels peters phillips reynolds richards roberts rogers stevens stephens williams collins hopkins
    jenkins perkins dickens simmons brooks sanders waters gates myers""".split()
)


@lru_cache(maxsize=50_000)
def normalise(text: str) -> str:
    """Return the identity of a key element: two written forms with the same one are the same node.

    Case, Unicode compatibility forms, quotes, dashes, punctuation, white space, determiners, possessives, dots of
    abbreviations and commas in numbers do not count; the head noun counts in the singular (English, by conservative
    rules; names that merely end in s are left alone).

    Parameters
    ----------
    text : str
        A key element as written.

    Returns
    -------
    str
        Words separated by single spaces. Normalising it again changes nothing. Empty only when ``text`` holds
        neither a letter nor a digit.

    References
    ----------
    GraphReader, arXiv 2406.14550, section 3.2 normalises key elements as InsTag (arXiv 2308.07074, section 3.2)
    does. This is its rule aggregation; nothing here compares meanings.
    """
    previous, current = text, _fold(text)
    while current != previous:
        previous, current = current, _fold(current)
    return current


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_QUOTES)
    text = _INITIALS.sub(lambda match: re.sub(r"[.\s]", "", match[0]), text)
    text = _POSSESSIVE.sub("", text).replace("'", "")
    text = _DIGIT_GROUP.sub("", text).replace("&", " and ")
    text = "".join(c if c in "$€£¥%+#." or unicodedata.category(c)[0] in "LNM" else " " for c in text)
    text = _LOOSE_SIGN.sub(" ", _LOOSE_DOT.sub(" ", text))
    return " ".join(_singular_head(_without_determiners(text.split())))


def _without_determiners(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) - 1 and words[start] in _DETERMINERS:
        start += 1
    words = words[start:]
    return [word for i, word in enumerate(words) if i in (0, len(words) - 1) or word != "the" or words[i - 1] != "of"]


def _singular_head(words: list[str]) -> list[str]:
    if not words:
        return words
    head = words.index("of", 1) - 1 if "of" in words[1:-1] else len(words) - 1
    return [*words[:head], singular(words[head]), *words[head + 1 :]]


def singular(word: str) -> str:
    """Return the singular of a lower-case English noun, or the word itself where no safe rule applies."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word in _NOT_PLURAL or not word.isascii() or not word.isalpha():
        return word
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    return word[:-1]
