"""Counts tokens where the server does it itself, and estimates them where it does not.

The exact counts from a GGUF's own vocabulary are vocabulary.py's; they are taken for texts where a server of this
machine serves that very file: a document has thousands of blocks, and a busy server answers each request late.
"""

import logging
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel

from ...graph_store.errors import ConfigurationError
from ..errors import ModelUnavailable
from .dialect import Server, is_loopback
from .model import Message, TokenCounter
from .vocabulary import GgufVocabulary

log = logging.getLogger(__name__)

T = TypeVar("T", bound=BaseModel)

REMEMBERED_COUNT = 512
COUNT_SECONDS = 30.0
TOKEN_BYTES = 3
MESSAGE_TOKENS = 10
SAMPLE = "In 1907 the naïve <|im_start|> committee, 東京 – 3,141.59 m² …\n\n\t| a | b |\n\ndef f(x):\n    return x"
"""What two vocabularies hardly count alike by chance."""


def counter_for(server: Server, api_key: str | None = None) -> TokenCounter:
    """Return the most exact counter for a server: its own end point, else an estimate. Blocks.

    Texts are counted here where the server's file is on this machine.
    """
    if not server.counts_tokens:
        return EstimatingCounter()
    counter = ServerCounter(server, api_key)
    here = _vocabulary_of(server, counter)
    return NearbyCounter(here, counter) if here else counter


def _vocabulary_of(server: Server, counter: "ServerCounter") -> GgufVocabulary | None:
    """Return the vocabulary of the server's file, if it can be read here and counts as the server does."""
    if server.weights is None:
        return None
    try:
        vocabulary = GgufVocabulary(server.weights)
        return vocabulary if vocabulary.count_text(SAMPLE) == counter.count_text(SAMPLE) else None
    except (ConfigurationError, ModelUnavailable) as error:
        log.info("Texts are counted by the model server: %s", error)
        return None


class EstimatingCounter:
    """Guesses from the length, on the high side: three UTF-8 bytes a token, ten tokens more for each message.

    English runs at four to five bytes a token. Text of many digits or symbols can hold more tokens than this says: then
    the server refuses the prompt, which is a `WindowExceeded` too.
    """

    def count_text(self, text: str) -> int:
        """Return about the number of tokens of ``text``."""
        return -(-len(text.encode("utf-8")) // TOKEN_BYTES)

    def count_messages(self, messages: tuple[Message, ...]) -> int:
        """Return about the number of prompt tokens of the messages."""
        return sum(self.count_text(message.content) + MESSAGE_TOKENS for message in messages)


class NearbyCounter:
    """Counts texts with the vocabulary of the file that a server of this machine serves, and lets the server count
    prompts, whose template may be another than the file's.

    Raises:
        ModelUnavailable: the server did not count a prompt.
    """

    def __init__(self, vocabulary: TokenCounter, server: TokenCounter) -> None:
        self.count_text = vocabulary.count_text
        self.count_messages = server.count_messages


class _Count(BaseModel):
    count: int


class _Tokens(BaseModel):
    tokens: list[int]


class _Prompt(BaseModel):
    prompt: str


class ServerCounter:
    """Asks a vLLM server or a llama-server. Blocks: call it from worker threads.

    Raises (both methods):
        ModelUnavailable: the server did not count.
    """

    def __init__(self, server: Server, api_key: str | None = None) -> None:
        import httpx2

        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx2.Client(
            base_url=server.base_url, headers=headers, timeout=COUNT_SECONDS, trust_env=not is_loopback(server.base_url)
        )
        self._server = server
        self.count_text = lru_cache(REMEMBERED_COUNT)(self._count_text)
        self.count_messages = lru_cache(REMEMBERED_COUNT)(self._count_messages)

    def close(self) -> None:
        """Release connections."""
        self._client.close()

    def _count_text(self, text: str) -> int:
        if self._server.kind == "vllm":
            body = {"model": self._server.model, "prompt": text, "add_special_tokens": False}
            return self._post("/tokenize", body, _Count).count
        body = {"content": text, "add_special": False, "parse_special": False}
        return len(self._post("/tokenize", body, _Tokens).tokens)

    def _count_messages(self, messages: tuple[Message, ...]) -> int:
        rendered = {"messages": [{"role": message.role, "content": message.content} for message in messages]}
        if self._server.switches_thinking:
            rendered["chat_template_kwargs"] = self._server.extra_body()["chat_template_kwargs"]
        if self._server.kind == "vllm":
            return self._post("/tokenize", {"model": self._server.model, **rendered}, _Count).count
        prompt = self._post("/apply-template", rendered, _Prompt).prompt
        body = {"content": prompt, "add_special": True, "parse_special": True}
        return len(self._post("/tokenize", body, _Tokens).tokens)

    def _post(self, path: str, body: dict[str, Any], expected: type[T]) -> T:
        import httpx2

        try:
            response = self._client.post(path, json=body)
            response.raise_for_status()
            return expected.model_validate_json(response.content)
        except (httpx2.HTTPError, ValueError) as error:
            raise ModelUnavailable("The model server does not count tokens.", path=path) from error
