"""The rows of merged key elements. Which are merged is merging.py's."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from .schema import documents, merged_keys


def store_merges(connection: Connection, document_id: str, merges: Mapping[str, str]) -> None:
    """Store a document's merges in place of those it had."""
    connection.execute(delete(merged_keys).filter_by(document_id=document_id))
    rows = [{"document_id": document_id, "key": key, "node": node} for key, node in merges.items()]
    if rows:
        connection.execute(insert(merged_keys), rows)


def load_merges(connection: Connection, where: ColumnElement[bool]) -> dict[str, dict[str, str]]:
    """Return the merges of the documents for which ``where`` holds, by document id."""
    m = merged_keys.c
    query = select(m.document_id, m.key, m.node).join_from(merged_keys, documents).where(where)
    loaded: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for document_id, key, node in connection.execute(query):
        loaded[document_id][key] = node
    return dict(loaded)
