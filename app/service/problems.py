"""What goes wrong, told as problem+json (RFC 9457): the error tree mapped to statuses, and nothing internal told.

``type`` is the error's ``code``, stable for programs. Errors of the model, the store and the configuration are the
operator's to read in the log; a client is told their kind alone.
"""

import logging
import math
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from ...agents import errors as reading
from ...graph_store import errors as store
from ...graph_store.errors import ReaderError
from ..low_priority import LowPriorityFailed

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


class ServiceError(ReaderError):
    """The request cannot be served as it is."""

    code = "service_error"


class Unauthorized(ServiceError):
    """A key is needed."""

    code = "unauthorized"
    hint = "Send a valid key: `Authorization: Bearer KEY`."


class TooManyRequests(ServiceError):
    """More than the service takes at the moment."""

    code = "too_many_requests"
    retryable = True
    hint = "Send it again after the seconds that Retry-After tells."


class Conflict(ServiceError):
    """What is asked for does not go with the state that things are in."""

    code = "conflict"


class InvalidRequest(ServiceError):
    """The request does not have the form that is documented."""

    code = "invalid_request"
    hint = "The form is in /openapi.json."


class WrongHost(ServiceError):
    """A name that this service does not answer for."""

    code = "wrong_host"
    hint = "Call it by its loopback address; or make a key (`longreader keys add local`), and it answers for any name."


class CrossOrigin(ServiceError):
    """Pages of other sites may not use this service."""

    code = "cross_origin"
    hint = "Call it from a program, or from a page of its own."


class SwitchedOff(ServiceError):
    """This part of the service is switched off."""

    code = "switched_off"
    hint = "Whoever runs the service can switch it on: LONGREADER_SERVICE__FETCH_URLS=true."


class AddressRefused(ServiceError):
    """This address is not fetched."""

    code = "address_refused"
    hint = "Give a public http or https address, or upload the file."


class FetchFailed(ServiceError):
    """The address could not be fetched."""

    code = "fetch_failed"
    retryable = True
    hint = "Check the address, or upload the file."


class QuestionCancelled(ServiceError):
    """The question was stopped before its answer."""

    code = "question_cancelled"
    hint = "Ask again: replies of the model received until then are kept."


class KeyInUse(ServiceError):
    """A request with this Idempotency-Key is under way."""

    code = "key_in_use"
    retryable = True
    hint = "Wait for its response, or send the same request again later."


class KeyReused(ServiceError):
    """This Idempotency-Key came with another request before."""

    code = "key_reused"
    hint = "Give each request a key of its own; the same key only to the same request."


# The nearest class counts.
_STATUSES: dict[type[ReaderError], HTTPStatus] = {
    store.InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    store.UnsupportedInput: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    store.TooLargeInput: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    store.NotFound: HTTPStatus.NOT_FOUND,
    reading.ReadingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    reading.NothingToRead: HTTPStatus.CONFLICT,
    reading.CollectionChanged: HTTPStatus.CONFLICT,
    InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    Conflict: HTTPStatus.CONFLICT,
    WrongHost: HTTPStatus.MISDIRECTED_REQUEST,
    CrossOrigin: HTTPStatus.FORBIDDEN,
    SwitchedOff: HTTPStatus.FORBIDDEN,
    AddressRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    FetchFailed: HTTPStatus.BAD_GATEWAY,
    Unauthorized: HTTPStatus.UNAUTHORIZED,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    QuestionCancelled: HTTPStatus.CONFLICT,
    KeyInUse: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    reading.ModelError: HTTPStatus.BAD_GATEWAY,
    reading.ModelUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    reading.WeightsError: HTTPStatus.SERVICE_UNAVAILABLE,
    LowPriorityFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    store.ConfigurationError: HTTPStatus.SERVICE_UNAVAILABLE,
    store.StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_PUBLIC = (store.InputError, store.NotFound, reading.ReadingError, ServiceError)
_OF_EVERY_ROUTE = (
    InvalidRequest,
    Unauthorized,
    CrossOrigin,
    store.TooLargeInput,
    WrongHost,
    TooManyRequests,
    store.StoreError,
)
_HINTS: dict[type[ReaderError], str] = {
    store.NotFound: "Lists tell what is there: GET /v1/collections, GET /v1/collections/{collection}/documents.",
    reading.NothingToRead: "Upload a document first: POST /v1/collections/{collection}/documents.",
}
# Of what a client is not told: paths, addresses and settings of the machine.
_HINT_OF_HIDDEN = "Whoever runs the service: its log tells more, and `longreader doctor` checks what is set up."


class Fault(BaseModel):
    """One value of the request that does not fit."""

    place: str = Field(description="Where it is, for example `body.question`.", examples=["body.question"])
    reason: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="The kind of problem, stable for programs.", examples=["not_found"])
    title: str = Field(description="The kind in words.", examples=["No such document, chunk, trace or collection"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What happened this time.", examples=["There is no collection “reports”."])
    hint: str = Field(default="", description="What to do next.", examples=["Check the spelling."])
    retryable: bool = Field(default=False, description="Whether the same request may work later.", examples=[False])
    faults: list[Fault] = Field(default_factory=list, description="Which values of the request do not fit.")


def problem_of(error: ReaderError) -> Problem:
    """Return what a client is told of an error."""
    title = _title(type(error))
    public = isinstance(error, _PUBLIC)
    return Problem(
        type=error.code,
        title=title,
        status=status_of(type(error)),
        detail=error.message if public else f"{title}.",
        hint=_HINTS.get(type(error)) or (error.hint if public else type(error).hint or _HINT_OF_HIDDEN),
        retryable=error.retryable,
    )


def told(error: Exception, where: str) -> Problem:
    """Return what a client is told of any error, and log what it is not told.

    Args:
        error: what happened.
        where: method and address, for the log.
    """
    if not isinstance(error, ReaderError):
        log.error("%s", where, exc_info=error)
        title = "A mistake in the service"
        return Problem(type="internal_error", title=title, status=500, detail=f"{title}; its log tells more.")
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("%s: %s: %s", where, error.code, error.message)
    return problem


def place_of(request: Request) -> str:
    """Return a request's method and route, with its parameters' names in place of values: those may be a document's."""
    return f"{request.method} {route_of(request.scope)}"


def route_of(scope: Scope) -> str:
    """Return the path of a request's route, or "unknown" where no route is for its address."""
    return getattr(scope.get("route"), "path", "unknown")


def status_of(kind: type[ReaderError]) -> int:
    """Return the HTTP status of a kind of error."""
    return next((int(_STATUSES[base]) for base in kind.__mro__ if base in _STATUSES), 500)


def documented(*kinds: type[ReaderError]) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route that may end in these errors, and in those that every route may end in."""
    by_status: dict[int | str, list[type[ReaderError]]] = {}
    for kind in (*kinds, *_OF_EVERY_ROUTE):
        by_status.setdefault(status_of(kind), []).append(kind)
    return {status: _response(of_status) for status, of_status in by_status.items()}


def install(app: FastAPI) -> None:
    """Make the application answer every error with a problem."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def respond(request: Request, error: Exception) -> Response:
    """Return the response to any error: a problem."""
    return await next(handler for kind, handler in _HANDLERS.items() if isinstance(error, kind))(request, error)


def _response(kinds: list[type[ReaderError]]) -> dict[str, Any]:
    examples = {kind.code: {"value": problem_of(kind(f"{_title(kind)}.")).model_dump()} for kind in kinds}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": " · ".join(_title(kind) for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


def _title(kind: type[ReaderError]) -> str:
    return (kind.__doc__ or kind.code).partition("\n")[0].rstrip(".")


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    return Response(problem.model_dump_json(), problem.status, headers, MEDIA_TYPE)


async def _on_reader_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReaderError)
    problem = told(error, place_of(request))
    headers: dict[str, str] = {}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retryable and problem.status in (429, 503):
        asked = error.fields.get("retry_after_seconds")
        headers["Retry-After"] = str(max(1, math.ceil(asked)) if isinstance(asked, float) else RETRY_SECONDS)
    return _answer(problem, headers)


async def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(place=".".join(str(part) for part in one["loc"]), reason=one["msg"]) for one in error.errors()]
    refused = InvalidRequest("; ".join(f"{fault.place}: {fault.reason}" for fault in faults))
    return _answer(problem_of(refused).model_copy(update={"faults": faults}))


async def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = error.detail if isinstance(error.detail, str) else status.description
    problem = Problem(type=status.name.lower(), title=status.phrase, status=status, detail=detail)
    return _answer(problem, dict(error.headers or {}))


async def _on_mistake(request: Request, error: Exception) -> Response:
    return _answer(told(error, place_of(request)))


_HANDLERS = {
    ReaderError: _on_reader_error,
    RequestValidationError: _on_invalid,
    HTTPException: _on_http,
    Exception: _on_mistake,
}
