"""The rows of collections: which there are, and the version that tells when a loaded one is out of date."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from .schema import collections, documents


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection and how many documents it holds, in whatever state."""

    tenant: str
    name: str
    document_count: int


def find_or_create(connection: Connection, tenant: str, name: str) -> int:
    """Return the collection's id; a name not seen before gets a new one."""
    query = select(collections.c.collection_id).filter_by(tenant=tenant, name=name)
    found = connection.scalar(query)
    if found is not None:
        return found
    connection.execute(insert(collections).values(tenant=tenant, name=name, version=0))
    return connection.scalars(query).one()


def list_collections(connection: Connection) -> list[CollectionInfo]:
    """Return all collections by tenant and name."""
    c = collections.c
    query = (
        select(c.tenant, c.name, func.count(documents.c.document_id))
        .join_from(collections, documents, isouter=True)
        .group_by(c.tenant, c.name)
        .order_by(c.tenant, c.name)
    )
    return [CollectionInfo(*row) for row in connection.execute(query)]


def version_of(connection: Connection, collection_id: int) -> int:
    """Return the collection's version."""
    return connection.scalars(select(collections.c.version).filter_by(collection_id=collection_id)).one()


def raise_version(connection: Connection, collection_id: int) -> None:
    """Note that the collection's readable documents changed."""
    raised = update(collections).filter_by(collection_id=collection_id).values(version=collections.c.version + 1)
    connection.execute(raised)
