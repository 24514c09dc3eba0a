"""A process that changes a data folder and is killed at a given step; run by test_kill.py.

    victim.py FOLDER OPERATION OLD_ID STEP DELAY_SECONDS

A step is an SQL statement (also BEGIN, COMMIT, VACUUM) or an opening, renaming or removing of a file in the folder.
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from conftest import SentenceNotes
from longreader.graph_store import cutting, embedding, ingest
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import NotFound
from longreader.graph_store.parsers import parse
from longreader.graph_store.store import Store
from sqlalchemy import Engine, event

CANARY = "Xylocanthropy"


def text(name: str) -> str:
    secret = f"\n\n{CANARY} was practised in Wqjzburg. The {CANARY} of Wqjzburg ended in 1888." if name == "old" else ""
    return (
        f"Record {name}\n\n"
        + "\n\n".join(
            f"Bridge {number} of {name.title()} was built in {1900 + number}. Mile of the Quell: {number * 7}."
            for number in range(1, 13)
        )
        + secret
    )


async def parse_here(data: bytes, file_name: str, on_page: object = None):
    """Parse without a process of its own, which takes longer than all else here."""
    return parse(data, file_name)


async def add(store: Store, name: str, replaces: str | None = None) -> str:
    cutting.parse_confined = parse_here
    embedding.BATCH_PASSAGES = 8
    added = await ingest.add_document(
        store,
        store.collection(),
        text(name).encode(),
        f"{name}.txt",
        notes=SentenceNotes(),
        count_tokens=lambda part: len(part.split()),
        max_chunk_tokens=60,
        replaces=replaces,
    )
    return added.document_id


async def operate(store: Store, operation: str, old_id: str) -> None:
    """Add "new", put it in the place of "old", or delete "old". Doing it again changes nothing."""
    if operation == "add":
        await add(store, "new")
    elif operation == "replace":
        await add(store, "new", replaces=old_id)
    else:
        try:
            store.delete_document(store.collection(), old_id)
        except NotFound:
            return


class Steps:
    """Counts steps and ends the process at one of them."""

    def __init__(self, folder: Path, last: int, delay_seconds: float) -> None:
        self.count = 0
        self._folder, self._last, self._delay_seconds = str(folder), last, delay_seconds
        event.listen(Engine, "connect", lambda driver, _record: driver.set_trace_callback(self.take))
        sys.addaudithook(self._hear)

    def _hear(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in ("open", "os.rename", "os.remove") and str(arguments[0]).startswith(self._folder):
            self.take(f"{name} {str(arguments[0]).removeprefix(self._folder)}")

    def take(self, step: str) -> None:
        self.count += 1
        if self.count == self._last:
            print(" ".join(step.split())[:60], flush=True)
            if self._delay_seconds:
                threading.Timer(self._delay_seconds, die).start()
            else:
                die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    folder, operation, old_id, last, delay_seconds = sys.argv[1:]
    steps = Steps(Path(folder), int(last), float(delay_seconds))
    with Store.open(Path(folder), HashEmbedder()) as store:
        asyncio.run(operate(store, operation, old_id))
    print(steps.count)


if __name__ == "__main__":
    main()
