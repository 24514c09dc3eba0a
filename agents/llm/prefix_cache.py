"""How much of the prompts a vLLM server had already computed: read from its Prometheus metrics.

A call's own share comes with its reply (`ModelReply.cached_tokens`); this is the server's, over all its clients.
"""

import re
from dataclasses import dataclass

from ..errors import ModelUnavailable
from .dialect import PROBE_SECONDS, Server, is_loopback

_SAMPLE = re.compile(r"^vllm:prefix_cache_(queries|hits)(?:_total)?(?:\{[^}]*\})? (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PrefixCache:
    """Prompt tokens since the server started: all, and those that were still there."""

    asked_tokens: int
    found_tokens: int

    @property
    def share(self) -> float | None:
        """The part that was found; None before the first prompt."""
        return self.found_tokens / self.asked_tokens if self.asked_tokens else None

    def since(self, earlier: "PrefixCache") -> "PrefixCache":
        """Return what came after ``earlier``."""
        return PrefixCache(self.asked_tokens - earlier.asked_tokens, self.found_tokens - earlier.found_tokens)


async def prefix_cache(server: Server, api_key: str | None = None) -> PrefixCache | None:
    """Ask a server for the figures of its prefix cache; None where it is no vLLM or tells none.

    Raises:
        ModelUnavailable: it does not answer.
    """
    if server.kind != "vllm":
        return None
    import httpx2

    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    trust_env = not is_loopback(server.base_url)
    try:
        async with httpx2.AsyncClient(headers=headers, timeout=PROBE_SECONDS, trust_env=trust_env) as client:
            response = await client.get(f"{server.base_url}/metrics")
    except httpx2.HTTPError as error:
        raise ModelUnavailable(f"The model server at {server.base_url} tells no metrics.") from error
    return read_prefix_cache(response.text) if response.is_success else None


def read_prefix_cache(metrics: str) -> PrefixCache | None:
    """Add up what the metrics say, over all engines of the server."""
    found = _SAMPLE.findall(metrics)
    if not found:
        return None
    told = {name: int(sum(float(value) for kind, value in found if kind == name)) for name in ("queries", "hits")}
    return PrefixCache(told["queries"], told["hits"])
