"""Notes by the model, to be read by eye: what it writes of a document's chunks, what is kept, what it covers.

    python benchmarks/notes.py [FILE] [--first 0] [--chunks 5] [--json PATH]

The model is that of the settings (`LONGREADER_MODEL__URL`, else the embedded one). For each chunk a line of figures,
then every fact: `+` kept, with the place in the text it was found at, `-` refused.
"""

import argparse
import asyncio
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from longreader import Settings
from longreader.agents.llm import ChatModel, ModelReply, ModelRequest, ReplyCache
from longreader.agents.notes import LlmNotesWriter, whole_facts
from longreader.app.engine import Engine
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.chunking import cut_chunks
from longreader.graph_store.extractive import ExtractiveNotesWriter
from longreader.graph_store.note import Notes
from longreader.graph_store.parsers import parse
from longreader.graph_store.sentences import sentences

EXAMPLE = Path(__file__).parent.parent / "examples" / "ansholm.pdf"


@dataclass(frozen=True, slots=True)
class ChunkFigures:
    """What came of one chunk. ``fact_count`` are the model's, ``added_count`` the sentences that it passed over, of
    ``sentence_count``; ``last_place`` tells how far into the chunk the last of the model's facts stands."""

    chunk: int
    kind: str
    chunk_tokens: int
    read_tokens: int
    written_tokens: int
    call_count: int
    fact_count: int
    dropped_count: int
    key_element_count: int
    sentence_count: int
    added_count: int
    last_place: float
    seconds: float


class _Listening:
    """The model, and the replies it gave since they were last taken."""

    def __init__(self, model: ChatModel) -> None:
        self.name, self.window_tokens, self.counter = model.name, model.window_tokens, model.counter
        self._model = model
        self._replies: list[ModelReply] = []

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Answer one request; see `ChatModel`."""
        reply = await self._model.complete(request)
        self._replies.append(reply)
        return reply

    async def close(self) -> None:
        """Release connections."""
        await self._model.close()

    def take(self) -> list[ModelReply]:
        """Return the replies and forget them."""
        taken, self._replies = self._replies, []
        return taken


async def note(path: Path, first: int, chunk_count: int) -> list[ChunkFigures]:
    """Note some chunks of a file one after the other, print what came of each, return the figures."""
    settings = Settings()
    engine = Engine(settings)
    parsed = await asyncio.to_thread(lambda: parse(path.read_bytes(), path.name))
    with tempfile.TemporaryDirectory() as folder:
        cache = ReplyCache(Path(folder) / "replies.sqlite")
        model = _Listening(await engine.model(cache))
        writer = LlmNotesWriter(model, ExtractiveNotesWriter())
        count_tokens = model.counter.count_text
        chunks = await asyncio.to_thread(cut_chunks, parsed, "d", count_tokens, settings.ingest.chunk_tokens)
        told = []
        for chunk in islice(chunks, first, first + chunk_count):
            text = chunk.span.of(parsed.text)
            started = time.perf_counter()
            [notes] = await writer.write([chunk], [text])
            figures = figures_of(chunk, text, notes, model.take(), time.perf_counter() - started)
            print(json.dumps(asdict(figures)), flush=True)
            told.append(figures)
        await engine.close()
        cache.close()
    return told


def figures_of(chunk: Chunk, text: str, notes: Notes, replies: list[ModelReply], seconds: float) -> ChunkFigures:
    """Return a chunk's figures, and print its facts."""
    written = {" ".join(str(one["fact"]).split()): one["key_elements"] for reply in replies for one in _written(reply)}
    kept = {fact.text: fact for fact in notes.facts if fact.text in written}
    for words, elements in written.items():
        fact = kept.get(words)
        place = "" if fact is None or fact.span is None else f"  @{fact.span.start - chunk.span.start}"
        print(f"  {'+' if fact else '-'} {words}  {elements}{place}")
    starts = [fact.span.start - chunk.span.start for fact in kept.values() if fact.span]
    return ChunkFigures(
        chunk=chunk.index,
        kind=notes.kind,
        chunk_tokens=chunk.token_count,
        read_tokens=sum(reply.prompt_tokens for reply in replies),
        written_tokens=sum(reply.completion_tokens for reply in replies),
        call_count=len(replies),
        fact_count=len(kept),
        dropped_count=notes.dropped_count,
        key_element_count=len({element for fact in kept.values() for element in fact.key_elements}),
        sentence_count=len(sentences(text)),
        added_count=len(notes.facts) - len(kept),
        last_place=round(max(starts, default=0) / max(len(text), 1), 2),
        seconds=round(seconds, 1),
    )


def _written(reply: ModelReply) -> list[dict[str, object]]:
    if reply.finish_reason == "length":
        return [fact.model_dump() for fact in whole_facts(reply.text)]
    try:
        return json.loads(reply.text)["facts"]
    except (ValueError, KeyError):
        print(f"  ! {reply.finish_reason}: {reply.text[-200:]}")
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=EXAMPLE)
    parser.add_argument("--first", type=int, default=0, help="the chunk to begin with")
    parser.add_argument("--chunks", type=int, default=5, help="how many")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args()
    told = asyncio.run(note(options.file, options.first, options.chunks))
    share = sum(one.read_tokens for one in told) / sum(one.chunk_tokens for one in told)
    print(f"model input: {share:.2f} × the document's tokens")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in told], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
