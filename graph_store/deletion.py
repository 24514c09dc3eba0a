"""Taking documents out of the database: words, notes, cached replies, quotes in traces and chats.

What lies beside it is store.py's.
"""

from sqlalchemy import Connection

from . import catalog, chats, chunk_rows, documents, lexical, reply_rows, traces
from .schema import passages


def remove_document(connection: Connection, collection_id: int, document_id: str) -> None:
    """Remove a document's rows and words, and empty the traces and turns of chats that quote it.

    Raises:
        NotFound: the collection has no such document.
    """
    document = documents.load_document(connection, collection_id, document_id)
    if documents.document_info(connection, collection_id, document_id).status == "ready":
        cut = chunk_rows.load_passages(connection, passages.c.document_id == document_id)
        lexical.remove_passages(connection, collection_id, document.text, cut)
    traces.strike_out(connection, document_id)
    chats.strike_out(connection, document_id)
    reply_rows.forget(connection, [document_id])
    documents.delete_rows(connection, document_id)


def remove_collection(connection: Connection, collection_id: int) -> None:
    """Remove a collection with its documents, traces and chats."""
    for info in documents.list_documents(connection, collection_id):
        remove_document(connection, collection_id, info.document_id)
    catalog.delete_row(connection, collection_id)


def replace_document(connection: Connection, collection_id: int, old_id: str, new_id: str) -> None:
    """Put a ready document in the place of another one, which is removed; one that is gone already is passed over."""
    if documents.list_documents(connection, collection_id, old_id):
        documents.take_place(connection, new_id, old_id)
        remove_document(connection, collection_id, old_id)
