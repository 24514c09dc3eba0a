"""The note graph with its facts spelled out, for people and for other programs: NetworkX, GraphML, node-link JSON.

Reading it for a question is graph.py's.
"""

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from .collection import Collection
from .placed_fact import place_fact

if TYPE_CHECKING:
    import networkx as nx

FactRecord = dict[str, str | int]

# XML 1.0 has no way to write these, not even as references.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"


def spell_out(collection: Collection, document_id: str | None = None) -> "nx.Graph":
    """Return the note graph of a document, or of all documents of a collection.

    A document's graph holds the nodes that its facts stand in, under the keys of the collection, and joins and weighs
    them by its own facts alone.

    Args:
        collection: where the notes are.
        document_id: one document; None for all.

    Returns:
        A graph whose nodes have a ``label`` and ``facts`` (a list of dictionaries with ``fact_id``, ``document_id``,
        ``title``, ``page`` and ``text``), and whose edges have a ``weight``: the number of facts that both stand in.

    Raises:
        NotFound: there is no such document, or it was not read to its end.

    Complexity: quadratic in the key elements of a fact; a collection of a million words takes hundreds of megabytes.
    """
    records = _records(collection, document_id)
    graph = collection.graph.to_networkx(records)
    for _, node in graph.nodes(data=True):
        node["label"] = node.pop("name")
        node["facts"] = [records[fact_id] for fact_id in node.pop("fact_ids")]
    return graph


def to_graphml(graph: "nx.Graph") -> str:
    """Return a graph of `spell_out` as GraphML. Characters that XML cannot hold become U+FFFD.

    Nodes have ``label``, ``fact_count`` and ``facts``, a line each with its place before it.
    """
    import networkx as nx

    flat = nx.Graph()
    for key, node in graph.nodes(data=True):
        facts = "\n".join(f"{fact['title']}, page {fact['page']}: {fact['text']}" for fact in node["facts"])
        flat.add_node(
            _xml_safe(key), label=_xml_safe(node["label"]), fact_count=len(node["facts"]), facts=_xml_safe(facts)
        )
    flat.add_weighted_edges_from((_xml_safe(one), _xml_safe(other), w) for one, other, w in graph.edges(data="weight"))
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *nx.generate_graphml(flat)]) + "\n"


def to_json(graph: "nx.Graph") -> str:
    """Return a graph of `spell_out` as NetworkX's node-link JSON: lists of ``nodes`` and of ``edges``."""
    import networkx as nx

    return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=2)


def _records(collection: Collection, document_id: str | None) -> dict[str, FactRecord]:
    """Return the facts by id, with their places."""
    if document_id is not None:
        document_ids = [document_id]
    else:
        document_ids = [info.document_id for info in collection.documents() if info.status == "ready"]
    records: dict[str, FactRecord] = {}
    for one in document_ids:
        for chunk in collection.chunks(one):
            for fact in collection.facts_of_chunk(chunk.chunk_id):
                records[fact.fact_id] = asdict(place_fact(collection, fact))
    return records


def _xml_safe(text: str) -> str:
    return _NO_XML.sub(_REPLACEMENT, text)
