"""The child process of confined.py: limits itself, reads one document from standard input, answers on standard output.

    python -m longreader.graph_store.parsers

Standard input: a line of JSON (an ``Order``), the file's bytes, then silence until the parent is gone: the end of the
stream ends this process and the programs that it started.
"""

import json
import os
import signal
import sys
import threading
import traceback
from typing import BinaryIO

from ..errors import DamagedInput, ReaderError, TooLargeInput
from . import parse
from .exchange import Order, PageDone, encode
from .pdf_page import read_page


def main() -> None:
    """Answer the order on standard input and leave at once: nothing needs to be taken apart."""
    # What libraries print must not get between the lines of the answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    order = Order(**json.loads(sys.stdin.buffer.readline()))
    _limit(order)
    _write(answers, _answer(order, answers))
    os._exit(0)


def _answer(order: Order, answers: BinaryIO) -> bytes:
    try:
        data = sys.stdin.buffer.read(order.byte_count)
        threading.Thread(target=_leave_with_parent, daemon=True).start()
        if order.page_number is not None:
            return encode(read_page(data, order.page_number))
        parsed = parse(
            data,
            order.file_name,
            max_bytes=order.max_bytes,
            max_pages=order.max_pages,
            on_page=lambda done_count, page_count: _write(answers, encode(PageDone(done_count, page_count))),
        )
        return encode(parsed)
    except ReaderError as error:
        return encode(error, traceback.format_exc() if error.__cause__ else "")
    except MemoryError:
        message = f"Reading {order.file_name} takes more than {order.memory_bytes >> 20:,} MB of memory."
        return encode(TooLargeInput(message, memory_bytes=order.memory_bytes))
    except Exception as error:  # noqa: BLE001 - the border of the process: what a parser stumbles over is told, typed
        reason = f"{type(error).__name__}: {error}"[:300]
        message = f"The parser stumbled over {order.file_name} ({reason})."
        return encode(DamagedInput(message), traceback.format_exc())


def _write(answers: BinaryIO, line: bytes) -> None:
    answers.write(line)
    answers.flush()


def _limit(order: Order) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits: the parent's clock is the only one there
        return
    limits = {resource.RLIMIT_AS: order.memory_bytes, resource.RLIMIT_CPU: order.cpu_seconds, resource.RLIMIT_CORE: 0}
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (allowed, hard))
        except (ValueError, OSError):  # macOS refuses a limit of the address space
            continue


def _leave_with_parent() -> None:
    while os.read(0, 1024):
        pass
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
