"""Texts with blanks ("<mask-0> met the baker", "The mole was built in ____"): what fills each blank, in one call.

Source: ours; the form of question is LooGLE's (arXiv 2311.04939, section 3.2). What does not stand in the passages that
were read fills no blank.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from ..graph_store.chunk import Passage
from .answer import Answer, Status
from .citation import cite
from .errors import BudgetSpent
from .fence import fence
from .manager import is_held
from .reading import Reading
from .replies import fill_reply
from .selection import select_passages
from .support import bearing, grounding, stands_in
from .wording import is_refusal

TOKENS_A_BLANK = 30
MOST_BLANKS = 12
LONG_WORDS = 4
PASSAGE_FACTOR = 2
# A question's angle brackets are kept apart from their words: they look like control tokens (fence.py).
_BLANK = re.compile(r"< ?(?P<name>(?:mask|blank)[- ]?\d+)>|(?<![\w“\"'‘])_{3,}(?![\w”\"]|['’](?!s\b))", re.IGNORECASE)
# A question with a line in it asks about the line; a line by itself parts what stands above and below.
_RULE = re.compile(r"^\s*_{3,}\s*$", re.MULTILINE)
_ASKS = re.compile(
    r"^\W*(?:who|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|summari[sz]e|list|explain|describe"
    r"|give|tell)\b|\?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cloze:
    """A text with blanks.

    Attributes:
        text: with "(blank 1)", "(blank 2)"… in the places of the blanks; one that is named twice has one number.
        names: of the blanks, as the question writes them.
    """

    text: str
    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """The text without its blanks."""
        return " ".join(re.sub(r"\(blank \d+\)", " ", self.text).split())


def cloze_of(question: str) -> Cloze | None:
    """Return the text with blanks that a question is, or None where it has none, or more than twelve."""
    names: list[str] = []
    parts, end = list[str](), 0
    for found in _BLANK.finditer(question):
        # A line has no name: each is a blank of its own.
        name = f"<{found['name']}>" if found["name"] else found[0]
        if name not in names or not found["name"]:
            names.append(name)
        number = names.index(name) + 1 if found["name"] else len(names)
        parts += [question[end : found.start()], f"(blank {number})"]
        end = found.end()
    cloze = Cloze("".join([*parts, question[end:]]), tuple(names))
    if not 0 < len(names) <= MOST_BLANKS or not cloze.words:
        return None
    has_lines = any(name.startswith("_") for name in names)
    return None if has_lines and (_ASKS.search(question) or _RULE.search(question)) else cloze


async def fill(reading: Reading, cloze: Cloze) -> Answer | None:
    """Fill the blanks; None where nothing that was said stands in the passages.

    Raises:
        ModelError: the server failed, or gave no usable reply on two tries.
    """
    reading.model.release_reserve()
    ranked = await select_passages(reading, cloze.words, PASSAGE_FACTOR * reading.settings.passage_count)
    count = len(cloze.names)
    values = {"text": fence(cloze.text), "blanks": [f"blank {i}" for i in range(1, count + 1)]}
    try:
        form, tokens = fill_reply(count), TOKENS_A_BLANK * (count + 1)
        reply, passages = await reading.ask_best("fill", form, tokens, ranked, **values)
    except BudgetSpent as error:
        reading.step("fallback", f"The reading ends: {error.message}")
        return Answer(status=Status.BUDGET_SPENT, text="")
    return _answer(reading, cloze, passages, reply.fillers)


def _answer(reading: Reading, cloze: Cloze, passages: Sequence[Passage], said: Sequence[str]) -> Answer | None:
    read = reading.with_texts(passages)
    texts = [text for _, text in read]
    fillers = [" ".join(filler.split()) for filler in said]
    pairs = zip(cloze.names, fillers, strict=True)
    filled = [(name, filler) for name, filler in pairs if _fills(filler, texts, cloze)]
    summary = f"{len(filled)} of {len(fillers)} blanks filled"
    reading.step("answer", summary, finding="; ".join(fillers), passage_ids=tuple(p.passage_id for p in passages))
    if not filled:
        return None
    borne_out = (bearing(read, filler, cloze.words, most=1) for filler in dict.fromkeys(told for _, told in filled))
    citations = cite(reading.collection, list(chain.from_iterable(borne_out)))
    confidence = round(grounding(cloze.words, (citation.quote for citation in citations)), 2)
    status = Status.ANSWERED if citations and len(filled) == len(fillers) else Status.PARTLY_ANSWERED
    text = "; ".join(f"{name}: {filler}" for name, filler in filled)
    return Answer(status=status, text=text, citations=citations, confidence=confidence)


def _fills(filler: str, texts: Sequence[str], cloze: Cloze) -> bool:
    """Tell whether a filler was read in the passages; a long piece of the text itself fills no blank."""
    is_copied = len(filler.split()) > LONG_WORDS and stands_in(filler, cloze.text)
    return not is_copied and not is_refusal(filler, texts) and is_held(filler, list(texts))
