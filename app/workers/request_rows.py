"""What came of requests with idempotency keys, as rows that all workers share; see `RequestStore`.

A request under way has a row without a result. Where its worker is gone, it may be sent again.
"""

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from ..service.request_store import KEPT_SECONDS, Earlier
from .tables import NOW, requests
from .worker import Worker


class RequestRows:
    """The requests of a tenant on all workers.

    Args:
        worker: the one that serves them here.
        tenant: whose they are.
    """

    def __init__(self, worker: Worker, tenant: str) -> None:
        self._worker = worker
        self._tenant = tenant

    def begin(self, key: str, digest: str) -> Earlier | None:
        """Begin a request; see `RequestStore`."""
        old = requests.c.created <= NOW - KEPT_SECONDS
        lost = requests.c.result.is_(None) & requests.c.worker_id.not_in(self._worker.alive())
        row = {"tenant": self._tenant, "key": key, "digest": digest, "worker_id": self._worker.worker_id}
        with self._worker.database.writing_beside() as connection:
            connection.execute(delete(requests).where(or_(old, lost)))
            begun = insert(requests).values(created=NOW, **row).on_conflict_do_nothing().returning(requests.c.key)
            if connection.execute(begun).first():
                return None
            query = select(requests.c.digest, requests.c.result).where(self._has(key))
            found = connection.execute(query).one_or_none()
        # Where it went away in this moment, the one that was served before us has just ended.
        return Earlier(*found) if found else Earlier(digest, None)

    def keep(self, key: str, digest: str, result: str) -> None:
        """Keep what came of a request; see `RequestStore`."""
        with self._worker.database.writing_beside() as connection:
            connection.execute(update(requests).where(self._has(key)).values(result=result, created=NOW))

    def end(self, key: str) -> None:
        """Let the next request with this key begin; see `RequestStore`."""
        mine = self._has(key) & requests.c.result.is_(None) & (requests.c.worker_id == self._worker.worker_id)
        with self._worker.database.writing_beside() as connection:
            connection.execute(delete(requests).where(mine))

    def _has(self, key: str) -> ColumnElement[bool]:
        return (requests.c.tenant == self._tenant) & (requests.c.key == key)
