"""One file from the Hugging Face hub by HTTPS, resumable. Owns the wire, not the checksum."""

import http
import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPResponse
from pathlib import Path

from ..agents.errors import WeightsError
from .download import HubUnreachable, Progress

HUB_URL = "https://huggingface.co"
ANSWER_SECONDS = 8.0
STALL_SECONDS = 30.0
ATTEMPTS = 5
PAUSE_SECONDS = 1.0
BLOCK_BYTES = 1 << 20


def download_from_hub(hub_url: str, repository: str, file_name: str, partial: Path, progress: Progress) -> None:
    """Fetch a file into ``partial``, going on after the bytes that are there.

    Raises:
        HubUnreachable: nothing was served: no answer within ``ANSWER_SECONDS``, or an HTTP error.
        WeightsError: it broke off ``ATTEMPTS`` times without one new byte; what came is kept.
    """
    url = f"{hub_url}/{repository}/resolve/main/{file_name}"
    served = False
    failures = 0
    while failures < ATTEMPTS:
        time.sleep(failures * PAUSE_SECONDS)
        before = _size(partial)
        try:
            response = _open(url, before)
            served = True
            if response is None or _append(response, partial, progress):
                return
        except HubUnreachable:
            if not served:
                raise
        failures = 0 if _size(partial) > before else failures + 1
    raise WeightsError(
        f"The download of {file_name} broke off.",
        hint="Pull again: it goes on where it stopped.",
        done_bytes=_size(partial),
    )


def _append(response: HTTPResponse, partial: Path, progress: Progress) -> bool:
    """Write the body behind what is there; tell whether the file is whole now."""
    resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
    done = _size(partial) if resumed else 0
    expected = int(response.headers.get("Content-Length") or 0)
    total = done + expected if expected else 0
    with response, partial.open("ab" if resumed else "wb") as file:
        while block := _read(response):
            file.write(block)
            done += len(block)
            progress(done, total, "hub")
    return done == total if total else True


def _read(response: HTTPResponse) -> bytes:
    """Return the next block, or nothing at the end and where the connection broke: the length tells which."""
    try:
        return response.read(BLOCK_BYTES)
    except (OSError, http.client.HTTPException):
        return b""


def _open(url: str, offset: int) -> HTTPResponse | None:
    """Open the URL at a byte offset, within ``ANSWER_SECONDS`` all told; None when nothing lies behind the offset.

    Name look-up and one attempt for each address have no common time-out in the standard library, so a
    thread opens and is left behind when it takes too long.
    """
    answers: queue.Queue[HTTPResponse | Exception] = queue.Queue(1)

    def attempt() -> None:
        request = urllib.request.Request(url, headers={"Range": f"bytes={offset}-"} if offset else {})
        try:
            answers.put(urllib.request.urlopen(request, timeout=STALL_SECONDS))
        except (OSError, http.client.HTTPException) as error:
            answers.put(error)

    threading.Thread(target=attempt, daemon=True, name="open-hub").start()
    try:
        answer = answers.get(timeout=ANSWER_SECONDS)
    except queue.Empty as error:
        raise HubUnreachable(f"no answer in {ANSWER_SECONDS:.0f} s") from error
    if isinstance(answer, urllib.error.HTTPError):
        answer.close()
        if answer.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return None
    if isinstance(answer, Exception):
        raise HubUnreachable(str(answer)) from answer
    return answer


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
