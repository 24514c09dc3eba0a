"""The forms of OpenAI's wire, as far as they mean something here: what comes in, what goes out."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from ...agents.answer import Answer, Citation
from ...agents.chat import Turn
from ...agents.mode import Mode
from .problems import InvalidRequest

QUESTION_CHARS = 20_000
MESSAGE_COUNT = 200


class Part(BaseModel):
    """A part of a message. Only text is read."""

    type: str = Field(examples=["text"])
    text: str = ""


class ChatMessage(BaseModel):
    """A message. Those of the system, of tools and of developers are passed over: answers come from the documents."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def said(self) -> str:
        """Return the message's text.

        Raises:
            InvalidRequest: it holds something else, as a picture.
        """
        if self.content is None or isinstance(self.content, str):
            # What is no text, as half a surrogate pair, could not be sent on.
            return (self.content or "").encode("utf-8", "replace").decode()
        if other := [part.type for part in self.content if part.type != "text"]:
            raise InvalidRequest(f"Messages hold text here, not {other[0]}.")
        return "".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    """How a stream ends."""

    include_usage: bool = False


class CompletionRequest(BaseModel):
    """A chat to be answered. Sampling and other fields of OpenAI's are taken and have no effect."""

    model: str = Field(max_length=200, description="The name of a collection.", examples=["default"])
    messages: list[ChatMessage] = Field(min_length=1, max_length=MESSAGE_COUNT)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    mode: Mode | None = Field(default=None, description="How to read (not of OpenAI's).")

    def question(self) -> str:
        """Return the last message's text.

        Raises:
            InvalidRequest: it is not the user's, or too long.
        """
        last = self.messages[-1]
        if last.role != "user":
            raise InvalidRequest("The last message has to be the user's.")
        question = last.said()
        if len(question) > QUESTION_CHARS:
            raise InvalidRequest(f"The question has {len(question)} characters; at most {QUESTION_CHARS} are read.")
        return question

    def turns(self, document_ids: frozenset[str]) -> tuple[Turn, ...]:
        """Return the earlier questions with their answers.

        Args:
            document_ids: the collection's: what the answers were taken from is not known.
        """
        turns: list[Turn] = []
        asked: list[str] = []
        for message in self.messages[:-1]:
            if message.role == "user":
                asked.append(message.said())
            elif message.role == "assistant" and asked:
                question = "\n".join(asked)
                turns.append(Turn(question, question, message.said(), document_ids))
                asked = []
        return tuple(turns)


class UrlCitation(BaseModel):
    """A citation. ``start_index`` and ``end_index`` are the part of the reply that it stands for: all of it."""

    start_index: int
    end_index: int
    title: str
    url: str = Field(description="Where the quote's text is served.")
    document_id: str
    page: int
    quote: str = Field(description="Word for word as it stands in the document.")


class Annotation(BaseModel):
    """A citation beside the reply."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Reply(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation] = []


class Choice(BaseModel):
    """The one choice."""

    index: int = 0
    message: Reply
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class CompletionUsage(BaseModel):
    """The tokens of all model calls of the question together."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """The answer. ``status`` and ``trace_id`` are not of OpenAI's."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage
    status: str = Field(examples=["answered"])
    trace_id: str


class Delta(BaseModel):
    """What a piece of the stream adds. ``reasoning_content`` tells reading steps to clients that show thoughts."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    reasoning_content: str | None = None
    annotations: list[Annotation] | None = None


class ChunkChoice(BaseModel):
    """The one choice of a piece."""

    index: int = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class CompletionChunk(BaseModel):
    """A piece of the stream."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: CompletionUsage | None = None


class Model(BaseModel):
    """A collection, as a model that answers from its documents."""

    id: str = Field(examples=["default"])
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "longreader"


class ModelList(BaseModel):
    """All collections."""

    object: Literal["list"] = "list"
    data: list[Model]


class Failure(BaseModel):
    """What went wrong."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = None
    code: str | None = Field(examples=["not_found"])


class FailureResponse(BaseModel):
    """An error in OpenAI's form."""

    error: Failure

    @classmethod
    def of(cls, problem: Any) -> "FailureResponse":
        """Return a problem in OpenAI's form."""
        kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
        kind = kinds.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request_error")
        place = problem.faults[0].place.removeprefix("body.") if problem.faults else None
        message = f"{problem.detail.rstrip('.')}. {problem.hint}".strip()
        return cls(error=Failure(message=message, type=kind, param=place, code=problem.type))


def content_of(answer: Answer) -> str:
    """Return what is said: the answer, or where there is none, why."""
    return answer.text or "The budget ended before anything was found."


def usage_of(answer: Answer) -> CompletionUsage:
    """Return what the answer cost."""
    read, wrote = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return CompletionUsage(prompt_tokens=read, completion_tokens=wrote, total_tokens=read + wrote)


def annotations_of(answer: Answer, root: str, collection: str) -> list[Annotation]:
    """Return the answer's citations. ``root`` is the service's address, without a slash at its end."""
    length = len(content_of(answer))
    return [Annotation(url_citation=_citation(citation, length, root, collection)) for citation in answer.citations]


def _citation(citation: Citation, length: int, root: str, collection: str) -> UrlCitation:
    place = f"{collection}/documents/{citation.document_id}/text?start={citation.start}&end={citation.end}"
    return UrlCitation(
        start_index=0,
        end_index=length,
        title=citation.title,
        url=f"{root}/v1/collections/{place}",
        document_id=citation.document_id,
        page=citation.page,
        quote=citation.quote,
    )
