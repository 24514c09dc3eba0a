"""An original file as a response: from its folder, or in pieces from the database that keeps it."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import Response, status
from fastapi.responses import FileResponse, StreamingResponse

from ...graph_store.files import OriginalFile

PIECE_BYTES = 1 << 20
_MEDIA_TYPE = "application/octet-stream"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def respond(file: OriginalFile, file_name: str, etag: str, asked: str | None, headers: dict[str, str]) -> Response:
    """Return the response with a file, or with the one range of it that was asked for.

    Args:
        file: which.
        file_name: what it is saved as.
        etag: what tells its content from any other.
        asked: the request's Range header.
        headers: further ones.
    """
    if file.path is not None:
        return FileResponse(file.path, headers=headers, media_type=_MEDIA_TYPE, filename=file_name)
    told = {"ETag": f'"{etag}"', "Accept-Ranges": "bytes", "Content-Disposition": _disposition(file_name), **headers}
    match = _RANGE.fullmatch(asked or "")
    if match is None or match[0] == "bytes=-":
        return _stream(file, 0, file.byte_count, told, status.HTTP_200_OK)
    start, end = _ends(match[1], match[2], file.byte_count)
    if start >= end:
        refused = {"Content-Range": f"bytes */{file.byte_count}"}
        return Response(status_code=status.HTTP_416_RANGE_NOT_SATISFIABLE, headers=refused)
    told["Content-Range"] = f"bytes {start}-{end - 1}/{file.byte_count}"
    return _stream(file, start, end, told, status.HTTP_206_PARTIAL_CONTENT)


def _ends(first: str, last: str, byte_count: int) -> tuple[int, int]:
    if not first:
        return max(0, byte_count - int(last)), byte_count
    return int(first), min(int(last) + 1, byte_count) if last else byte_count


def _stream(file: OriginalFile, start: int, end: int, headers: dict[str, str], code: int) -> Response:
    length = {"Content-Length": str(end - start)}
    pieces = _pieces(file, start, end)
    return StreamingResponse(pieces, status_code=code, headers=headers | length, media_type=_MEDIA_TYPE)


def _pieces(file: OriginalFile, start: int, end: int) -> Iterator[bytes]:
    for place in range(start, end, PIECE_BYTES):
        yield file.read(place, min(place + PIECE_BYTES, end))


def _disposition(file_name: str) -> str:
    quoted = quote(file_name)
    return f'attachment; filename="{file_name}"' if quoted == file_name else f"attachment; filename*=utf-8''{quoted}"
