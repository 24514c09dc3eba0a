"""Asks for a reply of a given pydantic model and hands back an instance of it, or a typed error.

Owns the one repair turn. A cut reply is an error, whatever is whole in it, and no JSON is mended by guessing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from ..errors import ReplyMalformed, ReplyTooLong, WindowExceeded
from ..fence import without_control_tokens
from .model import ChatModel, Message, ModelReply, ModelRequest
from .schema import reply_schema

T = TypeVar("T", bound=BaseModel)

REPAIR_REPLY_CHARS = 1200
REPAIR_ERROR_COUNT = 3


async def ask_structured(
    model: ChatModel,
    messages: Sequence[Message],
    output: type[T],
    *,
    max_tokens: int,
    purpose: str,
    document_ids: frozenset[str] = frozenset(),
    temperature: float = 0.0,
    seed: int = 0,
    on_fields: Callable[[Mapping[str, object]], object] | None = None,
) -> T:
    """Ask ``model`` for an ``output``.

    Args:
        max_tokens: room for the reply; reaching it is an error, so give the schema's bounds room.
        purpose: the prompt's name.
        on_fields: is told the reply's fields so far while it is written, the last one perhaps cut.

    Raises:
        ReplyTooLong: the reply was cut at ``max_tokens``: ask for a smaller unit of work; ``fields["reply"]`` has it.
        ReplyMalformed: it did not match, nor did the repair; ``fields["reply"]`` has its beginning.
        ModelError: as `ChatModel.complete`.
    """
    request = ModelRequest(
        tuple(messages),
        max_tokens,
        reply_schema(output),
        temperature,
        seed,
        purpose,
        document_ids,
        on_text=on_fields and (lambda text: on_fields(fields_so_far(text))),
    )
    reply = await model.complete(request)
    try:
        return _parse(reply, output, request)
    except ValidationError as error:
        return await _repair(model, request, reply, output, error)


async def _repair(
    model: ChatModel, request: ModelRequest, reply: ModelReply, output: type[T], error: ValidationError
) -> T:
    turn = (
        # The reply may repeat what stands in a document.
        Message("assistant", without_control_tokens(reply.text[:REPAIR_REPLY_CHARS])),
        Message("user", f"That reply is not valid: {_problems(error)}. Reply again with the corrected JSON only."),
    )
    try:
        second = await model.complete(replace(request, messages=request.messages + turn, is_repair=True))
        return _parse(second, output, request)
    except WindowExceeded:
        raise _malformed(reply, request, error) from error
    except ValidationError as second_error:
        raise _malformed(reply, request, second_error) from second_error


def _parse(reply: ModelReply, output: type[T], request: ModelRequest) -> T:
    if reply.finish_reason == "length":
        raise ReplyTooLong(
            f"The reply reached its limit of {request.max_tokens} tokens.",
            purpose=request.purpose,
            max_tokens=request.max_tokens,
            completion_tokens=reply.completion_tokens,
            reply=reply.text,
        )
    return output.model_validate_json(unfenced(reply.text))


def fields_so_far(text: str) -> Mapping[str, object]:
    """Return the fields of a reply that is not at its end, the last perhaps cut; none where it is no JSON (yet)."""
    try:
        fields = from_json(text[max(text.find("{"), 0) :], allow_partial="trailing-strings")
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def unfenced(text: str) -> str:
    """Take the Markdown fence off that servers without structured output let through."""
    text = text.strip()
    if not (text.startswith("```") and text.endswith("```")):
        return text
    return text.removesuffix("```").partition("\n")[2]


def _problems(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False, include_context=False)[:REPAIR_ERROR_COUNT]
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'reply'}: {problem['msg']}" for problem in problems)


def _malformed(reply: ModelReply, request: ModelRequest, error: ValidationError) -> ReplyMalformed:
    return ReplyMalformed(
        f"The reply to {request.purpose!r} does not match its schema: {_problems(error)}.",
        purpose=request.purpose,
        reply=reply.text[:REPAIR_REPLY_CHARS],
    )
