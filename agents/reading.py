"""One question being read: what its steps share, and how they ask the model. Owns no decision of any agent."""

import asyncio
import textwrap
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from ..graph_store.chunk import Passage
from ..graph_store.collection import Collection
from ..graph_store.section import lead_of
from ..prompts import load
from .delta import AnswerDelta, AnswerWatch
from .errors import ReplyMalformed, ReplyTooLong
from .fence import fence
from .llm import Message, MeteredModel, Role, ask_structured
from .replies import AnswerReply, ReasonedReply
from .settings import ReadingSettings
from .trace import ReadingStep, StepKind, Trace

Reply = TypeVar("Reply", bound=BaseModel)

# An item's number, brackets and line break in a prompt cost a few tokens beside its text.
ITEM_TOKENS = 8
# What stands above a passage is shown up to here.
LEAD_CHARS = 120
# A question may take this share of the window; the rest is for instruction, passages and reply.
QUESTION_SHARE = 0.25


@dataclass(frozen=True)
class Reading:
    """The shared state of one question: collection, metered model, settings, trace, and the sink of reading steps.

    ``document_ids`` are the only documents that a scan or a summary reads; none means all of the collection.
    ``quoted`` holds the ids of the documents whose words have been shown to the model so far: when one of them is
    deleted, the cached replies and the trace go with it.
    """

    question: str
    collection: Collection
    model: MeteredModel
    settings: ReadingSettings
    trace: Trace
    write: Callable[[ReadingStep | AnswerDelta], object] = lambda event: None
    started: float = field(default_factory=time.monotonic)
    quoted: set[str] = field(default_factory=set)
    document_ids: frozenset[str] = frozenset()

    def step(self, kind: StepKind, summary: str, **fields: Any) -> None:
        """Record a reading step and hand it to whoever watches."""
        seconds = round(time.monotonic() - self.started, 3)
        step = ReadingStep(kind=kind, summary=summary, seconds=seconds, tokens=self.model.usage.tokens, **fields)
        self.trace.steps.append(step)
        self.write(step)

    async def ask(self, prompt: str, output: type[Reply], max_tokens: int, **values: object) -> Reply:
        """Render a prompt and return the model's reply in the asked form. The answer's pieces are told as they come.

        Raises:
            BudgetSpent: the question's budget does not allow the call.
            ModelError: no usable reply; see agents/errors.py.
        """
        return await ask_structured(
            self.model,
            _messages(prompt, values),
            output,
            max_tokens=max_tokens,
            purpose=prompt,
            document_ids=frozenset(self.quoted),
            temperature=self.settings.temperature,
            on_fields=AnswerWatch(self.write) if output in (AnswerReply, ReasonedReply) else None,
        )

    async def ask_best(
        self, prompt: str, output: type[Reply], max_tokens: int, ranked: list[Passage], **values: object
    ) -> tuple[Reply, list[Passage]]:
        """Ask about as many passages as fit, in the order of the text; after an unusable reply, about the better half.

        Args:
            ranked: the passages, the best first; the prompt takes their texts as ``passages``.

        Returns:
            The reply, and the passages that were read for it.

        Raises:
            BudgetSpent: the question's budget does not allow the call.
            ModelError: the server failed, or gave no usable reply on two tries.
        """
        room = await self.room(prompt, max_tokens, passages=[], **values)
        used = self.model.window_tokens - room
        room = min(room, self.settings.evidence_tokens, self.model.left().tokens - used)
        count = max(len(await self.fitting([self.text_of(passage) for passage in ranked], room)), 1)
        failure: ReplyMalformed | ReplyTooLong | None = None
        for most in (count, (count + 1) // 2):
            passages = self.in_document_order(ranked[:most])
            texts = [self.text_of(passage) for passage in passages]
            try:
                return await self.ask(prompt, output, max_tokens, passages=texts, **values), passages
            except (ReplyMalformed, ReplyTooLong) as error:
                self.step("fallback", f"No usable reply ({error.code}) from {most} passages.")
                failure = error
        assert failure is not None
        raise failure

    async def room(self, prompt: str, max_tokens: int, **values: object) -> int:
        """Return the tokens that the window leaves for a prompt's list, given its other values and an empty list."""
        fixed = await asyncio.to_thread(self.model.counter.count_messages, _messages(prompt, values))
        return self.model.window_tokens - fixed - max_tokens

    async def fitting(self, texts: Iterable[str], room: int) -> list[str]:
        """Return the leading texts that together fit into ``room`` tokens; a text is never cut."""
        return await asyncio.to_thread(self._fitting, list(texts), room)

    def _fitting(self, texts: list[str], room: int) -> list[str]:
        for i, text in enumerate(texts):
            room -= self.model.counter.count_text(text) + ITEM_TOKENS
            if room < 0:
                return texts[:i]
        return texts

    def text_of(self, passage: Passage) -> str:
        """Return a passage's text, fenced for a prompt, after what stands above it: "(Heading) text"."""
        self.quoted.add(passage.document_id)
        lead, text = self.lead_of(passage), self.collection.text_of(passage)
        return fence(f"({lead}) {text}" if lead else text)

    def lead_of(self, passage: Passage) -> str:
        """Return what stands above a passage, shortened: its heading, the head of its table."""
        lead = lead_of(self.collection.document(passage.document_id), passage.span)
        return textwrap.shorten(lead, LEAD_CHARS, placeholder="…")

    def with_texts(self, passages: Iterable[Passage]) -> list[tuple[Passage, str]]:
        """Return passages, each with its own text, without what stands above it."""
        return [(passage, self.collection.text_of(passage)) for passage in passages]

    def in_document_order(self, passages: Iterable[Passage]) -> list[Passage]:
        """Return passages as a reader meets them: documents in the order they were added, then by place."""
        place = {document_id: i for i, document_id in enumerate(self.collection.ready_ids())}
        return sorted(passages, key=lambda passage: (place.get(passage.document_id, len(place)), passage.span.start))

    def name_of(self, node: str) -> str:
        """Return a node's name, fenced for a prompt. Nodes are shared, so it counts as a quote of every document."""
        self.quoted.update(self.collection.ready_ids())
        return fence(self.collection.graph.node(node).name)


def _messages(prompt: str, values: dict[str, object]) -> tuple[Message, ...]:
    rendered = load(prompt).render(**values)
    return tuple(Message(cast(Role, role), content) for role, content in rendered)
