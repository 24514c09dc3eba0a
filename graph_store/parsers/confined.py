"""Parsing in a process of its own, with limits of time and memory. The child's side is ``__main__.py``.

A parser that hangs, crashes or eats memory ends its own process and nothing else, and PDFium, which is not
thread-safe, has one to itself.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import IO, NoReturn

from ..document import ParsedDocument
from ..errors import ConfigurationError, DamagedInput, InputError, ReaderError, TooLargeInput
from . import MAX_BYTES, MAX_PAGES, OnPage, check_size
from .exchange import Order, PageDone, decode_answer
from .pdf_page import PageWords

_COMMAND = (sys.executable, "-P", "-m", __name__.rpartition(".")[0])
_LEAST_CPU_SECONDS = 60
_CPU_SHARE = 4
"""Processor seconds a second of the limit: ends a child that nobody is left to kill."""

_BUFFER_BYTES = 1 << 20
_SAID_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one file may take.

    ``seconds`` is the time without a sign of life; each page of a scan that is recognised (OCR) is one.
    ``memory_bytes`` bounds the child's address space where the system can (Linux). ``niceness`` is how much the child
    lets other processes go first (not on Windows).
    """

    seconds: float = 600.0
    memory_bytes: int = 4 << 30
    max_bytes: int = MAX_BYTES
    max_pages: int = MAX_PAGES
    niceness: int = 0


_LIMITS = ParseLimits()
_PAGE_LIMITS = ParseLimits(seconds=60.0)


async def parse_confined(
    data: bytes, file_name: str, limits: ParseLimits = _LIMITS, on_page: OnPage | None = None
) -> ParsedDocument:
    """Read a file in a process of its own. A cancel kills the process.

    Args:
        data: the bytes of the file.
        file_name: its name; see ``parse``.
        limits: of time, memory, bytes and pages.
        on_page: called in another thread while pages are recognised, with (pages done, pages in all).

    Raises:
        InputError: as ``parse`` does; TooLargeInput also where a limit of time or memory was met, DamagedInput also
            where the parser crashed.
        ConfigurationError: the process could not be started.
    """
    answer = await _answer(_Child(limits, on_page), data, file_name)
    assert isinstance(answer, ParsedDocument)
    return answer


async def read_page_confined(data: bytes, number: int, limits: ParseLimits = _PAGE_LIMITS) -> PageWords:
    """Tell where the words of a page stand; read in a process of its own. A cancel kills the process.

    Args:
        data: a PDF that was parsed before.
        number: the page, from 1 on.
        limits: of time, memory and bytes.

    Raises:
        InputError: as ``parse_confined``.
    """
    answer = await _answer(_Child(limits, None, number), data, "page")
    assert isinstance(answer, PageWords)
    return answer


async def _answer(child: "_Child", data: bytes, file_name: str) -> ParsedDocument | PageWords:
    try:
        return await asyncio.to_thread(child.read, data, file_name)
    finally:
        child.kill()


class _Child:
    """One process for one file. ``kill`` may come from any thread, at any time."""

    def __init__(self, limits: ParseLimits, on_page: OnPage | None, page_number: int | None = None) -> None:
        self._limits = limits
        self._page_number = page_number
        self._on_page = on_page
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._timed_out = False

    def read(self, data: bytes, file_name: str) -> ParsedDocument | PageWords:
        """Start the process, hand it the bytes and return what it read."""
        name = PurePath(file_name.replace("\\", "/")).name
        check_size(data, name, self._limits.max_bytes)
        with tempfile.TemporaryFile() as said:
            process = self._start(said)
            try:
                answer = self._exchange(process, self._order(data, name), data)
            finally:
                self.kill()
                _release(process)
            if answer is None:
                self._raise_end(name, process.returncode, _tail(said))
        if isinstance(answer, ReaderError):
            raise answer
        return answer

    def kill(self) -> None:
        """Kill the process and what it started, if it still runs, or keep it from being started."""
        with self._lock:
            self._killed = True
            process = self._process
            if process is None or process.poll() is not None:
                return
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)

    def _start(self, said: IO[bytes]) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._killed:
                raise InputError("Reading was cancelled.")
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                bufsize=_BUFFER_BYTES,
                start_new_session=True,  # Ctrl-C is the parent's to hear, and the child's own programs die with it
            )
            if self._limits.niceness and sys.platform != "win32":
                with suppress(ProcessLookupError):
                    os.setpriority(os.PRIO_PROCESS, self._process.pid, self._limits.niceness)
            return self._process

    def _order(self, data: bytes, name: str) -> Order:
        limits = self._limits
        cpu_seconds = max(_LEAST_CPU_SECONDS, int(limits.seconds * _CPU_SHARE))
        bounds = limits.memory_bytes, cpu_seconds, limits.max_bytes, limits.max_pages
        return Order(name, len(data), *bounds, self._page_number)

    def _exchange(
        self, process: "subprocess.Popen[bytes]", order: Order, data: bytes
    ) -> ParsedDocument | PageWords | ReaderError | None:
        """Hand over the order and return the child's answer, None if it ended without one."""
        assert process.stdin is not None
        assert process.stdout is not None
        clock = self._wind_up()
        try:
            process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()
            for line in process.stdout:
                answer = decode_answer(line)
                if not isinstance(answer, PageDone):
                    return answer
                clock.cancel()
                clock = self._wind_up()
                if self._on_page:
                    self._on_page(answer.done_count, answer.page_count)
        except BrokenPipeError:
            return None
        finally:
            clock.cancel()
        return None

    def _wind_up(self) -> threading.Timer:
        clock = threading.Timer(self._limits.seconds, self._time_out)
        clock.daemon = True
        clock.start()
        return clock

    def _time_out(self) -> None:
        self._timed_out = True
        self.kill()

    def _raise_end(self, name: str, code: int, said: str) -> NoReturn:
        ended = subprocess.CalledProcessError(code, _COMMAND, stderr=said)
        if self._timed_out or code == -getattr(signal, "SIGXCPU", 0):
            message = f"{name} was not read within {self._limits.seconds:g} seconds."
            raise TooLargeInput(message, seconds=self._limits.seconds) from ended
        if code == -getattr(signal, "SIGKILL", 9):
            message = f"Reading {name} was stopped by the system, most likely for want of memory."
            raise TooLargeInput(message) from ended
        if code == 1:
            raise ConfigurationError(f"The parser of {name} could not be started.", hint=said[-300:]) from ended
        hint = f"{DamagedInput.hint} If it is whole, it needs more memory than {self._limits.memory_bytes >> 20:,} MB."
        raise DamagedInput(f"The parser crashed on {name} (exit code {code}).", hint=hint, exit_code=code) from ended


def _release(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    # What was not taken from the buffer before the process ended can no longer be written, and closing would say so.
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.__exit__(None, None, None)


def _tail(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace")[-_SAID_CHARACTERS:].strip()
