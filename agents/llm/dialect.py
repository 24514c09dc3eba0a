"""Finds out, once at start, which server is behind a URL and how it wants to be spoken to.

Owns the differences between servers as data (`Server`). Sends no prompt: that is transport.py.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from ...graph_store.errors import ConfigurationError
from ..errors import ModelUnavailable

if TYPE_CHECKING:
    import httpx2

Kind = Literal["vllm", "llama-server", "llama-cpp-python", "openai"]

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
PROBE_SECONDS = 10.0
VLLM_SLOTS = 16
OPENAI_SLOTS = 4
WHITE_SPACE = r"( |\n{1,2}[ \t]{0,20})?"
"""What a model writes by itself between two parts of JSON, bounded as in llama.cpp's grammars."""
BOUNDED = {"whitespace_flexible": False, "item_separator": f",{WHITE_SPACE}", "key_separator": f":{WHITE_SPACE}"}
"""vLLM's grammars allow white space without end, in which a small model's reply gets lost now and then. Those of its
backend `guidance` take these separators from the schema and allow none elsewhere; xgrammar's stay as they are."""


@dataclass(frozen=True, slots=True)
class Server:
    """One model server, as it was found.

    Attributes:
        base_url: root of the server, without `/v1` and without a trailing slash.
        kind: which software answers there.
        model: the name to send with each request.
        window_tokens: prompt and reply together must fit in it.
        structured_output: the form of ``response_format`` that it understands.
        slots: how many requests it works on at the same time.
        counts_tokens: it has an end point that counts with the model's own vocabulary and chat template.
        switches_thinking: it understands ``chat_template_kwargs``.
        streams_usage: it reports token figures at the end of a stream.
        weights: the file that it serves, where it runs on this machine and tells.
        takes_priority: its requests have a field ``priority``; the lower goes first where the server was started so.
        version: as the server calls it, or empty.
    """

    base_url: str
    kind: Kind
    model: str
    window_tokens: int
    structured_output: Literal["json_schema", "json_object"] = "json_schema"
    slots: int = 1
    counts_tokens: bool = False
    switches_thinking: bool = False
    streams_usage: bool = True
    weights: Path | None = None
    takes_priority: bool = False
    version: str = ""

    def response_format(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the ``response_format`` that holds replies to ``schema``."""
        if self.structured_output == "json_object":
            return {"type": "json_object", "schema": schema}
        if self.kind == "vllm":
            schema = {**schema, "x-guidance": BOUNDED}
        return {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}

    def extra_body(self) -> dict[str, Any]:
        """Return request fields beyond OpenAI's.

        A repetition penalty punishes the copying of quotes; llama-cpp-python sets one by default and vLLM takes it from
        the model's generation config, so it is switched off by name where the name is known.
        """
        body: dict[str, Any] = {}
        if self.switches_thinking:
            body["chat_template_kwargs"] = {"enable_thinking": False}
        if self.kind == "vllm":
            body["repetition_penalty"] = 1.0
        elif self.kind != "openai":
            body["repeat_penalty"] = 1.0
        return body


async def discover(
    base_url: str, api_key: str | None = None, model: str | None = None, window_tokens: int | None = None
) -> Server:
    """Ask a server who it is.

    Args:
        base_url: with or without `/v1` at the end.
        model: the served name; needed only where several are served.
        window_tokens: for servers that do not tell; where one does, the smaller of the two counts.

    Raises:
        ModelUnavailable: nothing answers there, or it refuses.
        ConfigurationError: the model's name or window cannot be found out.
    """
    # It costs as much as listing documents, which does without.
    import httpx2

    root = server_root(base_url)
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    trust_env = not is_loopback(root)
    async with httpx2.AsyncClient(headers=headers, timeout=PROBE_SECONDS, trust_env=trust_env) as client:
        entry = _choose(await _models(client, root), model, root)
        if "max_model_len" in entry:
            told = await _probe(client, f"{root}/version")
            return _vllm(root, entry, str(told.get("version", "")), window_tokens)
        props = await _probe(client, f"{root}/props")
        if "total_slots" in props:
            return _llama_server(root, entry, props, window_tokens)
        info = (await _probe(client, f"{root}/openapi.json")).get("info", {})
    if "llama.cpp Python" in str(info.get("title", "")):
        return _llama_cpp_python(root, entry, window_tokens)
    return Server(root, "openai", entry["id"], _window(None, window_tokens, root), slots=OPENAI_SLOTS)


def server_root(base_url: str) -> str:
    """Return the URL without `/v1` and trailing slashes."""
    return base_url.rstrip("/").removesuffix("/v1").rstrip("/")


def is_loopback(url: str) -> bool:
    """Tell whether the URL names this machine: then no proxy from the environment may see the traffic."""
    return (urlsplit(url).hostname or "") in LOOPBACK_HOSTS


def _vllm(root: str, entry: dict[str, Any], version: str, window_tokens: int | None) -> Server:
    return Server(
        root,
        "vllm",
        entry["id"],
        _window(entry["max_model_len"], window_tokens, root),
        slots=VLLM_SLOTS,
        counts_tokens=True,
        switches_thinking=True,
        takes_priority=True,
        version=version,
    )


def _llama_server(root: str, entry: dict[str, Any], props: dict[str, Any], window_tokens: int | None) -> Server:
    served = props.get("default_generation_settings", {}).get("n_ctx")
    return Server(
        root,
        "llama-server",
        entry["id"],
        _window(served, window_tokens, root),
        slots=max(1, int(props["total_slots"])),
        counts_tokens=True,
        switches_thinking=True,
        weights=_weights(root, props.get("model_path")),
    )


def _weights(root: str, told: object) -> Path | None:
    """Return the file that a server of this machine serves, if it can be seen from here."""
    if not is_loopback(root) or not isinstance(told, str) or not Path(told).is_absolute():
        return None
    return Path(told) if Path(told).is_file() else None


def _llama_cpp_python(root: str, entry: dict[str, Any], window_tokens: int | None) -> Server:
    return Server(
        root,
        "llama-cpp-python",
        entry["id"],
        _window(None, window_tokens, root),
        structured_output="json_object",
        streams_usage=False,
    )


def _window(served: int | None, wanted: int | None, root: str) -> int:
    known = [int(tokens) for tokens in (served, wanted) if tokens]
    if not known:
        raise ConfigurationError(
            f"The server at {root} does not tell the length of its window.",
            hint="Set the window in tokens, exactly as the server was started with.",
            base_url=root,
        )
    return min(known)


async def _models(client: "httpx2.AsyncClient", root: str) -> list[dict[str, Any]]:
    import httpx2

    try:
        response = await client.get(f"{root}/v1/models")
        response.raise_for_status()
        entries = response.json()["data"]
        return [entry for entry in entries if isinstance(entry, dict) and "id" in entry]
    except httpx2.HTTPStatusError as error:
        status = error.response.status_code
        raise ModelUnavailable(f"The server at {root} answers {status}.", base_url=root, status=status) from error
    except httpx2.HTTPError as error:
        raise ModelUnavailable(f"No model server answers at {root}.", base_url=root) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(f"What answers at {root} is not a model server.", base_url=root) from error


def _choose(entries: list[dict[str, Any]], model: str | None, root: str) -> dict[str, Any]:
    names = [str(entry["id"]) for entry in entries]
    if model is None and len(entries) == 1:
        return entries[0]
    if model in names:
        return entries[names.index(model)]
    if model is not None and not entries:
        return {"id": model}
    served = "serves several models" if names else "serves no model"
    wanted = f"does not serve {model!r}" if model else served
    hint = f"Name one of: {', '.join(names)}." if names else "Load a model into it, or name one for it to load."
    raise ConfigurationError(f"The server at {root} {wanted}.", hint=hint, served=names)


async def _probe(client: "httpx2.AsyncClient", url: str) -> dict[str, Any]:
    """Return the JSON object there, or {} where there is none: not having it is an answer too."""
    import httpx2

    try:
        response = await client.get(url)
        body = response.json() if response.is_success else {}
    except (httpx2.HTTPError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}
