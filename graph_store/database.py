"""What a database is to the store: read and written in transactions, wiped, checked.

There are two: a file of the data folder (sqlite.py), and a schema of a PostgreSQL server (postgres.py). Rows are read
and written alike in both; what only one of them can do asks for the connection's dialect.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

BUSY_SECONDS = 30.0
"""How long a transaction waits for another one to end."""

CHANGES_DOCUMENTS = "changes_documents"
"""Set in a connection's ``info`` by a write transaction that raises a collection's version (catalog.py)."""


class Database(Protocol):
    """A database. Safe to use from many threads; a transaction belongs to one."""

    @property
    def write_mark(self) -> object:
        """Another one after each write transaction that raised a collection's version: while it stays, what was loaded
        of collections has not changed."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection in a read transaction: everything read in it is of one moment."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection in a write transaction, committed at the end, rolled back on any exception.

        There is one at a time, whoever writes: what it reads stays so until it ends.
        """
        ...

    def holding(self, *names: str) -> AbstractContextManager[bool]:
        """Try to hold a lock among all processes that use the database, for longer than a transaction; give whether it
        was free."""
        ...

    def needs_wiping(self, connection: Connection) -> None:
        """Note, in a transaction that deletes, that `wipe` has to follow, if need be at the next start."""
        ...

    def wipe(self) -> None:
        """Leave no deleted byte, so far as that is ours to do."""
        ...

    def damage(self) -> list[str]:
        """Return what is broken, in the database's words; an empty list if nothing is."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
