import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from longreader.graph_store.errors import (
    ConfigurationError,
    DamagedInput,
    EmptyInput,
    EncryptedInput,
    InputError,
    TooLargeInput,
    UnsupportedInput,
)
from longreader.graph_store.parsers import confined, parse
from longreader.graph_store.parsers.confined import ParseLimits, parse_confined

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc of Linux")


@pytest.fixture
def child(monkeypatch):
    """Make the child run a parser of plain text with this body."""

    def plant(body: str) -> None:
        monkeypatch.setattr(confined, "_COMMAND", (sys.executable, "-P", "-c", planted(body)))

    return plant


def planted(body: str) -> str:
    lines = "\n    ".join(body.split("\n"))
    return (
        "import os, signal, sys, time\n"
        "from longreader.graph_store.parsers import plain, __main__ as child\n"
        f"def parse_plain(text, title):\n    {lines}\n"
        "plain.parse_plain = parse_plain\n"
        "child.main()\n"
    )


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


async def test_it_reads_what_parse_reads() -> None:
    data = "<h1>Größe</h1><p>one \U0001f600 \ufffd</p><table><tr><td>a</td><td>b</td></tr></table>".encode()
    assert await parse_confined(data, "folder/a.html") == parse(data, "a.html")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"\x1f\x8bjunk\x00\x00\x00\x00", "a.gz", UnsupportedInput),
        (b"%PDF-1.7\nnothing", "a.pdf", DamagedInput),
        (b" \n", "a.txt", EmptyInput),
    ],
)
async def test_errors_come_back_as_they_were(data: bytes, name: str, kind: type[InputError]) -> None:
    with pytest.raises(kind) as here:
        parse(data, name)
    with pytest.raises(kind) as there:
        await parse_confined(data, name)
    assert (there.value.message, there.value.hint, there.value.fields) == (
        here.value.message,
        here.value.hint,
        here.value.fields,
    )


async def test_too_many_bytes_start_no_process(child) -> None:
    child("os.abort()")
    with pytest.raises(TooLargeInput, match="limit is 10"):
        await parse_confined(b"x" * 11, "a.txt", ParseLimits(max_bytes=10))


async def test_a_parser_that_hangs_is_stopped(child) -> None:
    child("time.sleep(600)")
    with pytest.raises(TooLargeInput, match=r"a.txt was not read within 0.2 seconds"):
        await parse_confined(b"words", "a.txt", ParseLimits(seconds=0.2))


@linux_only
async def test_a_parser_that_eats_memory_is_stopped(child) -> None:
    child("return [bytes(10_000_000) for _ in range(1000)]")
    with pytest.raises(TooLargeInput, match="takes more than 300 MB") as caught:
        await parse_confined(b"words", "a.txt", ParseLimits(memory_bytes=300 << 20))
    assert caught.value.fields == {"memory_bytes": 300 << 20}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        ("os.abort()", DamagedInput, "crashed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", TooLargeInput, "want of memory"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", TooLargeInput, "not read within"),
        ("raise IndexError('no such row')", DamagedInput, "IndexError: no such row"),
        ("print('noise'); os.write(1, b'noise'); raise RecursionError", DamagedInput, "RecursionError"),
    ],
)
async def test_a_crash_is_a_typed_error(child, body: str, kind: type[InputError], word: str) -> None:
    child(body)
    with pytest.raises(kind, match=word) as caught:
        await parse_confined(b"words", "a.txt")
    assert caught.value.hint


async def test_a_broken_installation_says_what_python_said(monkeypatch) -> None:
    monkeypatch.setattr(confined, "_COMMAND", (sys.executable, "-c", "import no_such_module"))
    with pytest.raises(ConfigurationError) as caught:
        await parse_confined(b"words", "a.txt")
    assert "no_such_module" in caught.value.hint


async def test_a_process_that_ends_before_it_takes_anything_is_a_typed_error(monkeypatch) -> None:
    order = confined._Child._order

    def late(self, data: bytes, name: str):
        self._process.wait()
        return order(self, data, name)

    monkeypatch.setattr(confined, "_COMMAND", (sys.executable, "-c", "import no_such_module"))
    monkeypatch.setattr(confined._Child, "_order", late)
    with pytest.raises(ConfigurationError) as caught:
        await parse_confined(b"words", "a.txt")
    assert "no_such_module" in caught.value.hint


@linux_only
async def test_a_cancel_kills_the_process_and_its_programs(child, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    child(
        "import subprocess\n"
        "program = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pids) + '.new'!r}, 'w').write(f'{{os.getpid()}} {{program.pid}}')\n"
        f"os.rename({str(pids) + '.new'!r}, {str(pids)!r})\n"
        "time.sleep(600)"
    )
    task = asyncio.create_task(parse_confined(b"words", "a.txt"))
    await asyncio.to_thread(wait_for, pids.exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    process, program = map(int, pids.read_text().split())
    await asyncio.to_thread(wait_for, lambda: not is_alive(program))
    # Not even a zombie stays.
    await asyncio.to_thread(wait_for, lambda: not Path(f"/proc/{process}").exists())


@linux_only
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    body = (
        f"open({str(pid) + '.new'!r}, 'w').write(str(os.getpid()))\n"
        f"os.rename({str(pid) + '.new'!r}, {str(pid)!r})\n"
        "time.sleep(600)"
    )
    script = (
        "import asyncio, sys\n"
        "from longreader.graph_store.parsers import confined\n"
        f"confined._COMMAND = (sys.executable, '-c', {planted(body)!r})\n"
        "asyncio.run(confined.parse_confined(b'words', 'a.txt'))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        wait_for(pid.exists)
        assert is_alive(int(pid.read_text()))
        parent.kill()
    wait_for(lambda: not is_alive(int(pid.read_text())))


def test_a_script_needs_no_guard_and_its_folder_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('not this one')")
    script = tmp_path / "folder" / "script.py"
    script.parent.mkdir()
    script.write_text(
        "import asyncio\n"
        "from longreader.graph_store.parsers.confined import parse_confined\n"
        "print(asyncio.run(parse_confined(b'words', 'a.txt')).text)\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "words\n"


def test_threads_read_side_by_side() -> None:
    read: list[str] = []

    def run(number: int) -> None:
        read.append(asyncio.run(parse_confined(f"Words {number}.".encode(), "a.txt")).text)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read) == ["Words 0.", "Words 1.", "Words 2."]


async def test_pages_are_signs_of_life(monkeypatch) -> None:
    body = (
        "from longreader.graph_store.parsers import exchange\n"
        "from longreader.graph_store.document import ParsedDocument\n"
        "for done in range(1, 4):\n"
        "    time.sleep(0.7)\n"
        "    os.write(answers, exchange.encode(exchange.PageDone(done, 3)))\n"
        "return ParsedDocument(title, 'text/plain', text, ())"
    )
    command = planted(body).replace("import os, signal", "import os; answers = os.dup(1)\nimport signal")
    monkeypatch.setattr(confined, "_COMMAND", (sys.executable, "-P", "-c", command))
    told: list[tuple[int, int]] = []
    parsed = await parse_confined(
        b"words", "a.txt", ParseLimits(seconds=30), on_page=lambda *counts: told.append(counts)
    )
    assert (parsed.text, told) == ("words", [(1, 3), (2, 3), (3, 3)])


@linux_only
async def test_the_child_lets_others_go_first(child) -> None:
    child(
        "from longreader.graph_store.document import ParsedDocument\n"
        "time.sleep(1)\n"
        "return ParsedDocument(title, 'text/plain', str(os.nice(0)), ())"
    )
    usual = os.nice(0)
    assert (await parse_confined(b"words", "a.txt")).text == str(usual)
    assert (await parse_confined(b"words", "a.txt", ParseLimits(niceness=usual + 4))).text == str(usual + 4)


def test_an_encrypted_error_is_told_apart() -> None:
    from longreader.graph_store.parsers.exchange import decode_answer, encode

    error = decode_answer(encode(EncryptedInput("locked", page=3), trace="line 1"))
    assert isinstance(error, EncryptedInput)
    assert (error.message, error.fields, error.__notes__) == ("locked", {"page": 3}, ["line 1"])


@pytest.mark.slow
async def test_two_hundred_megabytes_come_back() -> None:
    data = b"Word and word again.\n\n" * 9_000_000
    parsed = await parse_confined(data, "a.txt", ParseLimits(memory_bytes=16 << 30))
    assert len(parsed.text) == len(data) - 2
