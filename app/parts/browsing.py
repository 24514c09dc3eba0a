"""What can be looked at without a model: passages found by search, chunks, the note graph."""

import asyncio
from typing import TYPE_CHECKING

from ...graph_store.chunk_view import ChunkView, view_chunk
from ...graph_store.found_passage import FoundPassage, find_passages
from ...graph_store.node_view import NodePage, NodeView, list_nodes, view_node
from ..naming import DEFAULT_COLLECTION
from .part import ReaderPart

if TYPE_CHECKING:
    import networkx as nx


class BrowsingPart(ReaderPart):
    """Search, chunks and the note graph."""

    async def search(
        self,
        query: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        limit: int = 8,
        document_ids: frozenset[str] | None = None,
    ) -> list[FoundPassage]:
        """Find passages by meaning and by words. No model is called.

        Args:
            query: any text; without a letter or digit nothing is found.
            collection: where to look.
            limit: the most passages.
            document_ids: look only in these; default: in all.

        Returns:
            Passages, best first.

        Raises:
            NotFound: there is no such collection.
        """
        opened = await asyncio.to_thread(self._services.collection, collection)
        return await find_passages(opened, query, limit, document_ids)

    def chunk(self, chunk_id: str, *, collection: str = DEFAULT_COLLECTION) -> ChunkView:
        """Return a chunk of a document with its text, and which chunks stand beside it.

        Args:
            chunk_id: as `search` and a trace's steps tell it.
            collection: where its document is.

        Raises:
            NotFound: there is no such collection or chunk.
        """
        return view_chunk(self._services.collection(collection), chunk_id)

    def nodes(
        self, *, collection: str = DEFAULT_COLLECTION, containing: str = "", offset: int = 0, limit: int = 50
    ) -> NodePage:
        """Return a part of the list of the note graph's nodes, those of the most facts first.

        Args:
            collection: whose graph.
            containing: only nodes in whose name this stands.
            offset: how many to pass over.
            limit: the most.

        Raises:
            NotFound: there is no such collection.
        """
        return list_nodes(self._services.collection(collection), containing, offset, limit)

    def node(
        self,
        key: str,
        *,
        collection: str = DEFAULT_COLLECTION,
        fact_offset: int = 0,
        fact_limit: int = 20,
        neighbor_limit: int = 20,
    ) -> NodeView:
        """Return a node of the note graph with facts and neighbors.

        Args:
            key: its key, or any written form of its key element.
            collection: whose graph.
            fact_offset: how many of its facts to pass over.
            fact_limit: the most facts.
            neighbor_limit: the most neighbors; those that share the most facts come first.

        Raises:
            NotFound: there is no such collection or node.
        """
        return view_node(self._services.collection(collection), key, fact_offset, fact_limit, neighbor_limit)

    def graph(self, document_id: str | None = None, collection: str = DEFAULT_COLLECTION) -> "nx.Graph":
        """Return the note graph of a document, or of a whole collection, as a new NetworkX graph.

        Args:
            document_id: one document; default: all of the collection.
            collection: where the documents are.

        Returns:
            Nodes are key elements with a ``label`` and ``facts``, a list of dictionaries with ``fact_id``,
            ``document_id``, ``title``, ``page`` and ``text``. Edges have a ``weight``: the number of facts in which
            both stand.

        Raises:
            NotFound: there is no such collection or document.
        """
        # It brings NetworkX, which nothing else here needs.
        from ...graph_store.graph_export import spell_out

        return spell_out(self._services.collection(collection), document_id)
