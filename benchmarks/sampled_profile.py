"""Where the threads of this process spend their time, by looking at them often. Needs no other program."""

import sys
import threading
import time
from collections import Counter
from types import FrameType

_PAUSE_SECONDS = 0.005
_SHOWN = 15
_WAITING = {"_worker", "select", "wait", "_wait_for_tstate_lock", "readline", "_watch", "get"}


class SampledProfile:
    """Looks at every thread that works while the block runs, if it is enabled."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._own: Counter[str] = Counter()
        self._held: Counter[str] = Counter()
        self._sample_count = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "SampledProfile":
        if self._enabled:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._enabled:
            self._thread.join()

    def table(self) -> str:
        """Return the functions of longreader by the share of looks that met them or what they called, then all
        functions by the share that met themselves. Two threads at work make 200 %."""
        own, held = self._own.most_common(_SHOWN), self._held.most_common(2 * _SHOWN)
        lines = ["| function, with what it calls | share |", "|---|---|", *map(self._line, held)]
        return "\n".join([*lines, "", "| function itself | share |", "|---|---|", *map(self._line, own)])

    def _line(self, counted: tuple[str, int]) -> str:
        name, count = counted
        return f"| {name} | {count / max(self._sample_count, 1):.0%} |"

    def _watch(self) -> None:
        me = threading.get_ident()
        while not self._done.is_set():
            self._sample_count += 1
            for thread, frame in sys._current_frames().items():
                if thread != me and frame.f_code.co_name not in _WAITING:
                    self._add(frame)
            time.sleep(_PAUSE_SECONDS)

    def _add(self, frame: FrameType) -> None:
        self._own[_name(frame)] += 1
        names: set[str] = set()
        above: FrameType | None = frame
        while above is not None:
            if above.f_globals.get("__name__", "").startswith("longreader."):
                names.add(_name(above))
            above = above.f_back
        self._held.update(names)


def _name(frame: FrameType) -> str:
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}"
