"""Questions about the words themselves: which are the most frequent, how often one is used.

Counted by code over all of the text, without the model.

Source: ours; counting is left to code as in scan.py (Oolong, arXiv 2511.02817).
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass

from ..graph_store.document import Span
from ..graph_store.english import FUNCTION_WORDS
from .answer import Answer, Status
from .citation import cite
from .reading import Reading
from .support import Sentence, sentence_at

DEFAULT_COUNT = 10
MOST_COUNT = 100
CITED_COUNT = 3
_NUMBERS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_NUMBER = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
_MOST = r"most\s+(?:common(?:ly)?|frequent(?:ly)?|often)"
_APPEARING = r"(?:(?:appear\w*|us(?:ed|e)|occurr?\w*|repeat\w*|found)\s+)?"
_FREQUENT = re.compile(
    rf"\b(?P<count>{_NUMBER})?\s*{_MOST}\s+{_APPEARING}(?:\w+\s+)?words?\b"
    rf"|\bwhich\s+(?P<number>{_NUMBER})?\s*words?\s+(?:\w+\s+){{0,2}}(?:most (?:often|frequently)|the most)\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    r"\bhow (?:often|many times)\b.*?(?:\b(?:word|words|term|name|phrase)\s+)?[\"“'‘](?P<quoted>[^\"”'’]+)[\"”'’]"
    r".*?\b(?:appear|occur|used|mentioned|repeated|written)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class WordQuestion:
    """What is asked: the ``count`` most frequent words, or how often ``phrase`` stands in the text."""

    count: int = 0
    phrase: str = ""


def word_question_of(question: str) -> WordQuestion | None:
    """Return what a question asks of the words of the text, or None where it asks something else."""
    if found := _OFTEN.search(question):
        return WordQuestion(phrase=" ".join(found["quoted"].split()))
    if not (found := _FREQUENT.search(question)):
        return None
    told = found["count"] or found["number"]
    if told is None:
        return WordQuestion(count=1 if re.search(r"\bword\b", found[0], re.IGNORECASE) else DEFAULT_COUNT)
    return WordQuestion(count=min(_NUMBERS.get(told.casefold()) or int(told), MOST_COUNT))


async def answer_by_counting(reading: Reading) -> Answer | None:
    """Answer a question about the words of the text; None where it asks something else."""
    asked = word_question_of(reading.question)
    return await asyncio.to_thread(_answer, reading, asked) if asked else None


def _answer(reading: Reading, asked: WordQuestion) -> Answer:
    counted_ids = _documents(reading)
    # The answer and the trace hold words of each of them, so they go with any of them.
    reading.quoted.update(counted_ids)
    texts = [reading.collection.document(document_id).text for document_id in counted_ids]
    if asked.phrase:
        pattern = _pattern(asked.phrase)
        count = sum(len(pattern.findall(text)) for text in texts)
        text, shown = f"{count} times" if count != 1 else "once", [asked.phrase]
    else:
        counted = _counted(texts).most_common(asked.count)
        text, shown = ", ".join(f"{word} ({count})" for word, count in counted), [word for word, _ in counted]
    reading.step("scan", f"The words of {len(texts)} documents were counted: {text}")
    citations = cite(reading.collection, _first_places(reading, shown[:CITED_COUNT]))
    if not citations:
        return Answer(status=Status.NOT_IN_DOCUMENT, text="not in the document")
    return Answer(status=Status.ANSWERED, text=text, citations=citations, confidence=1.0)


def _documents(reading: Reading) -> list[str]:
    return [id_ for id_ in reading.collection.ready_ids() if not reading.document_ids or id_ in reading.document_ids]


def _counted(texts: list[str]) -> Counter[str]:
    words = (word.casefold() for text in texts for word in _WORD.findall(text))
    return Counter(word for word in words if word not in FUNCTION_WORDS)


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _first_places(reading: Reading, phrases: list[str]) -> list[Sentence]:
    """Return for each phrase the first sentence that holds it."""
    wanted = {phrase: _pattern(phrase) for phrase in phrases}
    found: list[Sentence] = []
    for document_id in _documents(reading):
        text = reading.collection.document(document_id).text
        for phrase, pattern in list(wanted.items()):
            if place := pattern.search(text):
                if sentence := sentence_at(reading.collection, document_id, Span(*place.span())):
                    found.append(sentence)
                del wanted[phrase]
    return found
