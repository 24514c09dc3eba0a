"""The queue of jobs, kept by DBOS: in a SQLite file of the data folder, or on a PostgreSQL server for many workers.

DBOS is one of a process, and lives here alone. It is given ids and nothing more. Which tenant's job is next is left to
chance among those who wait; of a tenant one job of a lane runs at a time, on whichever worker. What was cut off is run
again: in a file, by the next process; on a server, once `recover` was told of the executor that is gone.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..graph_store.errors import ConfigurationError

if TYPE_CHECKING:
    from dbos import DBOS

    from .job import Job

Lane: TypeAlias = Literal["short", "long"]
"""Long jobs (by the model) and short ones do not wait for each other."""

AT_ONCE: dict[Lane, int] = {"short": 2, "long": 2}
"""Most jobs of a lane that a process runs at the same time; of one tenant it is one."""

OWNER = "owner"
"""The executor of a data folder's queue. The folder has one owner at a time, who takes up what the last one left."""

_APPLICATION = "longreader"
# Part of every release that can run what earlier ones queued, so that an upgrade leaves no job behind.
_VERSION = "1"
_SCHEMA = "longreader_queue"
_CONNECTIONS = 8
_POLL_SECONDS = 0.25
# A look costs processor time that questions need; a job that takes minutes can wait a second for its turn.
_LONG_POLL_SECONDS = 1.0
_THREADS = sum(AT_ONCE.values()) + 8

_OPEN = ("ENQUEUED", "DELAYED", "PENDING")

_in_use = threading.Lock()


class Stopped(BaseException):
    """Raised by a job's function that was cut off: the job stays in the queue. No Exception: those end a job."""


class JobQueue:
    """A queue. Its methods block for milliseconds and may be called from any thread but an event loop's."""

    def __init__(self, url: str, run: Callable[[str], None], executor: str = OWNER) -> None:
        """Name the queue's place.

        Args:
            url: the database: a SQLite file, or one of a PostgreSQL server, which many processes may share.
            run: called with the id of a job to run it, in a thread of the queue.
            executor: the name of this process; where others share the queue, no other ever has the same.
        """
        self._url = url
        self._executor = executor
        self._is_shared = not url.startswith("sqlite:")
        self._run = run
        self._launching = threading.Lock()
        self._dbos: type[DBOS] | None = None
        self._workflow: Any = None

    def launch(self) -> None:
        """Open the queue and begin to run jobs, those first that this executor left; once is enough.

        Raises:
            ConfigurationError: another queue is open in this process.
        """
        with self._launching:
            if self._dbos is not None:
                return
            if not _in_use.acquire(blocking=False):
                raise ConfigurationError("This process has a queue of jobs already.", hint="Run one service a process.")
            with ExitStack() as undo:
                undo.callback(_in_use.release)
                self._launch(undo)
                undo.pop_all()

    def _launch(self, undo: ExitStack) -> None:
        from dbos import DBOS

        # With a handler of ours it adds none of its own, which would print.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        undo.callback(DBOS.destroy, destroy_registry=True)
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": self._url,
                "dbos_system_schema": _SCHEMA,
                "sys_db_pool_size": _CONNECTIONS,
                "executor_id": self._executor,
                "application_version": _VERSION,
                "log_level": "WARNING",
                "enable_otlp": False,
                "max_executor_threads": _THREADS,
                # Nothing here waits for its notifications; it ends only between two looks for them.
                "notification_listener_polling_interval_sec": _POLL_SECONDS,
            }
        )

        def job(job_id: str) -> None:
            self._run(job_id)

        self._workflow = DBOS.workflow(name="job", max_recovery_attempts=None)(job)
        DBOS.launch()
        for lane, at_once in AT_ONCE.items():
            # With a limit of all workers together they would claim one by one; a limit of each grows with them.
            DBOS.register_queue(
                lane,
                worker_concurrency=at_once if self._is_shared else None,
                global_concurrency=None if self._is_shared else at_once,
                partition_concurrency=1,
                polling_interval_sec=_LONG_POLL_SECONDS if lane == "long" else _POLL_SECONDS,
            )
        self._dbos = DBOS

    def put(self, job: "Job") -> None:
        """Queue a job; a tenant's are run by their numbers. A run that was put before is not put again."""
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

        self.launch()
        with SetWorkflowID(job.run_id), SetEnqueueOptions(queue_partition_key=job.tenant, priority=job.number):
            DBOS.enqueue_workflow(job.lane, self._workflow, job.job_id)

    def withdraw(self, run_id: str) -> None:
        """Take a job out of the queue, if it still waits there."""
        if self._dbos is not None:
            self._dbos.cancel_workflow(run_id)

    def forget(self, run_ids: Iterable[str]) -> None:
        """Remove what is kept of jobs that have ended."""
        if self._dbos is not None:
            self._dbos.delete_workflows(list(run_ids))

    def run_ids(self) -> set[str]:
        """Return the runs that are kept, also those that are over."""
        if self._dbos is None:
            return set()
        return {run.workflow_id for run in self._dbos.list_workflows(load_input=False, load_output=False)}

    def over(self, run_ids: Iterable[str]) -> set[str]:
        """Return those of some runs that are over."""
        if self._dbos is None or not (asked := list(run_ids)):
            return set()
        kept = self._dbos.list_workflows(workflow_ids=asked, load_input=False, load_output=False)
        return {run.workflow_id for run in kept if run.status not in _OPEN}

    def executors(self) -> set[str]:
        """Return the processes that have begun jobs and not ended them."""
        if self._dbos is None:
            return set()
        begun = self._dbos.list_workflows(status="PENDING", load_input=False, load_output=False)
        return {run.executor_id for run in begun if run.executor_id}

    def recover(self, executors: Iterable[str]) -> None:
        """Have the jobs run again that processes began which are gone. Asked by many at a time, it is done once."""
        if self._dbos is not None:
            self._dbos._recover_pending_workflows(list(executors))

    def close(self) -> None:
        """Stop running jobs. What is unfinished is run by the next process, or by another one."""
        if self._dbos is None:
            return
        self._dbos.destroy(destroy_registry=True)
        self._dbos = None
        _in_use.release()
