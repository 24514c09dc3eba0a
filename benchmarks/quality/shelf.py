"""The shelf: each document in a collection of its own, so that a question reads only what it asks about."""

import asyncio

from longreader.app.adding import add_bytes
from longreader.app.evaluation.asking import Asked
from longreader.app.services import Services

from .question_set import Source


class Shelf:
    """Puts documents into the data folder when they are first asked about; a later run finds them there."""

    def __init__(self, services: Services, set_name: str) -> None:
        self._services = services
        self._set_name = set_name
        self._taken: dict[str, Asked] = {}
        self._taking = asyncio.Lock()

    async def take(self, source: Source) -> Asked:
        """Return a document's collection, read in if it is not there yet."""
        async with self._taking:
            if source.document_id not in self._taken:
                self._taken[source.document_id] = await self._read_in(source)
        return self._taken[source.document_id]

    async def _read_in(self, source: Source) -> Asked:
        collection = self._services.store.collection(f"{self._set_name} {source.document_id}")
        added = await add_bytes(self._services, collection, source.data, source.file_name, "extractive")
        return Asked(collection, {added.document_id: collection.document(added.document_id).text})
