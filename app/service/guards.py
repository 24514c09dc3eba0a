"""What stands before every route: which requests are let in at all, and the headers that browsers are told.

Other sites' pages get nothing: no response carries a CORS header, and a request that a browser sends for another origin
is refused, since a form needs no permission to be sent here.
"""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...graph_store.errors import TooLargeInput
from .keys import is_loopback
from .problems import CrossOrigin, InvalidRequest, WrongHost, respond

MOST_BODY_BYTES = 1_000_000
"""Largest body of a request that is no upload."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What a response says where its route says nothing else."""

_UPLOADS = re.compile(r"/v1/collections/[^/]+/documents(?::estimate|/[^/]+)?")


class Guards:
    """ASGI middleware.

    Args:
        asks_for_keys: tells whether requests need a key. Where they do not, names of other hosts are refused: a page
            in a browser of this machine may have its own name point here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, asks_for_keys: Callable[[], bool]) -> None:
        self._app = app
        self._asks_for_keys = asks_for_keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        began = False

        async def send_guarded(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                _add_headers(MutableHeaders(scope=message))
            await send(message)

        try:
            await self._check(scope)
            await self._app(scope, receive, send_guarded)
        except Exception as error:
            # The border of a request: a mistake of the program, too, is told as a problem.
            if began:
                raise
            refusal = await respond(Request(scope), error)
            await refusal(scope, receive, send_guarded)

    async def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_loopback(_host_name(host)) and not await asyncio.to_thread(self._asks_for_keys):
            raise WrongHost(f"This service does not answer for “{host}”.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise CrossOrigin(f"Pages of “{origin}” may not use this service.")
        if not _UPLOADS.fullmatch(scope["path"]):
            _check_size(headers)


def _add_headers(headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


def _check_size(headers: Headers) -> None:
    length = headers.get("content-length")
    if length is None and "transfer-encoding" in headers:
        raise InvalidRequest("The body needs a Content-Length.")
    if length is not None and (not length.isdecimal() or int(length) > MOST_BODY_BYTES):
        raise TooLargeInput(f"The body of this request has at most {MOST_BODY_BYTES:,} bytes.")


def _host_name(host: str) -> str:
    """Return the name or address in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
