"""The chat page: static files, and the headers that let a browser run them and nothing else.

Every file's address holds a digest of all of them, so that browsers keep files for good and never mix two versions;
only `/` is asked for anew each time. Making the files' contents safe is the page's own: it writes text, never markup.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

FOLDER = Path(__file__).parents[1] / "page"
_INDEX = "index.html"
_DIGEST_LETTERS = 16
_KEPT = "public, max-age=31536000, immutable"
_ASKED_ANEW = "no-cache"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".md": "text/markdown"}
_COMPRESSED = {"text/html", "text/css", "text/javascript", "text/plain", "application/json", "image/svg+xml"}

POLICY = "; ".join(
    (
        "default-src 'none'",
        # WebAssembly decodes pictures in PDF files.
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The page's Content-Security-Policy."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Files:
    """The page's files by name, and the digest of all."""

    paths: dict[str, Path]
    digest: str


@router.api_route("/", methods=["GET", "HEAD"])
def index(request: Request) -> Response:
    """Serve the page itself."""
    files = _files()
    text = files.paths[_INDEX].read_text(encoding="utf-8").replace("page/", f"page/{files.digest}/")
    headers = {"Cache-Control": _ASKED_ANEW, "Content-Security-Policy": POLICY, "ETag": f'"{files.digest}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="text/html")


@router.api_route("/page/{digest}/{name:path}", methods=["GET", "HEAD"])
def file(digest: str, name: str, request: Request) -> Response:
    """Serve one of the page's files. An address of another version has today's file, which is not kept."""
    files = _files()
    path = files.paths.get(name)
    if path is None:
        raise HTTPException(404)
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {
        "Cache-Control": _KEPT if digest == files.digest else _ASKED_ANEW,
        # A worker runs under the policy of its own file.
        "Content-Security-Policy": POLICY,
        "Vary": "Accept-Encoding",
    }
    if kind in _COMPRESSED and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(_compressed(path), headers=headers, media_type=kind)
    return Response(path.read_bytes(), headers=headers, media_type=kind)


@cache
def _files() -> _Files:
    paths = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}
    whole = hashlib.sha256()
    for name, path in paths.items():
        whole.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return _Files(paths, whole.hexdigest()[:_DIGEST_LETTERS])


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
