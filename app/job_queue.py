"""The queue of jobs, kept by DBOS in a SQLite file of the data folder. DBOS is one of a process, and lives here alone.

It is given ids and nothing more. What it finds unfinished at its start is run again; which tenant's job is next is left
to chance among those who wait, one job of each tenant at a time.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..graph_store.errors import ConfigurationError

if TYPE_CHECKING:
    from dbos import DBOS

Lane: TypeAlias = Literal["short", "long"]
"""Long jobs (by the model) and short ones do not wait for each other."""

AT_ONCE: dict[Lane, int] = {"short": 2, "long": 2}
"""Most jobs of a lane that run at the same time; of one tenant it is one."""

_APPLICATION = "longreader"
# Unfinished jobs are taken up by whoever has the same executor id and application version. The data folder has one
# owner at a time, so the executor is always the same; the version changes when old entries can no longer be run.
_EXECUTOR = "owner"
_VERSION = "1"
_POLL_SECONDS = 0.25
_THREADS = sum(AT_ONCE.values()) + 8

_OPEN = ("ENQUEUED", "DELAYED", "PENDING")

_in_use = threading.Lock()


class Stopped(BaseException):
    """Raised by a job's function that was cut off: the job stays in the queue. No Exception: those end a job."""


class JobQueue:
    """A queue on disk. Its methods block for milliseconds and may be called from any thread but an event loop's."""

    def __init__(self, path: Path, run: Callable[[str], None]) -> None:
        """Name the queue's file and what runs a job; ``run`` is called with a job's id, in a thread of the queue."""
        self._path = path
        self._run = run
        self._launching = threading.Lock()
        self._dbos: type[DBOS] | None = None
        self._workflow: Any = None

    def launch(self) -> None:
        """Open the queue's file and begin to run jobs, those first that an earlier process left; once is enough.

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
                "system_database_url": f"sqlite:///{self._path}",
                "executor_id": _EXECUTOR,
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
            DBOS.register_queue(
                lane, global_concurrency=at_once, partition_concurrency=1, polling_interval_sec=_POLL_SECONDS
            )
        self._dbos = DBOS

    def put(self, run_id: str, job_id: str, lane: Lane, tenant: str, number: int) -> None:
        """Queue a job; a tenant's are run by their numbers. The same ``run_id`` again changes nothing, whatever became
        of it."""
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

        self.launch()
        with SetWorkflowID(run_id), SetEnqueueOptions(queue_partition_key=tenant, priority=number):
            DBOS.enqueue_workflow(lane, self._workflow, job_id)

    def withdraw(self, run_id: str) -> None:
        """Take a job out of the queue, if it still waits there."""
        if self._dbos is not None:
            self._dbos.cancel_workflow(run_id)

    def forget(self, run_ids: Iterable[str]) -> None:
        """Remove what is kept of jobs that have ended."""
        if self._dbos is not None:
            self._dbos.delete_workflows(list(run_ids))

    def run_ids(self, over: bool | None = None) -> set[str]:
        """Return the runs that are kept: all, or those that are over, or those that are not."""
        if self._dbos is None:
            return set()
        kept = self._dbos.list_workflows(load_input=False, load_output=False)
        return {run.workflow_id for run in kept if over in (None, run.status not in _OPEN)}

    def close(self) -> None:
        """Stop running jobs. What is unfinished is run by the next process."""
        if self._dbos is None:
            return
        self._dbos.destroy(destroy_registry=True)
        self._dbos = None
        _in_use.release()
