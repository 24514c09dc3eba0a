"""The reader's collections: listed, made, deleted."""

from ...graph_store.catalog import CollectionInfo
from .part import ReaderPart


class CollectionsPart(ReaderPart):
    """Collections of documents, by their names."""

    def collections(self) -> list[CollectionInfo]:
        """Return all collections with the number of their documents."""
        return self._services.store.collections()

    def collection(self, name: str) -> CollectionInfo:
        """Return one collection with the number of its documents.

        Args:
            name: which.

        Raises:
            NotFound: there is none of this name; the default one always is.
        """
        self._services.collection(name)
        return self._services.store.collection_info(name)

    def make_collection(self, name: str) -> CollectionInfo:
        """Make a collection, or return the one of this name; adding a document to a new name makes it too.

        Args:
            name: what it is called.

        Raises:
            StoreError: the data folder cannot be used.
        """
        return self._services.make_collection(name)

    async def delete_collection(self, name: str) -> None:
        """Delete a collection with its documents, traces and chats, and all that came from them.

        Args:
            name: which.

        Raises:
            NotFound: there is none of this name.
        """
        await self._services.delete_collection(name)
