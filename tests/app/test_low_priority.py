import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from longreader.app import low_priority
from longreader.app.low_priority import LowPriorityEmbedder, LowPriorityFailed, LowPriorityNotes, LowPriorityProcess
from longreader.app.low_priority_child import EMBED, NICENESS
from longreader.graph_store.chunk import Chunk
from longreader.graph_store.document import Span
from longreader.graph_store.embedder import HashEmbedder
from longreader.graph_store.errors import ReaderError
from longreader.graph_store.extractive import ExtractiveNotesWriter
from longreader.graph_store.sentence_embedder import SentenceEmbedder

TEXT = (
    "Ottilie Brandt built the ferry of Merren in 1911. It crosses the Tessel at mile 212.\n\n"
    "| bridge | mile |\n| Hirn | 40 |\n\nSie wurde 1911 in Merren gebaut.\n\n“Odd text” it said; \x00 twice."
)


@pytest.fixture
def process() -> Iterator[LowPriorityProcess]:
    process = LowPriorityProcess(HashEmbedder.name)
    yield process
    process.close()


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the child run this body in place of embedding."""

    def plant(body: str) -> None:
        lines = "import os, time\nfrom longreader.app import low_priority_child as child\n"
        lines += f"def embed(texts):\n    {body}\nchild._embedder = lambda *_: embed\nchild.main()"
        monkeypatch.setattr(low_priority, "_COMMAND", (sys.executable, "-P", "-c", lines))

    return plant


def chunks() -> list[Chunk]:
    first = Chunk("d1-c0", "d1", 0, Span(0, len(TEXT)), 1, 2, 40, "Ferries")
    return [first, replace(first, chunk_id="d1-c1", index=1, span=Span(len(TEXT), 2 * len(TEXT)))]


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_notes_are_those_of_this_process(process: LowPriorityProcess) -> None:
    here, there = ExtractiveNotesWriter(), LowPriorityNotes(process)
    assert await there.write(chunks(), [TEXT, TEXT]) == await here.write(chunks(), [TEXT, TEXT])
    assert (there.kind, there.batch_size) == (here.kind, here.batch_size)


def test_vectors_are_those_of_this_process() -> None:
    here = SentenceEmbedder()
    process = LowPriorityProcess(here.name)
    try:
        there = LowPriorityEmbedder(process, here)
        texts = [TEXT, "The ferry.", *(f"Bridge {number} of Hirn." for number in range(20))]
        np.testing.assert_array_equal(there.embed(texts), here.embed(texts))
        assert (there.name, there.dimension_count) == (here.name, here.dimension_count)
    finally:
        process.close()


def test_a_question_is_embedded_in_this_process(process: LowPriorityProcess) -> None:
    embedder = LowPriorityEmbedder(process, HashEmbedder())
    assert embedder.embed(["How long is it?"]).shape == (1, 256)
    assert embedder.embed([]).shape == (0, 256)
    assert process.pid is None
    np.testing.assert_array_equal(embedder.embed(["a", "b"]), HashEmbedder().embed(["a", "b"]))
    assert process.pid is not None


@pytest.mark.skipif(sys.platform == "win32", reason="niceness")
def test_the_child_is_nice(process: LowPriorityProcess) -> None:
    process.ask(EMBED, ["a"]).result(60)
    assert process.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == os.getpriority(os.PRIO_PROCESS, 0) + NICENESS


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_notes_wait_for_no_vectors_and_a_killed_child_is_started_again(
    process: LowPriorityProcess, child: Callable[[str], None], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    child(f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n    return len(texts)")
    vectors = process.ask(EMBED, ["a", "b"])
    assert await LowPriorityNotes(process).write(chunks()[:1], [TEXT])
    assert not vectors.done()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    go.touch()
    assert await asyncio.wrap_future(vectors) == 2
    assert process.pid not in (None, first)


def test_texts_that_end_the_child_are_given_up(process: LowPriorityProcess, child: Callable[[str], None]) -> None:
    child("return 1 if texts == ['good'] else os._exit(9)")
    with pytest.raises(LowPriorityFailed, match="exit code 9"):
        process.ask(EMBED, ["bad"]).result(60)
    assert process.ask(EMBED, ["good"]).result(60) == 1


def test_a_child_that_takes_nothing_leaves_no_request_waiting(
    process: LowPriorityProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = LowPriorityProcess._start

    def start_and_see_it_die(self: LowPriorityProcess):
        started = start(self)
        started.wait()
        return started

    monkeypatch.setattr(low_priority, "_COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    monkeypatch.setattr(LowPriorityProcess, "_start", start_and_see_it_die)
    with pytest.raises(LowPriorityFailed, match="exit code 3"):
        process.ask(EMBED, ["a", "b"]).result(20)


def test_what_the_child_stumbles_over_is_told(process: LowPriorityProcess, child: Callable[[str], None]) -> None:
    child("raise ValueError('odd')")
    with pytest.raises(ReaderError, match="ValueError: odd"):
        process.ask(EMBED, ["a"]).result(60)


def test_a_closed_one_fails_what_is_asked(process: LowPriorityProcess, child: Callable[[str], None]) -> None:
    child("time.sleep(600)")
    waiting = process.ask(EMBED, ["a"])
    process.close()
    for answer in (waiting, process.ask(EMBED, ["a"])):
        with pytest.raises(ReaderError, match="stopping"):
            answer.result(60)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_it_dies_with_its_parent() -> None:
    lines = (
        "import time\nfrom longreader.app.low_priority import LowPriorityProcess\n"
        "process = LowPriorityProcess('hash-trigram')\nprocess.ask('embed', ['a']).result()\n"
        "print(process.pid, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", lines], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    wait_for(lambda: not is_alive(pid))
