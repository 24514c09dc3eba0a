import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path

import pytest
from longreader import AsyncReader
from longreader.app import low_priority
from longreader.app.engine import Engine
from longreader.app.services import Services
from longreader.app.settings import Settings
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.index_device import EmbeddingDevice
from longreader.graph_store.store import Store


@pytest.fixture(autouse=True)
def as_since_3_12(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock of cached properties away, which Python 3.11 still has."""
    for owner in (Services, Engine):
        for made in vars(owner).values():
            if isinstance(made, cached_property):
                monkeypatch.setattr(made, "lock", nullcontext(), raising=False)


@pytest.mark.data_folder_only
async def test_first_calls_at_once_open_the_folder_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    open_store = Store.open

    def open_slowly(folder: Path, *others: object) -> Store:
        opened.append(folder)
        time.sleep(0.1)
        return open_store(folder, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "open", open_slowly)
    async with AsyncReader(tmp_path / "data", embedder=HashEmbedder()) as reader:
        found = await asyncio.gather(*(reader.search(word) for word in ("boat", "guest")), reader.open())
        assert found == [[], [], None]
    assert len(opened) == 1


def test_one_process_of_low_priority_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class SlowProcess(low_priority.LowPriorityProcess):
        def __init__(self, embedder_name: str, device: EmbeddingDevice) -> None:
            time.sleep(0.1)
            super().__init__(embedder_name, device)

    monkeypatch.setattr(low_priority, "LowPriorityProcess", SlowProcess)
    engine = Engine(Settings(data_folder=tmp_path), embedder=HashEmbedder(), low_priority=True)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda _: engine.low_priority, range(2))
    assert one is other
