"""The lock of a data folder: one process owns it at a time."""

import errno
import os
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import StoreLocked


class FolderLock:
    """The operating system's lock on a folder, given back when the process ends in whatever way."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            StoreLocked: another owner has it; ``fields["pid"]`` is that process, or None where it cannot be told.
        """
        # The number stands in a file of its own: the locked one cannot be read on every system.
        self._owner = folder / "owner.pid"
        self._lock = FileLock(folder / "lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            pid = self._owner_pid()
            raise StoreLocked(f"{folder} is in use by process {pid or '?'}", pid=pid, path=folder) from error
        try:
            self._owner.write_text(str(os.getpid()))
        except OSError as error:
            # The number only helps a person: a full disk must not keep anyone from asking.
            if error.errno != errno.ENOSPC:
                self._lock.release()
                raise

    def release(self) -> None:
        """Give the lock back."""
        self._owner.unlink(missing_ok=True)
        self._lock.release()

    def _owner_pid(self) -> int | None:
        try:
            return int(self._owner.read_text())
        except (OSError, ValueError):
            return None
