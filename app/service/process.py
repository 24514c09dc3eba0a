"""What is set once for the process that a service runs in, before it has many threads."""

import ctypes
import gc
import sys
from contextlib import suppress

SWITCH_SECONDS = 0.0005
"""After this long a thread lets another one have Python, if it asks. The default of 5 ms, times the threads that read
for questions and jobs, is what the event loop would wait for each time that it has looked for news."""

ARENA_COUNT = 2
"""glibc gives each thread a heap of its own, up to eight a core, and none gives back what another one needs."""

TRIM_SECONDS = 0.25
"""How often memory that is free in glibc's heaps is given back to the system, in a millisecond or two. By itself it
gives back only their ends, and what questions and documents leave behind grows for hours: under load a few megabytes
between two times, and fewer the shorter the time is."""

_M_ARENA_MAX = -8


def prepare() -> None:
    """Set how threads share Python and memory."""
    sys.setswitchinterval(SWITCH_SECONDS)
    if sys.platform == "linux":
        # Not every C library has it.
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENA_COUNT)


def settle() -> None:
    """Leave what is loaded by now out of Python's search for garbage: it stays as long as the process.

    Half a million objects of libraries make a full search take a third of a second, and Python waits until a quarter as
    many new ones have outlived the small searches: garbage of questions and documents would pile up until then.
    """
    gc.collect()
    gc.freeze()


def unsettle() -> None:
    """Look for garbage everywhere again: the service ends, the process may go on."""
    gc.unfreeze()


def give_back_memory() -> None:
    """Give memory that is free back to the system; takes some milliseconds, without Python's lock."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
