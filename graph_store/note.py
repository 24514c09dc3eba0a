"""Notes of a chunk: atomic facts and their key elements (GraphReader, arXiv 2406.14550, section 3.2).

Who writes them is elsewhere: extractive.py without a model, agents/notes.py with one.
"""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from .chunk import Chunk
from .document import Span

NotesKind: TypeAlias = Literal["extractive", "llm"]


@dataclass(frozen=True, slots=True)
class AtomicFact:
    """A smallest statement of a chunk. ``key_elements`` are as written; ``span`` is its own place when it is verbatim,
    else that of the sentence which bears it out best, if one does."""

    fact_id: str
    chunk_id: str
    text: str
    key_elements: tuple[str, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one chunk. ``kind`` is "llm" where a model noted all of it, else "extractive"; ``dropped_count``
    counts facts that were refused."""

    chunk_id: str
    kind: str
    facts: tuple[AtomicFact, ...]
    dropped_count: int = 0


class NotesWriter(Protocol):
    """Writes the notes of chunks. Every chunk handed in comes back with its notes, in the same order.

    ``batch_size`` is how many chunks it wants at once: what is handed in together is stored together, so a writer
    whose chunks take long asks for few.
    """

    kind: str
    batch_size: int

    async def write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        """Return the notes of each chunk; ``texts[i]`` is the text of ``chunks[i]``."""
        ...
