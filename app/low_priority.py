"""Notes and passage vectors made in a child process of low priority, so that a question never waits for them.

The child is handed texts and gives back notes or vectors; it sees no store. It is started at the first request, started
again when it dies, and ends with this process. Its side is low_priority_child.py.
"""

import asyncio
import contextlib
import itertools
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from ..graph_store.chunk import Chunk
from ..graph_store.embedder import Embedder
from ..graph_store.errors import ReaderError
from ..graph_store.extractive import ExtractiveNotesWriter
from ..graph_store.index_device import EmbeddingDevice
from ..graph_store.note import Notes
from . import low_priority_child as child

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMMAND = (sys.executable, "-P", "-m", child.__name__)
_MOST_ATTEMPTS = 3
_STOP_SECONDS = 5.0
_SAID_CHARACTERS = 300


class LowPriorityFailed(ReaderError):
    """The low-priority process ended, again and again, over the same texts."""

    code = "low_priority_failed"
    retryable = True
    hint = "Look at the service's log and at the machine's memory, then try again."


@dataclass(slots=True)
class _Request:
    line: bytes
    answer: "Future[Any]"
    attempt_count: int = 0


class LowPriorityProcess:
    """The child. Safe to use from many threads."""

    def __init__(self, embedder_name: str, device: EmbeddingDevice = "cpu") -> None:
        """Name the embedder that the child loads, and where it computes; nothing is started yet."""
        self._embedder_name = embedder_name
        self._device = device
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._requests: dict[int, _Request] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        process = self._process
        return process.pid if process else None

    def ask(self, kind: str, asked: object) -> "Future[Any]":
        """Hand over a request.

        Returns:
            The answer to come. It ends in LowPriorityFailed where the child ended over it several times, and in a
            ReaderError where the child could not do it.
        """
        with self._lock:
            number = next(self._numbers)
            request = _Request(child.encode((number, kind, asked)), Future())
            if self._closed:
                request.answer.set_exception(_closed())
            else:
                self._requests[number] = request
                self._send(request)
        return request.answer

    def close(self) -> None:
        """Stop the child for good; what it was asked fails."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _send(self, request: _Request) -> None:
        request.attempt_count += 1
        process = self._process or self._start()
        assert process.stdin is not None
        # Where it has just died, the thread that hears its answers will send all that is open again.
        with contextlib.suppress(OSError):
            process.stdin.write(request.line)
            process.stdin.flush()

    def _start(self) -> "subprocess.Popen[bytes]":
        said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that hears the child's end
        process = subprocess.Popen(
            (*_COMMAND, self._embedder_name, self._device),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,  # Ctrl-C is the parent's to hear
        )
        self._process = process
        threading.Thread(target=self._hear, args=(process, said), name="low-priority", daemon=True).start()
        return process

    def _hear(self, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with said, process:
            for line in process.stdout:
                number, answer, trouble = child.decode(line)
                with self._lock:
                    request = self._requests.pop(number)
                _settle(request.answer, answer, ReaderError(trouble) if trouble else None)
            code = process.wait()
            last_words = _tail(said)
            with self._lock:
                self._process = None
                # What it did not take before it died cannot be written any more, and closing would say so.
                with contextlib.suppress(OSError):
                    process.stdin.close()
                failed = self._send_again(code, last_words)
        for future, error in failed:
            _settle(future, None, error)

    def _send_again(self, code: int, last_words: str) -> "list[tuple[Future[Any], ReaderError]]":
        """Send what is open to a new child; return what was tried often enough."""
        failed: list[tuple[Future[Any], ReaderError]] = []
        for number, request in list(self._requests.items()):
            if self._closed or request.attempt_count >= _MOST_ATTEMPTS:
                told = f"The low-priority process ended (exit code {code}). {last_words}".strip()
                failed.append((request.answer, _closed() if self._closed else LowPriorityFailed(told, exit_code=code)))
                del self._requests[number]
            elif request.answer.cancelled():
                del self._requests[number]
            else:
                self._send(request)
        return failed


class LowPriorityNotes:
    """Extractive notes, written in the child."""

    kind = ExtractiveNotesWriter.kind
    batch_size = ExtractiveNotesWriter.batch_size

    def __init__(self, process: LowPriorityProcess) -> None:
        self._process = process

    async def write(self, chunks: list[Chunk], texts: list[str]) -> list[Notes]:
        """Return the notes of each chunk in order, the same as in this process.

        Raises:
            LowPriorityFailed: the child ended over them several times.
        """
        asked = ([asdict(chunk) for chunk in chunks], texts)
        answer = await asyncio.to_thread(self._process.ask, child.WRITE, asked)
        return child.notes_of(await asyncio.wrap_future(answer))


class LowPriorityEmbedder:
    """Embeds a single text, which is a question's, in this process, and several, which are passages, in the child."""

    def __init__(self, process: LowPriorityProcess, here: Embedder) -> None:
        self.name = here.name
        self.dimension_count = here.dimension_count
        self._process = process
        self._here = here

    def embed(self, texts: list[str]) -> "NDArray[np.float32]":
        """Return unit vectors, one row a text, in the same order.

        Raises:
            LowPriorityFailed: the child ended over them several times.
        """
        if len(texts) < 2:
            return self._here.embed(texts)
        return child.vectors_of(self._process.ask(child.EMBED, texts).result(), len(texts))


def _settle(future: "Future[Any]", answer: object, error: ReaderError | None) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if error:
        future.set_exception(error)
    else:
        future.set_result(answer)


def _closed() -> ReaderError:
    return ReaderError("The service is stopping.")


def _tail(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()[-_SAID_CHARACTERS:]
