"""Makes the data folder of the schema as it is now, for tests of later upgrades: run it once for each revision.

python tests/graph_store/data/make_store.py
"""

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from conftest import SentenceNotes
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.ingest import add_document
from longreader.graph_store.schema import REVISION
from longreader.graph_store.store import Store

TEXT = "# Bridges\n\n" + "\n\n".join(
    f"Bridge {number} was built by Lopez in {1900 + number}. It crosses the Quell at mile {number * 7}."
    for number in range(1, 4)
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder), HashEmbedder()) as store:
        collection = store.collection()
        added = await add_document(
            store,
            collection,
            TEXT.encode(),
            "bridges.md",
            notes=SentenceNotes(),
            count_tokens=lambda part: len(part.split()),
            max_chunk_tokens=30,
        )
        store.save_trace(collection, "t0", "Who built bridge 2?", "{}", frozenset({added.document_id}))
        chat_id = store.chats.make(collection.collection_id, "Bridges", "c0")
        store.chats.add_turn(chat_id, "Who built bridge 2?", "", "{}", "t0", frozenset({added.document_id}))
        store.backup(Path(__file__).parent / f"store-{REVISION}.zip")


if __name__ == "__main__":
    asyncio.run(main())
