"""The rows of collections: which there are, and the version that tells when a loaded one is out of date."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from .database import CHANGES_DOCUMENTS
from .errors import NotFound
from .schema import collections, documents


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection and how many documents it holds, in whatever state."""

    tenant: str
    name: str
    document_count: int


def find(connection: Connection, tenant: str, name: str) -> int | None:
    """Return the collection's id, if there is one of this name."""
    return connection.scalar(select(collections.c.collection_id).filter_by(tenant=tenant, name=name))


def collection_ids(connection: Connection) -> list[int]:
    """Return the ids of all collections."""
    return list(connection.scalars(select(collections.c.collection_id)))


def find_or_create(connection: Connection, tenant: str, name: str) -> int:
    """Return the collection's id; a name not seen before gets a new one."""
    found = find(connection, tenant, name)
    if found is not None:
        return found
    made = insert(collections).values(tenant=tenant, name=name, version=0)
    return connection.scalars(made.returning(collections.c.collection_id)).one()


def delete_row(connection: Connection, collection_id: int) -> None:
    """Delete the collection and, by the foreign keys, its traces and chats; its documents are gone before."""
    connection.execute(delete(collections).filter_by(collection_id=collection_id))


def list_collections(connection: Connection, only: tuple[str, str] | None = None) -> list[CollectionInfo]:
    """Return all collections by tenant and name, or ``only`` the one of this tenant and name."""
    c = collections.c
    query = (
        select(c.tenant, c.name, func.count(documents.c.document_id))
        .join_from(collections, documents, isouter=True)
        .group_by(c.tenant, c.name)
    )
    if only is not None:
        query = query.filter(c.tenant == only[0], c.name == only[1])
    infos = [CollectionInfo(*row) for row in connection.execute(query)]
    # Databases sort text in various ways.
    return sorted(infos, key=lambda info: (info.tenant, info.name))


def version_of(connection: Connection, collection_id: int) -> int:
    """Return the collection's version.

    Raises:
        NotFound: the collection was deleted.
    """
    version = connection.scalar(select(collections.c.version).filter_by(collection_id=collection_id))
    if version is None:
        raise NotFound("this collection was deleted", collection_id=collection_id)
    return version


def raise_version(connection: Connection, collection_id: int) -> None:
    """Note that the collection's readable documents changed."""
    connection.info[CHANGES_DOCUMENTS] = True
    raised = update(collections).filter_by(collection_id=collection_id).values(version=collections.c.version + 1)
    connection.execute(raised)
