"""Turns what the `openai` package raises into the errors of this project."""

import re
from typing import TYPE_CHECKING

from ...graph_store.errors import ConfigurationError, ReaderError
from ..errors import ModelCutOff, ModelUnavailable, WindowExceeded

if TYPE_CHECKING:
    import openai

_WINDOW_WORDS = re.compile(
    r"context[_ ](length|window|size)|exceed_context|maximum (model|context) len|too many tokens|prompt is too long",
    re.IGNORECASE,
)
_TOO_MANY = 429
_MEMORY_WORDS = re.compile(r"out of memory|\bOOM\b|failed to allocate|not enough memory", re.IGNORECASE)


def from_api_error(error: "openai.APIError", *, started: bool) -> ReaderError:
    """Return the error to raise from ``error``.

    Args:
        started: part of the reply had already come, so what broke is the stream.
    """
    import openai

    words = f"{error.code or ''} {error.type or ''} {error.message}"
    status = error.status_code if isinstance(error, openai.APIStatusError) else None
    if _WINDOW_WORDS.search(words):
        return WindowExceeded("The server says that the prompt does not fit its window.", server_message=error.message)
    if _MEMORY_WORDS.search(words):
        return ModelUnavailable(
            "The model server is out of memory.", hint="Serve with a shorter window or a smaller model.", status=status
        )
    if (
        isinstance(error, openai.APIStatusError)
        and error.status_code not in (408, 409, 425, 429)
        and error.status_code < 500
    ):
        return _refused(error)
    if isinstance(error, openai.APIStatusError):
        seconds = _retry_after_seconds(error)
        wait = f" and asks to wait for {seconds:g} s" if seconds else ""
        return ModelUnavailable(
            f"The model server answers {status}{wait}.",
            hint="It is busy: ask again later." if status == _TOO_MANY else None,
            status=status,
            retry_after_seconds=seconds,
        )
    if started:
        return ModelCutOff("The stream ended before the reply did.", server_message=error.message)
    return ModelUnavailable("The model server cannot be reached.", server_message=error.message)


def _refused(error: "openai.APIStatusError") -> ReaderError:
    return ConfigurationError(
        f"The model server refuses the request ({error.status_code}): {error.message[:300]}",
        hint="Check the model's name, the API key and the server's version.",
        status=error.status_code,
    )


def _retry_after_seconds(error: "openai.APIStatusError") -> float | None:
    """Return the wait that the server asks for; a date in place of seconds is left to the back-off."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None
