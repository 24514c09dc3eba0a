"""OpenAI's wire: a collection is a model, its answers are chat completions, its citations are annotations."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.routing import APIRoute

from ....agents.answer import Answer
from ....agents.chat import Turn
from ....agents.delta import AnswerDelta
from ....agents.trace import ReadingStep
from ...async_reader import AsyncReader
from ...naming import DEFAULT_COLLECTION
from .. import problems
from ..events import described, event_stream
from ..openai_wire import (
    Choice,
    ChunkChoice,
    Completion,
    CompletionChunk,
    CompletionRequest,
    Delta,
    FailureResponse,
    Model,
    ModelList,
    Reply,
    annotations_of,
    content_of,
    usage_of,
)
from ..questions import OneQuestion, Question, until_answered
from ..tenant import TenantReader

_EVENTS = """\
data: {"id":"chatcmpl-q5f0c1d2e3a4b","object":"chat.completion.chunk","created":1766000000,"model":"default",\
"choices":[{"index":0,"delta":{"content":"The yearly fee is twelve crowns."}}]}

data: [DONE]
"""
_KEPT_HEADERS = ("retry-after", "www-authenticate")


class OpenAIRoute(APIRoute):
    """A route whose errors have OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what serves a request."""
        serve = super().get_route_handler()

        async def served(request: Request) -> Response:
            try:
                return await serve(request)
            except Exception as error:  # noqa: BLE001 (told as a problem would be, only in another form)
                response = await problems.respond(request, error)
            problem = problems.Problem.model_validate_json(bytes(response.body))
            headers = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
            body = FailureResponse.of(problem).model_dump_json()
            return Response(body, problem.status, headers, "application/json")

        return served


router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute)


def _failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": FailureResponse, "description": "An error in OpenAI's form"} for status in statuses}


@router.get("/models", responses=_failures(401, 429, 503), summary="List models: the collections")
async def list_models(reader: TenantReader) -> ModelList:
    """List the collections as models."""
    return ModelList(data=[Model(id=name) for name in await _names(reader)])


@router.get("/models/{model}", responses=_failures(401, 404, 422, 429, 503), summary="Get a model: a collection")
async def get_model(model: Annotated[str, Path(max_length=200, examples=["default"])], reader: TenantReader) -> Model:
    """Return a collection as a model."""
    return Model(id=(await asyncio.to_thread(reader.collection, model)).name)


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={
        200: {"content": described(_EVENTS)},
        **_failures(401, 404, 409, 422, 429, 502, 503),
    },
    summary="Answer a chat",
)
async def complete(
    body: CompletionRequest, request: Request, reader: TenantReader, question: OneQuestion
) -> Completion | Response:
    """Answer the last message from the documents of the collection that `model` names.

    Earlier messages let a follow-up lean on them. Citations are annotations; with `stream`, reading steps come as
    `reasoning_content` and the citations with the last piece.
    """
    await asyncio.to_thread(reader.collection, body.model)
    turns: tuple[Turn, ...] = ()
    if len(body.messages) > 1:
        documents = await asyncio.to_thread(reader.documents, body.model)
        turns = body.turns(frozenset(document.document_id for document in documents if document.status == "ready"))
    await question.start(reader.stream(body.question(), collection=body.model, mode=body.mode, turns=turns))
    root = str(request.base_url).rstrip("/")
    if body.stream:
        return event_stream(_chunks(body, question, request, root), {"Question-Id": question.question_id})
    answer = await until_answered(question.events(), question, request)
    message = Reply(content=content_of(answer), annotations=annotations_of(answer, root, body.model))
    return Completion(
        id=f"chatcmpl-{question.question_id}",
        created=int(time.time()),
        model=body.model,
        choices=[Choice(message=message)],
        usage=usage_of(answer),
        status=answer.status,
        trace_id=answer.trace_id,
    )


async def _names(reader: AsyncReader) -> list[str]:
    names = [info.name for info in await asyncio.to_thread(reader.collections)]
    return names if DEFAULT_COLLECTION in names else [DEFAULT_COLLECTION, *names]


async def _chunks(
    body: CompletionRequest, question: Question[Any], request: Request, root: str
) -> AsyncGenerator[bytes, None]:
    created, said = int(time.time()), ""

    def chunk(*choices: ChunkChoice, answer: Answer | None = None) -> bytes:
        made = CompletionChunk(
            id=f"chatcmpl-{question.question_id}",
            created=created,
            model=body.model,
            choices=list(choices),
            usage=usage_of(answer) if answer else None,
        )
        return f"data: {made.model_dump_json(exclude_none=True)}\n\n".encode()

    def delta(**fields: Any) -> bytes:
        return chunk(ChunkChoice(delta=Delta(**fields)))

    yield delta(role="assistant", content="")
    try:
        async with aclosing(question.events()) as events:
            async for event in events:
                match event:
                    case ReadingStep():
                        yield delta(reasoning_content=f"{event.kind}: {event.summary}\n")
                    case AnswerDelta() if event.start == len(said):
                        said += event.text
                        yield delta(content=event.text)
                    case Answer():
                        yield delta(content=_rest(content_of(event), said))
                        annotations = annotations_of(event, root, body.model)
                        yield chunk(ChunkChoice(delta=Delta(annotations=annotations), finish_reason="stop"))
                        if body.stream_options and body.stream_options.include_usage:
                            yield chunk(answer=event)
                    case _:
                        pass
        yield b"data: [DONE]\n\n"
    except Exception as error:  # noqa: BLE001 (the status is sent: any error can only be told in the stream)
        problem = problems.told(error, problems.place_of(request))
        yield f"data: {FailureResponse.of(problem).model_dump_json()}\n\n".encode()


def _rest(text: str, said: str) -> str:
    """Return what is still to be said. What was said cannot be taken back here: where the answer came out otherwise,
    it follows as a whole."""
    return text.removeprefix(said) if text.startswith(said) else f"\n\n{text}"
