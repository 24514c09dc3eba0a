"""The child's side of low_priority.py: writes notes and embeds, and what both sides say to each other.

    python -m longreader.app.low_priority_child EMBEDDER

A request and its answer are a line of JSON each. Notes and vectors are made in a thread of their own, so that a
document's are made side by side. The end of standard input, because the parent stopped or was killed, ends the process.
"""

import asyncio
import base64
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..graph_store.chunk import Chunk
from ..graph_store.document import Span
from ..graph_store.embedder import Embedder, HashEmbedder
from ..graph_store.extractive import ExtractiveNotesWriter
from ..graph_store.index_device import EmbeddingDevice
from ..graph_store.note import AtomicFact, Notes
from ..graph_store.sentence_embedder import SentenceEmbedder

WRITE, EMBED = "write", "embed"
NICENESS = 10


def main() -> None:
    """Answer requests until standard input ends, then leave at once."""
    # What libraries print must not get between the lines of the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if sys.platform != "win32":
        os.nice(NICENESS)
    lock = threading.Lock()
    waiting: dict[str, queue.SimpleQueue[tuple[int, Any]]] = {}
    for kind, make in (
        (WRITE, _writer()),
        (EMBED, _embedder(sys.argv[1], "cuda" if sys.argv[2:] == ["cuda"] else "cpu")),
    ):
        waiting[kind] = queue.SimpleQueue()
        threading.Thread(target=_serve, args=(waiting[kind], make, answers, lock), daemon=True).start()
    for line in sys.stdin.buffer:
        number, kind, asked = decode(line)
        waiting[kind].put((number, asked))
    os._exit(0)


def _serve(
    waiting: "queue.SimpleQueue[tuple[int, Any]]", make: Callable[[Any], object], answers: BinaryIO, lock: Any
) -> None:
    while True:
        number, asked = waiting.get()
        try:
            answer = (number, make(asked), "")
        except Exception as error:  # noqa: BLE001 - the border of the process: whatever it was is told to the parent
            answer = (number, None, f"{type(error).__name__}: {error}")
        with lock:
            answers.write(encode(answer))
            answers.flush()


def _writer() -> Callable[[Any], object]:
    writer = ExtractiveNotesWriter()

    def write(asked: Any) -> object:
        chunks, texts = asked
        return [asdict(notes) for notes in asyncio.run(writer.write(chunks_of(chunks), texts))]

    return write


def _embedder(name: str, device: EmbeddingDevice) -> Callable[[Any], object]:
    embedder = _embedder_named(name, device)

    def embed(texts: Any) -> object:
        rows = np.ascontiguousarray(embedder.embed(texts), np.float32)
        return base64.b64encode(rows.tobytes()).decode()

    return embed


def _embedder_named(name: str, device: EmbeddingDevice) -> Embedder:
    if name == HashEmbedder.name:
        return HashEmbedder()
    usual = SentenceEmbedder(device=device)
    return usual if name == usual.name else SentenceEmbedder(name, device)


def encode(message: object) -> bytes:
    """Return a message as a line."""
    return json.dumps(message).encode() + b"\n"


def decode(line: bytes) -> Any:
    """Return the message that a line holds."""
    return json.loads(line)


def chunks_of(said: list[Any]) -> list[Chunk]:
    """Return the chunks that were said as dictionaries."""
    return [Chunk(**{**chunk, "span": Span(**chunk["span"])}) for chunk in said]


def notes_of(said: list[Any]) -> list[Notes]:
    """Return the notes that were said as dictionaries."""
    return [Notes(**{**notes, "facts": tuple(map(_fact, notes["facts"]))}) for notes in said]


def _fact(said: Any) -> AtomicFact:
    span = Span(**said["span"]) if said["span"] else None
    return AtomicFact(**{**said, "key_elements": tuple(said["key_elements"]), "span": span})


def vectors_of(said: str, count: int) -> NDArray[np.float32]:
    """Return the vectors of ``count`` texts that were said as base64."""
    return np.frombuffer(base64.b64decode(said), np.float32).reshape(count, -1)


if __name__ == "__main__":
    main()
