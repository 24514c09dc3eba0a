"""Notes by a model: atomic facts and key elements of chunks, checked against the text (GraphReader's extraction).

Which facts hold is note_check.py; notes without a model are graph_store/extractive.py.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypedDict, cast

from pydantic import ValidationError

from ..graph_store.chunk import Chunk
from ..graph_store.document import Span
from ..graph_store.note import AtomicFact, Notes, NotesWriter
from ..graph_store.passages import cut_passages
from ..prompts import load
from .errors import ReplyMalformed, ReplyTooLong, WindowExceeded
from .fence import fence
from .llm import Budget, ChatModel, Message, MeteredModel, Role, TokenCounter, Usage, ask_structured, fields_so_far
from .note_check import ChunkText
from .note_coverage import completed, passed_over
from .replies import WrittenFact, notes_reply

log = logging.getLogger(__name__)

PIECE_TOKENS = 1_250
# How dense facts are asked for: at least one for each of so many tokens, at most one for each of so few.
LEAST_DENSITY, MOST_DENSITY = 90, 45
LEAST_ROOM = 6
FACT_TOKENS = 72
_CELL_BREAK = " | "
_UNLIMITED = Budget(tokens=10**12, calls=10**9, seconds=10.0**9)


class LlmNotesWriter:
    """Writes notes with a model, a call for each piece of a chunk that fits its window with the reply.

    A fact whose names or numbers are not in its chunk is refused and counted. A piece whose reply is malformed or holds
    no fact is read as two halves; of a reply that was cut the whole facts stay, and what stands behind them is read
    again. What fails twice gets its notes from ``fallback``, and then the chunk's notes are called extractive.
    Sentences that no fact holds are noted by ``fallback`` too: a small model passes over every second one, and what is
    not noted is not found.

    Args:
        model: the model's stack.
        fallback: writes notes without a model.
        batch_size: chunks that are read side by side: the server's slots.
        temperature, seed: of every call; what failed at temperature 0 fails again there.

    Source:
        GraphReader, arXiv 2406.14550, section 3.2. Ours: bounded replies from a worked example, facts checked against
        the text, and a place in it for each.
    """

    kind = "llm"

    def __init__(
        self, model: ChatModel, fallback: NotesWriter, batch_size: int = 1, *, temperature: float = 0.0, seed: int = 0
    ) -> None:
        self.batch_size = batch_size
        self._sampling: _Sampling = {"temperature": temperature, "seed": seed}
        self._model = MeteredModel(model, _UNLIMITED)
        self._fallback = fallback

    @property
    def usage(self) -> Usage:
        """Return what all calls so far have used."""
        return self._model.usage

    async def write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        """Return the notes of each chunk in order.

        Raises:
            ModelError: the server failed; unusable replies do not raise.
        """
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._notes(*pair)) for pair in zip(chunks, texts, strict=True)]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        return [task.result() for task in tasks]

    async def _notes(self, chunk: Chunk, text: str) -> Notes:
        """Return a chunk's notes; ``text`` is the chunk's own."""
        source = _Source(chunk, text, ChunkText(text))
        written = [await self._read(source, piece, halve=True) for piece in await self._pieces(source)]
        distinct: dict[str, AtomicFact] = {}
        for fact in (fact for part in written for fact in part.facts):
            distinct.setdefault(fact.text.casefold(), fact)
        [sentences] = await self._fallback.write([chunk], [text])
        written_facts = [completed(fact, sentences.facts) for fact in distinct.values()]
        noted = [*written_facts, *passed_over(written_facts, sentences.facts)]
        facts = tuple(
            replace(fact, fact_id=f"{chunk.chunk_id}-f{number}")
            for number, fact in enumerate(sorted(noted, key=_place), 1)
        )
        by_model = all(part.by_model for part in written)
        dropped_count = sum(part.dropped_count for part in written)
        return Notes(chunk.chunk_id, self.kind if by_model else self._fallback.kind, facts, dropped_count)

    async def _pieces(self, source: "_Source") -> list[list[Span]]:
        """Return a chunk's passages in as few pieces as fit the model's window with their replies, evenly filled."""
        spans = source.passages()
        counter = self._model.counter
        fixed = await asyncio.to_thread(fixed_tokens, counter)
        most = min(PIECE_TOKENS, int((self._model.window_tokens - fixed) / (1 + FACT_TOKENS / MOST_DENSITY)))
        sizes = await asyncio.to_thread(lambda: [counter.count_text(source.shown([span])) for span in spans])
        piece_count = max(1, -(-sum(sizes) // max(most, 1)))
        pieces: list[list[Span]] = [[] for _ in range(piece_count)]
        before = 0
        for span, size in zip(spans, sizes, strict=True):
            pieces[min(piece_count - 1, (before + size // 2) * piece_count // max(sum(sizes), 1))].append(span)
            before += size
        return [piece for piece in pieces if piece]

    async def _read(self, source: "_Source", piece: Sequence[Span], *, halve: bool) -> "_Written":
        reason, is_whole = "none of its facts is in the text", True
        written: list[WrittenFact] = []
        try:
            written = await self._ask(source, piece)
        except ReplyTooLong as error:
            reason, is_whole = error.message, False
            written = whole_facts(str(error.fields["reply"]))
        except (ReplyMalformed, WindowExceeded) as error:
            reason = error.message
        facts = source.checked(written)
        dropped_count = len(written) - len(facts)
        rest = [] if facts and is_whole else source.behind(piece, facts)
        if not rest:
            return _Written(facts, dropped_count, by_model=True)
        if halve and len(piece) > 1:
            middle = len(piece) // 2
            smaller = [rest] if len(rest) < len(piece) else [piece[:middle], piece[middle:]]
            parts = [await self._read(source, part, halve=False) for part in smaller]
            facts += [fact for part in parts for fact in part.facts]
            dropped_count += sum(part.dropped_count for part in parts)
            return _Written(facts, dropped_count, all(part.by_model for part in parts))
        log.info("chunk %s: %d passages are noted without the model: %s", source.chunk.chunk_id, len(rest), reason)
        return _Written([*facts, *await self._fall_back(source, rest)], dropped_count, by_model=False)

    async def _ask(self, source: "_Source", piece: Sequence[Span]) -> list[WrittenFact]:
        shown = source.shown(piece)
        messages = _messages(shown)
        size = await asyncio.to_thread(self._model.counter.count_text, shown)
        room = self._model.window_tokens - await asyncio.to_thread(self._model.counter.count_messages, messages)
        most_count = max(LEAST_ROOM, size // MOST_DENSITY)
        reply = await ask_structured(
            self._model,
            messages,
            notes_reply(max(1, size // LEAST_DENSITY), most_count),
            max_tokens=max(1, min(room, (most_count + 1) * FACT_TOKENS)),
            purpose="note",
            document_ids=frozenset({source.chunk.document_id}),
            **self._sampling,
        )
        return reply.facts

    async def _fall_back(self, source: "_Source", piece: Sequence[Span]) -> list[AtomicFact]:
        span, start = Span(piece[0].start, piece[-1].end), source.chunk.span.start
        part = replace(source.chunk, span=Span(start + span.start, start + span.end))
        [notes] = await self._fallback.write([part], [span.of(source.text)])
        return list(notes.facts)


class _Sampling(TypedDict):
    temperature: float
    seed: int


@dataclass(frozen=True, slots=True)
class _Written:
    """The facts of a piece; ``by_model`` is false where a part of it was noted without the model."""

    facts: list[AtomicFact]
    dropped_count: int
    by_model: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """A chunk being noted. Spans are within its own text."""

    chunk: Chunk
    text: str
    check: ChunkText

    def passages(self) -> list[Span]:
        whole = replace(self.chunk, span=Span(0, len(self.text)))
        return [passage.span for passage in cut_passages(whole, self.text)]

    def behind(self, piece: Sequence[Span], facts: Sequence[AtomicFact]) -> Sequence[Span]:
        """Return the passages of a piece that end behind the last place of the facts; all where they have none."""
        end = max((fact.span.end for fact in facts if fact.span), default=0) - self.chunk.span.start
        return [span for span in piece if span.end > end]

    def shown(self, piece: Sequence[Span]) -> str:
        """Return a piece as the model sees it: fenced, prose without its line ends, which cost tokens."""
        return "\n".join(_on_one_line(fence(span.of(self.text))) for span in piece)

    def checked(self, written: Sequence[WrittenFact]) -> list[AtomicFact]:
        """Return the facts that the chunk bears out; their ids are given later."""
        facts: list[AtomicFact] = []
        for one in written:
            text = " ".join(one.fact.split())
            elements = self.check.key_elements(text, one.key_elements)
            if elements and self.check.bears_out(text):
                place = self.check.place(text)
                shift = self.chunk.span.start
                span = Span(shift + place.start, shift + place.end) if place else None
                facts.append(AtomicFact("", self.chunk.chunk_id, text, elements, span))
        return facts


def fixed_tokens(counter: TokenCounter) -> int:
    """Return the tokens of a call beside the text that it notes: instruction, worked example, template."""
    return counter.count_messages(_messages(""))


def whole_facts(reply: str) -> list[WrittenFact]:
    """Return the facts of a reply that was cut, all but the last, which may be cut too."""
    found = fields_so_far(reply).get("facts")
    facts: list[WrittenFact] = []
    for one in found[:-1] if isinstance(found, list) else []:
        with suppress(ValidationError):
            facts.append(WrittenFact.model_validate(one))
    return facts


def _place(fact: AtomicFact) -> float:
    return fact.span.start if fact.span else math.inf


def _on_one_line(passage: str) -> str:
    return passage if _CELL_BREAK in passage else " ".join(passage.split())


def _messages(piece: str) -> tuple[Message, ...]:
    return tuple(Message(cast(Role, role), content) for role, content in load("note").render(piece=piece))
