"""A chat: its last turns, and how a follow-up becomes a question that can be understood alone.

Each question is then read with fresh context; nothing of earlier turns reaches it but the words that it needs.
"""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import BudgetSpent, ReplyMalformed, ReplyTooLong
from .fence import fence
from .reading import Reading
from .replies import StandaloneReply
from .support import content_words

TURN_COUNT = 6
STANDALONE_TOKENS = 120
# An answer in a turn is shown up to here: a follow-up turns on its first words.
ANSWER_CHARS = 240
SHORT_WORDS = 3

_OPENING = re.compile(r"^\W*(?:and|but|or|so|then|also|what about|how about|what else|who else)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(?:he|she|it|they|his|her|hers|its|their|theirs)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(?:him|them|this|these|those|there|then|same|former|latter|such|instead|else|ones?|other|others|another)\b"
    r"|(?:^|\b(?:is|was|did|does|do|of|in|on|at|for|after|before|about|from|to|with|by)\s)that\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<!^)\b[A-Z]\w*")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as typed, as it was read, and its answer. ``document_ids`` are those whose words it may hold."""

    question: str
    standalone: str
    answer: str
    document_ids: frozenset[str] = frozenset()


class Chat:
    """The last turns of a chat, oldest first; older ones are forgotten."""

    def __init__(self, turns: Sequence[Turn] = ()) -> None:
        self._turns = deque(turns, TURN_COUNT)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that are kept."""
        return tuple(self._turns)

    def add(self, turn: Turn) -> None:
        """Add a turn."""
        self._turns.append(turn)


async def standalone(reading: Reading, turns: Sequence[Turn]) -> str:
    """Return the reading's question as one that can be understood without the turns before it.

    The question is kept as it is where it leans on nothing, and where the rewritten one loses a name or number of
    it or brings in one that was never said. Turns from documents that are no longer there are left out.

    Raises:
        ModelError: the server failed.
    """
    known = set(reading.collection.ready_ids())
    turns = [turn for turn in turns if turn.document_ids <= known]
    if not turns or not leans_on_earlier(reading.question):
        return reading.question
    reading.quoted.update(*(turn.document_ids for turn in turns))
    try:
        said = await _shown(reading, turns)
        reply = await reading.ask(
            "standalone", StandaloneReply, STANDALONE_TOKENS, turns=said, question=fence(reading.question)
        )
    except (BudgetSpent, ReplyMalformed, ReplyTooLong) as error:
        reading.step("fallback", f"The question is read as it stands ({error.code}).")
        return reading.question
    rewritten = reply.question.strip()
    if not is_faithful(rewritten, reading.question, said):
        reading.step("fallback", f"The question is read as it stands: “{rewritten}” asks something else.")
        return reading.question
    reading.step("rewrite", rewritten)
    return rewritten


async def _shown(reading: Reading, turns: Sequence[Turn]) -> list[str]:
    """Return the turns for the prompt, oldest first: the last ones that fit the window."""
    told = [_turn(turn) for turn in reversed(turns)]
    room = await reading.room("standalone", STANDALONE_TOKENS, turns=[], question=fence(reading.question))
    return (await reading.fitting(told, room))[::-1]


def _turn(turn: Turn) -> str:
    return f"Question: {fence(turn.standalone)}\nAnswer: {fence(_short(turn.answer)) or 'none'}"


def _short(answer: str) -> str:
    return answer if len(answer) <= ANSWER_CHARS else answer[:ANSWER_CHARS].rsplit(" ", 1)[0] + " …"


def leans_on_earlier(question: str) -> bool:
    """Tell whether a question needs the ones before it: a pronoun without a name before it in the question, a word
    that points back, "and…", or hardly any words."""
    if _OPENING.search(question) or _POINTING.search(question) or len(question.split()) <= SHORT_WORDS:
        return True
    pronoun = _SUBJECT.search(question)
    return bool(pronoun) and not _NAME.search(question[: pronoun.start()].strip())


def is_faithful(rewritten: str, question: str, said: Sequence[str]) -> bool:
    """Tell whether a rewritten question keeps the names and numbers of the typed one and brings in none unsaid."""
    kept = content_words(rewritten)
    own, new = _marked(question), _marked(rewritten)
    return own <= kept and new <= content_words(" ".join((question, *said)))


def _marked(text: str) -> set[str]:
    """Return the words of names and numbers in a text, but for its first word."""
    return content_words(" ".join((*_NAME.findall(text.strip()), *_NUMBER.findall(text))))
