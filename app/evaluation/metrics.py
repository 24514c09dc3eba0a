"""Metrics of an answer's words. Each takes the answer and one right answer and returns a share between 0 and 1.

Source: SQuAD's exact match and token F1 with its normalisation (Rajpurkar et al., arXiv 1606.05250); ROUGE-L (Lin,
2004) as the F1 over the longest common subsequence of the normalised words.
"""

import re
import string
from collections import Counter

RIGHT_F1 = 0.6
_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_MARKS = str.maketrans(string.punctuation, " " * len(string.punctuation))

_LETTER = r"\(?[A-H]\)?"
_LETTERS = rf"{_LETTER}(?:\s*(?:,|/|&)?\s*(?:and\b)?\s*{_LETTER})*"
_LEAD = r"(?i:the\s+)?(?i:correct\s+|right\s+)?(?i:answers?|options?|choices?|letters?)?(?i:\s+(?:is|are))?\s*[:\-]?\s*"
# A letter alone is the article or a name's initial where a word follows without a mark between.
_LEADING = re.compile(rf"\s*{_LEAD}({_LETTERS})(?=\s*$|[).:;\n]|\s*[-–—]|\s+\W)")
_NAMED = re.compile(r"\b(?i:answer|option|choice)s?(?:\s+(?:is|are))?:?\s*\(?([A-H])\b")


def normalised(text: str) -> list[str]:
    """Return the words in lower case, without punctuation and articles."""
    return _ARTICLES.sub(" ", text.lower()).translate(_MARKS).split()


def exact(answer: str, gold: str) -> float:
    """Tell whether the two are the same words in the same order."""
    return float(normalised(answer) == normalised(gold))


def f1(answer: str, gold: str) -> float:
    """Return the harmonic mean of the shares of each one's words that stand in the other."""
    ours, theirs = normalised(answer), normalised(gold)
    if not ours or not theirs:
        return float(ours == theirs)
    shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * shared / (len(ours) + len(theirs))


def recall(answer: str, gold: str) -> float:
    """Return the share of the right answer's words that the answer holds."""
    wanted = Counter(normalised(gold))
    return (Counter(normalised(answer)) & wanted).total() / max(wanted.total(), 1)


def says(answer: str, gold: str) -> bool:
    """Tell whether the right answer stands in the answer, whole words only."""
    return f" {' '.join(normalised(gold))} " in f" {' '.join(normalised(answer))} "


def is_right(answer: str, gold: str) -> bool:
    """Tell whether an answer is the right one: it holds it, or most of its words (F1), and no figure speaks against.

    Figures are numbers written in digits: 2.50 is 2.5. Of a date one may be left out, not told otherwise.
    """
    ours, theirs = _figures(answer), _figures(gold)
    if says(answer, gold) and theirs <= ours:
        return True
    agrees = not theirs or (bool(ours & theirs) and (ours <= theirs or theirs <= ours))
    return agrees and f1(answer, gold) >= RIGHT_F1


def _figures(text: str) -> set[float]:
    return {float(figure.replace(",", "")) for figure in _FIGURE.findall(text)}


def contains(answer: str, gold: str) -> bool:
    """Tell whether the right answer stands anywhere in the answer."""
    return " ".join(normalised(gold)) in " ".join(normalised(answer))


def letters(answer: str) -> frozenset[str]:
    """Return the options that an answer names, at its begin ("B", "(B) …", "A, C", "Answer: BD") or as "option B".

    The article of "A story" names none.
    """
    if leading := _LEADING.match(answer):
        return frozenset(re.findall("[A-H]", leading.group(1)))
    named = _NAMED.search(answer)
    return frozenset(named.group(1)) if named else frozenset()


def rouge_l(answer: str, gold: str) -> float:
    """Return ROUGE-L's F1."""
    ours, theirs = normalised(answer), normalised(gold)
    if not ours or not theirs:
        return 0.0
    return 2 * _common(ours, theirs) / (len(ours) + len(theirs))


def _common(one: list[str], other: list[str]) -> int:
    """Return the length of the longest common subsequence; time is the product of the lengths."""
    above = [0] * (len(other) + 1)
    for word in one:
        row = [0]
        for j, opposite in enumerate(other):
            row.append(above[j] + 1 if word == opposite else max(above[j + 1], row[j]))
        above = row
    return above[-1]
