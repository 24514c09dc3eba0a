"""Damaged PDF, DOCX, EPUB and HTML files: no crash that is not contained, no hang, memory bounded.

Many are parsed in one process, as the parsing process does it. A file that ends that process is parsed again behind the
border that uploads go through, where it must be a typed error. The short form parses some dozens, `make test-slow`
10,000. With -s the outcomes are printed.
"""

import asyncio
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from longreader.graph_store.errors import InputError
from longreader.graph_store.parsers.confined import ParseLimits, parse_confined

sys.path.insert(0, str(Path(__file__).parent))
import mutated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory")

MOST_SECONDS = 60.0
MOST_MEGABYTES = 1_000
# A process parses so many and is followed by a new one: what libraries keep is not charged to later files for ever.
BATCH = 1_000


@dataclass
class Told:
    """What came of the files. ``killers`` are those that ended the process that parsed them."""

    outcomes: Counter[str] = field(default_factory=Counter)
    killers: list[int] = field(default_factory=list)
    most_seconds: float = 0.0
    most_megabytes: int = 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    for name, make in mutated.WHOLE.items():
        (folder / name).write_bytes(make())
    return folder


def parse_all(folder: Path, first: int, end: int) -> Told:
    told = Told()
    while first < end:
        last = min(first + BATCH, end)
        for line in said(folder, first, last):
            match line.split():
                case ["memory", megabytes]:
                    told.most_megabytes = max(told.most_megabytes, int(megabytes))
                case [outcome, seconds]:
                    told.outcomes[f"{mutated.name_of(first)}: {outcome}"] += 1
                    told.most_seconds = max(told.most_seconds, float(seconds))
                    first += 1
        if first < last:
            told.killers.append(first)
            first += 1
    return told


def said(folder: Path, first: int, end: int) -> Iterator[str]:
    """Yield the lines of a process that parses these files; fail where it is silent for too long."""
    command = [sys.executable, mutated.__file__, str(folder), str(first), str(end)]
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        pump = threading.Thread(target=lambda out: [lines.put(line) for line in (*out, "")], args=(process.stdout,))
        pump.start()
        try:
            while line := lines.get(timeout=MOST_SECONDS):
                yield line
        except queue.Empty:
            pytest.fail(f"a file from number {first} on is parsed for more than {MOST_SECONDS:g} seconds")
        finally:
            process.kill()
            pump.join()


def check(folder: Path, told: Told, count: int) -> None:
    print(f"\n{count} damaged files, the slowest {told.most_seconds:.1f} s, at most {told.most_megabytes} MB")
    for outcome, times in sorted(told.outcomes.items()):
        print(f"{times:>6}  {outcome}")
    print(f"{len(told.killers):>6}  ended their process, and are typed errors behind the border: {told.killers}")
    assert told.outcomes.total() + len(told.killers) == count
    assert told.most_seconds < MOST_SECONDS
    assert told.most_megabytes < MOST_MEGABYTES
    for number in told.killers:
        with pytest.raises(InputError):
            asyncio.run(confined(folder, number))


async def confined(folder: Path, number: int) -> None:
    name, data = mutated.damaged(folder, number)
    await parse_confined(data, name, ParseLimits(seconds=MOST_SECONDS))


def test_damaged_files(folder: Path) -> None:
    told = parse_all(folder, 0, 80)
    check(folder, told, 80)
    # Damage that stops everything, or nothing, would try nothing.
    assert any(outcome.endswith("read") for outcome in told.outcomes)
    assert any("input" in outcome for outcome in told.outcomes)


async def test_damaged_files_behind_the_border(folder: Path) -> None:
    outcomes: Counter[str] = Counter()
    for number in range(8):
        try:
            await confined(folder, number)
        except InputError as error:
            outcomes[error.code] += 1
        else:
            outcomes["read"] += 1
    assert outcomes.total() == 8


@pytest.mark.slow
def test_ten_thousand_damaged_files(folder: Path) -> None:
    check(folder, parse_all(folder, 0, 10_000), 10_000)
