"""Files that come in the body of a request: streamed to disk, bounded in number and size.

What a client calls a file is kept as its name and never becomes a path.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from ...graph_store.errors import TooLargeInput
from ..job_upload import append
from .problems import InvalidRequest

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FILES = 20
"""Most files of a request."""

FILES_FIELD = "files"

_MOST_FIELDS = 20
_MOST_FIELD_BYTES = 1_000
_MOST_NAME_CHARACTERS = 200
_WRITE_BYTES = 1 << 20
_SLACK_BYTES = 1 << 16
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file on disk, what the client calls it, and the SHA-256 of its bytes."""

    path: Path
    name: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Form:
    """What a multipart body held: at least one file, and its other fields."""

    files: tuple[ReceivedFile, ...]
    fields: dict[str, str]


@asynccontextmanager
async def received(
    request: Request, new_path: Callable[[], Path], most_bytes: int, most_files: int = MOST_FILES
) -> AsyncIterator[Form]:
    """Receive the files of a multipart request. Those still at their path in the end are removed.

    Args:
        request: whose body was not read yet.
        new_path: returns where the next file may be written.
        most_bytes: the largest file.
        most_files: the most files.

    Raises:
        TooLargeInput: a file is too large, or there are too many.
        InvalidRequest: it is no multipart body, or holds no file.
        StoreError: it cannot be written.
    """
    receiver = _Receiver(new_path, most_bytes, most_files)
    try:
        with _errors_mapped():
            parser = MultipartParser(_boundary(request, most_bytes * most_files), receiver.callbacks())
            async for data in request.stream():
                parser.write(data)
                await receiver.write()
            parser.finalize()
            await receiver.write(last=True)
        yield receiver.form()
    finally:
        await asyncio.to_thread(receiver.discard)


def plain_name(name: str) -> str:
    """Return a file's name without folders, control characters and excess; never empty."""
    # Browsers write a quotation mark so.
    base = PurePath(_CONTROL.sub("", name.replace("%22", '"')).replace("\\", "/")).name.strip()
    if not any(map(str.isalnum, base)):
        return "unnamed"
    stem, dot, suffix = base.rpartition(".")
    if dot and len(suffix) < 20:
        return f"{stem[: _MOST_NAME_CHARACTERS - len(suffix)]}.{suffix}"
    return base[:_MOST_NAME_CHARACTERS]


class _Incoming:
    """A file that is being received."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.byte_count = 0
        self.written_count = 0
        self.waiting = bytearray()
        self._hash = hashlib.sha256()

    def flush(self) -> None:
        """Write what waits. Blocks."""
        append(self.path, self.waiting, self.written_count)
        self.written_count += len(self.waiting)
        self._hash.update(self.waiting)
        self.waiting.clear()

    def received(self) -> ReceivedFile:
        """Return the file, all of which was written."""
        return ReceivedFile(self.path, self.name, self._hash.hexdigest())


class _Receiver:
    """Takes the parts as the parser tells of them. What it is told must be awaited with `write` before more comes."""

    def __init__(self, new_path: Callable[[], Path], most_bytes: int, most_files: int) -> None:
        self._new_path = new_path
        self._most_bytes = most_bytes
        self._most_files = most_files
        self._files: list[_Incoming] = []
        self._fields: dict[str, bytearray] = {}
        self._headers: dict[bytes, bytes] = {}
        self._header = bytearray(), bytearray()
        self._part: _Incoming | bytearray | None = None
        self._ended = False

    def callbacks(self) -> "MultipartCallbacks":
        """Return what the parser calls."""
        return {
            "on_part_begin": self._headers.clear,
            "on_header_begin": self._begin_header,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_part,
            "on_part_data": self._take,
            "on_end": self._end,
        }

    async def write(self, *, last: bool = False) -> None:
        """Write what came in since, once it is worth it."""
        for file in self._files:
            if len(file.waiting) >= _WRITE_BYTES or (file.waiting and (last or file is not self._part)):
                await asyncio.to_thread(file.flush)

    def form(self) -> Form:
        """Return what came.

        Raises:
            InvalidRequest: the body was cut off, or held no file.
        """
        if not self._ended:
            raise InvalidRequest("The body ends before its last boundary.")
        if not self._files or any(not file.byte_count for file in self._files):
            raise InvalidRequest(f"Send at least one file with something in it, in the field “{FILES_FIELD}”.")
        fields = {name: value.decode("utf-8", "replace") for name, value in self._fields.items()}
        return Form(tuple(file.received() for file in self._files), fields)

    def discard(self) -> None:
        """Remove every file that nobody took."""
        for file in self._files:
            file.path.unlink(missing_ok=True)

    def _begin_header(self) -> None:
        self._header = bytearray(), bytearray()

    def _end_header(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options or name == FILES_FIELD:
            self._part = self._begin_file(options.get(b"filename", b"").decode("utf-8", "replace"))
        elif len(self._fields) < _MOST_FIELDS:
            self._part = self._fields.setdefault(name, bytearray())
        else:
            raise InvalidRequest(f"A body has at most {_MOST_FIELDS} fields.")

    def _begin_file(self, name: str) -> _Incoming:
        if len(self._files) >= self._most_files:
            hint = "Send the others by themselves."
            raise TooLargeInput(f"This request holds at most {self._most_files} files.", hint=hint)
        file = _Incoming(plain_name(name), self._new_path())
        self._files.append(file)
        return file

    def _take(self, data: bytes, start: int, end: int) -> None:
        if isinstance(self._part, _Incoming):
            self._part.byte_count += end - start
            if self._part.byte_count > self._most_bytes:
                raise TooLargeInput(f"A file has at most {self._most_bytes:,} bytes here.")
            self._part.waiting += data[start:end]
        elif self._part is not None:
            self._part += data[start:end]
            if len(self._part) > _MOST_FIELD_BYTES:
                raise InvalidRequest(f"A field has at most {_MOST_FIELD_BYTES:,} bytes.")

    def _end(self) -> None:
        self._ended = True


def _boundary(request: Request, most_bytes: int) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise InvalidRequest("Send a multipart/form-data body with a boundary.")
    with suppress(ValueError):
        # Refused before it is received, where the client tells.
        if int(request.headers.get("content-length", "0")) > most_bytes + _SLACK_BYTES:
            raise TooLargeInput(f"The body of this request has at most {most_bytes:,} bytes.")
    return options[b"boundary"]


@contextmanager
def _errors_mapped() -> Iterator[None]:
    try:
        yield
    except FormParserError as error:
        raise InvalidRequest(f"The multipart body is malformed: {error}.") from error
    except ClientDisconnect as error:
        raise InvalidRequest("The body was cut off.") from error
