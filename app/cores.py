"""How many processor cores this process may really use. Model threads beyond that only wait for each other."""

import math
import os
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_core_count(cpus: Path = _CPUS, quota: Path = _QUOTA) -> int:
    """Count physical cores within this process's affinity, at most the container's quota; at least 1.

    Hyper-threads of one core count once. Off Linux every logical processor counts.
    """
    core_count = _core_count(cpus)
    try:
        allowed, period = quota.read_text().split()
        core_count = min(core_count, math.ceil(int(allowed) / int(period)))
    except (OSError, ValueError):
        pass  # no quota, or "max"
    return max(core_count, 1)


def _core_count(cpus: Path) -> int:
    try:
        mine = os.sched_getaffinity(0)
    except AttributeError:
        return os.cpu_count() or 1
    try:
        return len({(cpus / f"cpu{cpu}/topology/thread_siblings_list").read_text() for cpu in mine})
    except OSError:
        return len(mine)
