import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.collection import Collection
from longreader.graph_store.document import Span
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.ingest import AddResult, add_document
from longreader.graph_store.note import AtomicFact, Notes
from longreader.graph_store.store import Store

_SENTENCE = re.compile(r"[^.]+\.")
_NAME = re.compile(r"\b[A-Z][a-z]+\b|\b\d+\b")


OpenStore: TypeAlias = Callable[..., Store]


class SentenceNotes:
    """Every sentence is a fact, its capitalised words and numbers are the key elements."""

    kind = "extractive"
    batch_size = 8

    def __init__(self) -> None:
        self.written: list[str] = []

    async def write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        self.written += [chunk.chunk_id for chunk in chunks]
        return [self._notes(chunk, text) for chunk, text in zip(chunks, texts, strict=True)]

    def _notes(self, chunk: Chunk, text: str) -> Notes:
        facts = tuple(
            AtomicFact(
                fact_id=f"{chunk.chunk_id}-f{number}",
                chunk_id=chunk.chunk_id,
                text=found[0].strip(),
                key_elements=tuple(_NAME.findall(found[0])),
                span=Span(chunk.span.start + found.start(), chunk.span.start + found.end()),
            )
            for number, found in enumerate(_SENTENCE.finditer(text))
        )
        return Notes(chunk.chunk_id, self.kind, facts, dropped_count=1)


@pytest.fixture
def bridges():
    return _bridges


def _bridges(count: int, builder: str = "Lopez") -> str:
    """A text of ``count`` paragraphs, each about a bridge of its own."""
    return "\n\n".join(
        f"Bridge {number} was built by {builder} in {1900 + number}. It crosses the river Quell at mile {number * 7}."
        for number in range(1, count + 1)
    )


def _count_words(text: str) -> int:
    return len(text.split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked so on both databases."""
    marked = metafunc.definition.get_closest_marker
    if "backend" in metafunc.fixturenames and marked("both_databases") and not marked("sqlite_only"):
        metafunc.parametrize("backend", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database: "sqlite" or "postgres"."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def open_store(backend: str, folder: Path, request: pytest.FixtureRequest) -> OpenStore:
    """Opens the test's store, again too: another process's view of it, where the database allows that."""
    if backend == "sqlite":
        return lambda embedder=None: Store.open(folder, embedder or HashEmbedder())
    url = request.getfixturevalue("postgres_url")
    return lambda embedder=None: Store.connect(url, folder, embedder or HashEmbedder())


@pytest.fixture
def store(open_store: OpenStore) -> Iterator[Store]:
    with open_store() as opened:
        yield opened


@pytest.fixture
def places_of(backend: str, folder: Path, request: pytest.FixtureRequest) -> Callable[[str], list[str]]:
    """Tells where a word is kept, whatever its case: files of the data folder, and tables."""

    def places(word: str) -> list[str]:
        found = (path for path in folder.rglob("*") if path.is_file())
        files = [path.name for path in found if word.lower().encode() in path.read_bytes().lower()]
        tables = [] if backend == "sqlite" else request.getfixturevalue("tables_with")(word)
        return files + tables

    return places


@pytest.fixture
def collection(store: Store) -> Collection:
    return store.collection()


@pytest.fixture
def notes() -> SentenceNotes:
    return SentenceNotes()


@pytest.fixture
def add(store: Store, collection: Collection, notes: SentenceNotes):
    async def add_text(
        text: str, name: str = "bridges.txt", into: Collection | None = None, store: Store = store, **options
    ) -> AddResult:
        given = {"notes": notes, "count_tokens": _count_words, "max_chunk_tokens": 40, **options}
        return await add_document(store, into or collection, text.encode(), name, **given)

    return add_text
