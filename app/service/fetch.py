"""Fetches a file from an address that a client names, without becoming its way into the network around the service.

Only public addresses are called: the name is resolved once, every address behind it is checked, and the connection goes
to the very address that was checked. Redirects are followed by hand, each checked the same way.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urljoin, urlsplit

import httpx2

from ...graph_store.errors import TooLargeInput
from ..job_upload import append
from .problems import AddressRefused, FetchFailed

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

MOST_SECONDS = 60.0
MOST_REDIRECTS = 5
_CONNECT_SECONDS = 10.0
_PORTS = {"http": 80, "https": 443}
# What stands for IPv4 addresses in IPv6: the inner address is what counts, and is not worth following.
_TRANSLATED = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))

# Python before 3.11.10 takes some of these for global ones.
_PROTOCOL_ASSIGNMENTS = IPv4Network("192.0.0.0/24")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes: the address that was checked, and the name that it was found under."""

    url: httpx2.URL
    host: str
    host_header: str


class Fetcher:
    """Fetches files.

    Args:
        most_bytes: the largest file.
        seconds: the longest time, redirects included.
        resolve: returns the addresses of a name.
        allowed: tells which of them may be called.
    """

    def __init__(
        self,
        most_bytes: int,
        seconds: float = MOST_SECONDS,
        resolve: Resolve | None = None,
        allowed: Callable[[Address], bool] | None = None,
    ) -> None:
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._resolve = resolve or _resolve
        self._allowed = allowed or is_public

    async def fetch(self, url: str, path: Path) -> str:
        """Fetch a file.

        Args:
            url: http or https.
            path: where it is written to; nothing is there yet.

        Returns:
            What it is called: the last part of the address.

        Raises:
            AddressRefused: it, or where it leads, has no public address.
            FetchFailed: it cannot be reached, or does not answer with a file in time.
            TooLargeInput: it is too large.
            StoreError: it cannot be written.
        """
        try:
            async with asyncio.timeout(self._seconds), _client() as client:
                for _ in range(MOST_REDIRECTS + 1):
                    target = await self._target(url)
                    request = client.build_request(
                        "GET",
                        target.url,
                        headers={"Host": target.host_header, "Accept-Encoding": "identity"},
                        extensions={"sni_hostname": target.host},
                    )
                    response = await client.send(request, stream=True)
                    try:
                        if not response.is_redirect:
                            await self._save(response, path)
                            return unquote(urlsplit(url).path.rpartition("/")[2])
                        url = urljoin(url, response.headers.get("location", ""))
                    finally:
                        await response.aclose()
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            raise FetchFailed("The address did not answer with a file.") from error
        raise FetchFailed(f"The address leads on more than {MOST_REDIRECTS} times.")

    async def _target(self, url: str) -> _Target:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except ValueError as error:
            raise AddressRefused("This is no address.") from error
        if parts.scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
            raise AddressRefused("Only http and https addresses without a user name are fetched.")
        address = await self._checked(host, port or _PORTS[parts.scheme])
        shown = f"[{address}]" if address.version == 6 else str(address)
        place = shown if port is None else f"{shown}:{port}"
        named = f"[{host}]" if ":" in host else host
        pinned = parts._replace(netloc=place, fragment="").geturl()
        return _Target(httpx2.URL(pinned), host, named if port is None else f"{named}:{port}")

    async def _checked(self, host: str, port: int) -> Address:
        try:
            found = [ip_address(one.partition("%")[0]) for one in await self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError):
            # Told as a private address is: who asks shall not learn which names there are inside.
            found = []
        if not found or not all(self._allowed(address) for address in found):
            raise AddressRefused("This address has no public place in the network.")
        return found[0]

    async def _save(self, response: httpx2.Response, path: Path) -> None:
        if response.status_code != 200 or response.headers.get("content-encoding", "identity") != "identity":
            raise FetchFailed(f"The address answered {response.status_code}, and no file.")
        byte_count = 0
        async for data in response.aiter_raw(1 << 18):
            if byte_count + len(data) > self._most_bytes:
                raise TooLargeInput(f"A file has at most {self._most_bytes:,} bytes here.")
            await asyncio.to_thread(append, path, data, byte_count)
            byte_count += len(data)
        if not byte_count:
            raise FetchFailed("There is nothing at this address.")


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public network, and to one machine in it."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TRANSLATED):
            return False
    elif address in _PROTOCOL_ASSIGNMENTS:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        trust_env=False,  # a proxy would resolve the name again
        follow_redirects=False,
        limits=httpx2.Limits(max_keepalive_connections=0),  # another name at the same address is another server
        timeout=httpx2.Timeout(MOST_SECONDS, connect=_CONNECT_SECONDS),
    )


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]
