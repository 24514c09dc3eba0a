"""Moves what a data folder keeps into a schema of a PostgreSQL server: rows, files, cached replies.

Each batch is a transaction that also notes how far its table is (`moving`). So a move that is cut off at any moment
goes on when it is run again; until it has ended for all tenants, nobody opens a schema. What arrived is compared with
what was there, row by row, by moving_check.py. The lexical index is made anew.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import MetaData, Table, delete, func, insert, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from . import catalog, chunk_rows, documents, lexical
from .errors import StoreError
from .file_rows import put_file
from .moving_check import Compared, compare_tables, stored_replies
from .postgres import PostgresDatabase
from .postgres_schema import document_words, files, identity, moving, replies, reply_documents, worded_documents
from .schema import documents as documents_table
from .schema import metadata, passages
from .store import Store

Row: TypeAlias = dict[str, Any]

BATCH_ROWS = 1_000
BATCH_BYTES = 8_000_000
_KEPT = {identity.name, moving.name}


def move_store(
    store: Store, replies_file: Path, database: PostgresDatabase, report: Callable[[str], None]
) -> list[Compared]:
    """Move an open data folder into a schema, which stays claimed for it until `end_moves`: till then, again goes on.

    Args:
        store: the data folder. Nothing changes it meanwhile.
        replies_file: the model's cached replies of that folder, if there is such a file.
        database: the schema; nothing is in it but what an earlier, cut off run of this brought.
        report: told what is being moved.

    Returns:
        For each table, what was there and what arrived.

    Raises:
        StoreError: the schema holds other documents.
    """
    went_on = _begin(database, store)
    compared = _bring(store, replies_file, database, report)
    if went_on and not all(one.is_equal for one in compared):
        # The folder was changed between the two runs.
        _empty(database)
        compared = _bring(store, replies_file, database, report)
    return compared


def end_moves(database: PostgresDatabase, schemas: Iterable[str]) -> None:
    """Open the schemas to their users, in one transaction: a move that is cut off finds all of its claims, or none.

    Args:
        database: any schema of the database that was moved into.
        schemas: all those that were moved into.
    """
    with database.writing() as connection:
        for schema in schemas:
            connection.execute(delete(moving.to_metadata(MetaData(), schema=schema)))


def _begin(database: PostgresDatabase, store: Store) -> bool:
    """Claim an empty schema for this folder; return whether an earlier run had done so."""
    claim = f"from {store.folder.resolve()}"
    with database.writing() as connection:
        claims = set(connection.scalars(select(moving.c.name).where(moving.c.name.startswith("from "))))
        if claims == {claim}:
            return True
        if claims or catalog.collection_ids(connection):
            raise StoreError(
                f"The schema {database.schema} is not empty, and a move never overwrites anything.",
                hint="Give the URL of an empty database.",
            )
        connection.execute(insert(moving).values(name=claim, place=0))
    return False


def _bring(
    store: Store, replies_file: Path, database: PostgresDatabase, report: Callable[[str], None]
) -> list[Compared]:
    for table in metadata.sorted_tables:
        report(table.name)
        _move_table(store, database, table)
    report("files")
    _move_files(store, database)
    report("replies")
    _move_replies(store, replies_file, database)
    report("words")
    _go_on_counting(store, database)
    _index_words(database)
    report("comparison")
    return compare_tables(store, replies_file, database)


def _move_table(store: Store, database: PostgresDatabase, table: Table) -> None:
    with database.reading() as connection:
        place = connection.scalar(select(moving.c.place).filter_by(name=table.name)) or 0
    for batch, last in _batches(store, table, place):
        with database.writing() as connection:
            connection.execute(insert(table), batch)
            noted = insert_or_leave(moving).values(name=table.name, place=last)
            connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"place": last}))


def _batches(store: Store, table: Table, place: int) -> Iterator[tuple[list[Row], int]]:
    """Yield the rows behind a place, in their order in the file, with the place of each batch's last one."""
    number = literal_column(f"{table.name}.rowid")
    query = select(number.label("moving_place"), table).where(number > place).order_by(number)
    batch: list[Row] = []
    size = 0
    with store.database.reading() as connection:
        for row in connection.execution_options(yield_per=BATCH_ROWS).execute(query).mappings():
            fields = dict(row)
            place = fields.pop("moving_place")
            batch.append(fields)
            size += sum(len(value) for value in fields.values() if isinstance(value, str | bytes))
            if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
                yield batch, place
                batch, size = [], 0
    if batch:
        yield batch, place


def _move_files(store: Store, database: PostgresDatabase) -> None:
    with store.database.reading() as connection:
        wanted = documents.stored_hashes(connection)
    with database.reading() as connection:
        there = set(connection.scalars(select(files.c.content_hash).distinct()))
    for content_hash in sorted(wanted - there):
        # One that is gone here is gone there; documents can be read without.
        if found := store.files.find(content_hash):
            with database.writing() as connection:
                put_file(connection, content_hash, found.read())


def _move_replies(store: Store, path: Path, database: PostgresDatabase) -> None:
    rows, links = stored_replies(path, store.document_ids())
    for table, moved in ((replies, rows), (reply_documents, links)):
        for start in range(0, len(moved), BATCH_ROWS):
            with database.writing() as connection:
                leave = insert_or_leave(table).on_conflict_do_nothing()
                connection.execute(leave, moved[start : start + BATCH_ROWS])


def _go_on_counting(store: Store, database: PostgresDatabase) -> None:
    """Have numbers go on where they were: none is given twice."""
    with store.database.reading() as connection:
        given = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
    with database.writing() as connection:
        for table, last in given:
            column = next(iter(metadata.tables[table].primary_key.columns)).name
            sequence = func.pg_get_serial_sequence(table, column)
            connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def _index_words(database: PostgresDatabase) -> None:
    with database.reading() as connection:
        done = set(connection.scalars(select(worded_documents.c.document_id)))
        ready = select(documents_table.c.document_id, documents_table.c.collection_id).filter_by(status="ready")
        waiting = [row for row in connection.execute(ready).all() if row.document_id not in done]
    for document_id, collection_id in waiting:
        with database.writing() as connection:
            told = documents.load_text(connection, document_id)
            cut = chunk_rows.load_passages(connection, passages.c.document_id == document_id)
            lexical.add_passages(connection, collection_id, told, cut)


def _empty(database: PostgresDatabase) -> None:
    """Take out what an earlier run brought, but not its claim."""
    tables: Iterable[Table] = (*reversed(metadata.sorted_tables), document_words, worded_documents, files, replies)
    with database.writing() as connection:
        for table in (reply_documents, *tables):
            if table.name not in _KEPT:
                connection.execute(delete(table))
        connection.execute(delete(moving).where(~moving.c.name.startswith("from ")))
