"""The memory of a process and its children, watched from outside (Linux)."""

import os
import threading
import time
from pathlib import Path

_PAUSE_SECONDS = 0.02
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class PeakMemory:
    """Watches a process and its children while the block runs. Pages that two of them share count twice."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.is_set():
            # What a process had at most between two looks, the kernel knows; of its children only the sum now is known.
            self.peak_bytes = max(self.peak_bytes, _tree_bytes(self._pid), _highest_bytes(self._pid))
            time.sleep(_PAUSE_SECONDS)


def _tree_bytes(pid: int) -> int:
    return _resident_bytes(pid) + sum(_tree_bytes(child) for child in _children(pid))


def _resident_bytes(pid: int) -> int:
    return int((_read(f"/proc/{pid}/statm") or "0 0").split()[1]) * _PAGE_BYTES


def _highest_bytes(pid: int) -> int:
    found = [line.split()[1] for line in _read(f"/proc/{pid}/status").splitlines() if line.startswith("VmHWM")]
    return int(found[0]) * 1024 if found else 0


def _children(pid: int) -> list[int]:
    lists = (_read(str(path)) for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for children in lists for child in children.split()]


def _read(path: str) -> str:
    """Return the file's text, empty where the process has ended."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""
