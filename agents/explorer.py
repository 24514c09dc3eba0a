"""The explorer of mode graph: one walk from one initial node, with GraphReader's stages and functions.

Source: GraphReader, arXiv 2406.14550, section 3.4. The stages are facts, chunk and neighbours; the functions are
read_chunk, stop_and_read_neighbor, search_more, read_previous_chunk, read_subsequent_chunk, read_neighbor_node and
termination. Ours: facts and neighbours of a hub are ranked by the question and paged to fit the window; a chunk is
shown as numbered passages so that the notebook can point at them; a reply that is unusable ends in the stage's
cautious default instead of ending the walk.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from ..graph_store.chunk import Chunk, Passage
from ..graph_store.graph import Neighbor
from ..graph_store.note import AtomicFact
from .errors import BudgetSpent, ReplyMalformed, ReplyTooLong
from .fence import fence
from .notebook import Notebook
from .reading import Reading, Reply
from .replies import ChunkReply, FactsReply, NeighborReply, chunk_reply, facts_reply, neighbor_reply
from .support import bearing, content_words
from .trace import StepKind

FACTS_TOKENS = 300
CHUNK_TOKENS = 320
NEIGHBOR_TOKENS = 120
FACT_COUNT = 40
NEIGHBOR_COUNT = 20


@dataclass
class Walk:
    """A walk under way. ``calls_left`` is GraphReader's limit of function calls."""

    reading: Reading
    number: int
    plan: tuple[str, ...]
    node: str
    calls_left: int
    notebook: Notebook = field(default_factory=Notebook)
    actions: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    queue: deque[str] = field(default_factory=deque)
    read: set[str] = field(default_factory=set)
    budget_spent: bool = False

    async def run(self) -> Notebook:
        """Walk until the model ends it, nothing is left to read, or a limit is reached; return the notebook."""
        node: str | None = self.node
        try:
            while node is not None and self.calls_left > 0:
                self.visited.add(node)
                await self._read_facts(node)
                if await self._drain_queue():
                    break
                node = await self._choose_neighbor(node)
        except BudgetSpent as error:
            self.budget_spent = True
            self.reading.step("fallback", f"Walk {self.number} ends: {error.message}", walk=self.number)
        return self.notebook

    async def _read_facts(self, node: str) -> None:
        """Stage 1: queue the chunks that the node's facts make worth reading."""
        name = self.reading.name_of(node)
        facts, more_count = await self._fitting_facts(node, name)
        if not facts or self.calls_left <= 0:
            return
        groups = _by_chunk(facts)
        chunk_ids, shown = list(groups), [[fence(fact.text) for fact in group] for group in groups.values()]
        reply = await self._ask_facts(name, shown, more_count)
        picked = [chunk_ids[number - 1] for number in dict.fromkeys(reply.chunks)]
        if reply.action == "read_chunk" and not picked:
            picked = chunk_ids[:1]
        if reply.action == "stop_and_read_neighbor":
            picked = []
        self.queue.extend(picked)
        passages = dict.fromkeys(passage for fact in facts if (passage := self.reading.collection.passage_of(fact)))
        found = self._borne_out(reply.notebook, list(passages), [])
        self.notebook = self.notebook.updated(reply.notebook, found)
        ids = {"chunk_ids": tuple(picked), "passage_ids": tuple(found)}
        self._record("facts", f"{name}: {reply.action}", reply.action, reply.rationale, node=name, **ids)

    async def _fitting_facts(self, node: str, name: str) -> tuple[list[AtomicFact], int]:
        """Return the node's unread facts that fit, best first, and how many more there are."""
        collection, reading = self.reading.collection, self.reading
        facts = collection.facts(collection.graph.node(node).fact_ids)
        unread = [fact for fact in facts if fact.chunk_id not in self.read]
        ranked = await collection.rank_facts(reading.question, unread, FACT_COUNT)
        fixed = self._fixed() | {"node": name, "more_count": len(unread)}
        room = await reading.room("explore_facts", FACTS_TOKENS, chunks=[], **fixed)
        kept = ranked[: len(await reading.fitting((fence(fact.text) for fact in ranked), room))]
        return kept, len(unread) - len(kept)

    async def _ask_facts(self, name: str, shown: list[list[str]], more_count: int) -> FactsReply:
        values = self._fixed() | {"node": name, "chunks": shown, "more_count": more_count}
        try:
            return await self._ask("explore_facts", facts_reply(len(shown)), FACTS_TOKENS, values)
        except (ReplyMalformed, ReplyTooLong) as error:
            self._fallback(error.code, "reads the chunk of the best fact")
            return FactsReply(notebook="", rationale="", action="read_chunk", chunks=[1])

    async def _drain_queue(self) -> bool:
        """Stage 2: read the queued chunks; return whether the model ended the walk."""
        while self.queue and self.calls_left > 0:
            chunk_id = self.queue.popleft()
            if chunk_id in self.read:
                continue
            self.read.add(chunk_id)
            if await self._read_chunk(self.reading.collection.chunk(chunk_id)):
                return True
        return False

    async def _read_chunk(self, chunk: Chunk) -> bool:
        collection = self.reading.collection
        passages = collection.passages(chunk.chunk_id)
        fixed = self._fixed() | {"section": fence(chunk.section)}
        room = await self.reading.room("explore_chunk", CHUNK_TOKENS, passages=[], **fixed)
        texts = await self.reading.fitting((self.reading.text_of(passage) for passage in passages), room)
        if len(texts) < len(passages):
            left_out = f"Walk {self.number}: {len(passages) - len(texts)} of {len(passages)} passages do not fit"
            self.reading.step("fallback", f"{left_out} the window.", walk=self.number, chunk_ids=(chunk.chunk_id,))
        if not texts:
            return False
        reply = await self._ask_chunk(fixed | {"passages": texts}, len(texts))
        found = self._borne_out(reply.notebook, passages[: len(texts)], reply.passages)
        self.notebook = self.notebook.updated(reply.notebook, found)
        if reply.action == "read_previous_chunk" and (before := collection.chunk_before(chunk.chunk_id)):
            self.queue.appendleft(before.chunk_id)
        if reply.action == "read_subsequent_chunk" and (after := collection.chunk_after(chunk.chunk_id)):
            self.queue.appendleft(after.chunk_id)
        summary = f"page {chunk.first_page}, {chunk.section or 'no section'}: {reply.action}"
        self._record(
            "chunk", summary, reply.action, reply.rationale, chunk_ids=(chunk.chunk_id,), passage_ids=tuple(found)
        )
        return reply.action == "termination"

    def _borne_out(self, notes: str, passages: list[Passage], pointed: list[int]) -> list[str]:
        """Return the passages that the new notes came from; those that the model pointed at where no word tells."""
        read = self.reading.with_texts(passages)
        fresh = " ".join(
            content_words(notes) - content_words(self.notebook.notes) - content_words(self.reading.question)
        )
        sentences = bearing(read, fresh, self.reading.question, most=2) if fresh else []
        ids = list(dict.fromkeys(sentence.passage.passage_id for sentence in sentences))
        return ids or [passages[number - 1].passage_id for number in dict.fromkeys(pointed)]

    async def _ask_chunk(self, values: dict[str, object], passage_count: int) -> ChunkReply:
        try:
            return await self._ask("explore_chunk", chunk_reply(passage_count), CHUNK_TOKENS, values)
        except (ReplyMalformed, ReplyTooLong) as error:
            self._fallback(error.code, "goes on with the next chunk")
            return ChunkReply(passages=[], notebook="", rationale="", action="search_more")

    async def _choose_neighbor(self, node: str) -> str | None:
        """Stage 3: return the neighbour to go to, or None to end the walk."""
        graph = self.reading.collection.graph
        scores = {hit.key: hit.score for hit in await self.reading.collection.rank_nodes(self.reading.question)}
        ranked = graph.neighbors(node, score=lambda key: scores.get(key, 0.0), limit=NEIGHBOR_COUNT + len(self.visited))
        unvisited = [neighbor for neighbor in ranked if neighbor.key not in self.visited][:NEIGHBOR_COUNT]
        if not unvisited or self.calls_left <= 0:
            return None
        name = self.reading.name_of(node)
        reply = await self._ask_neighbor(name, unvisited)
        chosen = unvisited[reply.neighbor - 1] if reply.action == "read_neighbor_node" else None
        going = f" {chosen.name}" if chosen else ""
        self._record("neighbors", f"{name}: {reply.action}{going}", reply.action, reply.rationale, node=name)
        return chosen.key if chosen else None

    async def _ask_neighbor(self, name: str, neighbors: list[Neighbor]) -> NeighborReply:
        values = self._fixed() | {
            "node": name,
            "neighbors": [self.reading.name_of(neighbor.key) for neighbor in neighbors],
        }
        try:
            return await self._ask("explore_neighbors", neighbor_reply(len(neighbors)), NEIGHBOR_TOKENS, values)
        except (ReplyMalformed, ReplyTooLong) as error:
            self._fallback(error.code, "ends here")
            return NeighborReply(rationale="", action="termination", neighbor=1)

    def _fixed(self) -> dict[str, object]:
        return {
            "question": self.reading.question,
            "plan": " ".join(self.plan),
            "actions": fence("; ".join(self.actions[-6:])) or "none",
            "notebook": fence(self.notebook.notes) or "empty",
        }

    async def _ask(self, prompt: str, form: type[Reply], max_tokens: int, values: dict[str, object]) -> Reply:
        self.calls_left -= 1
        return await self.reading.ask(prompt, form, max_tokens, **values)

    def _record(self, kind: StepKind, summary: str, action: str, rationale: str, **fields: Any) -> None:
        self.actions.append(summary)
        notebook = self.notebook.notes
        self.reading.step(
            kind, summary, walk=self.number, action=action, rationale=rationale, notebook=notebook, **fields
        )

    def _fallback(self, code: str, default: str) -> None:
        self.reading.step("fallback", f"Walk {self.number}: no usable reply ({code}), {default}.", walk=self.number)


def _by_chunk(facts: list[AtomicFact]) -> dict[str, list[AtomicFact]]:
    groups: dict[str, list[AtomicFact]] = {}
    for fact in facts:
        groups.setdefault(fact.chunk_id, []).append(fact)
    return groups
