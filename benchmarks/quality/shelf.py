"""The shelf: each document in a collection of its own, so that a question reads only what it asks about."""

from dataclasses import dataclass

from longreader.app.services import Services
from longreader.graph_store.collection import Collection

from .question_set import Source


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document that can be asked about: its collection, and the text by the stored document's id."""

    collection: Collection
    texts: dict[str, str]


class Shelf:
    """Puts documents into the data folder when they are first asked about; a later run finds them there."""

    def __init__(self, services: Services, set_name: str) -> None:
        self._services = services
        self._set_name = set_name
        self._shelved: dict[str, Shelved] = {}

    async def take(self, source: Source) -> Shelved:
        """Return a document's collection, read in if it is not there yet."""
        if source.document_id not in self._shelved:
            collection = self._services.store.collection(f"{self._set_name} {source.document_id}")
            added = await self._services.add_bytes(collection, source.data, source.file_name, "extractive")
            text = collection.document(added.document_id).text
            self._shelved[source.document_id] = Shelved(collection, {added.document_id: text})
        return self._shelved[source.document_id]
