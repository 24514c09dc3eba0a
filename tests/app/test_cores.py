import os

import pytest
from longreader.app.cores import usable_core_count


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of four logical processors on two cores."""
    for cpu, siblings in enumerate(["0,2", "1,3", "0,2", "1,3"]):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{siblings}\n")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    return tmp_path


def test_hyper_threads_of_one_core_count_once(machine):
    assert usable_core_count(machine, machine / "none") == 2


def test_affinity_limits(machine, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 2})
    assert usable_core_count(machine, machine / "none") == 1


@pytest.mark.parametrize(("quota", "expected"), [("100000 100000", 1), ("150000 100000", 2), ("max 100000", 2)])
def test_a_container_quota_limits(machine, quota, expected):
    (machine / "cpu.max").write_text(f"{quota}\n")
    assert usable_core_count(machine, machine / "cpu.max") == expected


def test_without_topology_every_processor_counts(machine):
    assert usable_core_count(machine / "nothing", machine / "none") == 4
