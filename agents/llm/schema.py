"""Makes the JSON schema that is sent with a request from a pydantic model.

Owns what the servers' grammar converters can do: no `$ref`, no titles, no open objects. llama-cpp-python (0.3.36)
ignores the bounds of integers, so a short closed range is sent as an enumeration, which every server keeps. A grammar
that llama.cpp refuses, as one that repeats something more than a thousand times, ends that server's process, so such a
bound is not sent: ``max_tokens`` and the pydantic model hold it.
"""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel

ENUMERATED_RANGE = 100
REPEATED_COUNT = 1000
_REPETITIONS = ("minLength", "maxLength", "minItems", "maxItems")
_DROPPED = frozenset({"title", "description", "default", "examples", "discriminator", "$defs"})


@lru_cache(maxsize=256)
def _reply_schema(output: type[BaseModel]) -> dict[str, Any]:
    schema = output.model_json_schema()
    return _plain(schema, schema.get("$defs", {}), ())


def reply_schema(output: type[BaseModel]) -> dict[str, Any]:
    """Return the model's schema with its definitions inlined.

    Raises:
        TypeError: the model contains itself; a grammar of bounded length cannot.
    """
    return _reply_schema(output)


def _plain(node: dict[str, Any], definitions: dict[str, Any], inside: tuple[str, ...]) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        if name in inside:
            raise TypeError(f"{name} contains itself: a reply schema must be finite")
        return _plain(definitions[name], definitions, (*inside, name))
    plain = {key: value for key, value in node.items() if key not in _DROPPED and not _repeats_too_often(key, value)}
    if "properties" in plain:
        plain["properties"] = {key: _plain(value, definitions, inside) for key, value in plain["properties"].items()}
        plain["additionalProperties"] = False
    if "items" in plain:
        plain["items"] = _plain(plain["items"], definitions, inside)
    for union in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if union in plain:
            plain[union] = [_plain(part, definitions, inside) for part in plain[union]]
    return _enumerated(plain)


def _repeats_too_often(key: str, value: object) -> bool:
    return key in _REPETITIONS and isinstance(value, int) and value > REPEATED_COUNT


def _enumerated(node: dict[str, Any]) -> dict[str, Any]:
    low, high = node.get("minimum"), node.get("maximum")
    if node.get("type") != "integer" or low is None or high is None or high - low > ENUMERATED_RANGE:
        return node
    return {"type": "integer", "enum": list(range(low, high + 1))}
