"""Exact token counts from a GGUF file: its vocabulary and its chat template, without its weights.

Owns the ``TokenCounter`` of models that run here. The weights stay on the disk: loading takes well under a second,
and no request to the server is needed to know what a prompt will weigh.
"""

import logging
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...graph_store.errors import ConfigurationError
from .model import Message

if TYPE_CHECKING:
    from llama_cpp.llama_types import ChatCompletionRequestMessage  # pyright: ignore[reportMissingImports]


class GgufVocabulary:
    """Counts tokens as llama.cpp does for one GGUF file. Safe to call from many threads at once."""

    def __init__(self, path: Path) -> None:
        """Load the vocabulary.

        Raises:
            ConfigurationError: llama-cpp-python is missing, the file is no model, or it has no chat template.
        """
        try:
            import llama_cpp  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ConfigurationError(
                "llama-cpp-python is not installed.", hint='Install it with `pip install "longreader[cpu]"`.'
            ) from error
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # pyright: ignore[reportMissingImports]

        logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL + 1)  # else it prints to stderr
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        llama_cpp.llama_backend_init()
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters) if path.is_file() else None
        if model is None:
            raise ConfigurationError(
                f"{path} cannot be loaded as a model.", hint="Give a complete GGUF file; see `longreader model pull`."
            )
        weakref.finalize(self, llama_cpp.llama_model_free, model)
        vocabulary = llama_cpp.llama_model_get_vocab(model)
        template = llama_cpp.llama_model_chat_template(model, None)
        if vocabulary is None or template is None:
            raise ConfigurationError(
                f"{path} has no chat template: it is not a model that follows instructions.",
                hint="Choose its “instruct” or “chat” version.",
            )

        def text_of(token: object) -> str:
            number = cast(int, token)
            return llama_cpp.llama_vocab_get_text(vocabulary, number).decode() if number >= 0 else ""

        # The very formatter of llama-cpp-python's server, so that the two cannot drift apart.
        self._render = Jinja2ChatFormatter(
            template=template.decode(),
            eos_token=text_of(llama_cpp.llama_vocab_eos(vocabulary)),
            bos_token=text_of(llama_cpp.llama_vocab_bos(vocabulary)),
        )
        self._vocabulary = vocabulary
        self._tokenize = llama_cpp.llama_tokenize
        self._no_room = (llama_cpp.llama_token * 0)()

    def count_text(self, text: str) -> int:
        """Return the number of tokens of ``text`` alone. What looks like a control token in it counts as text."""
        return self._count(text, control_tokens=False)

    def count_messages(self, messages: tuple[Message, ...]) -> int:
        """Return the number of prompt tokens, chat template and generation prompt included: what the server reports."""
        plain = [{"role": message.role, "content": message.content} for message in messages]
        rendered = self._render(messages=cast("list[ChatCompletionRequestMessage]", plain))
        return self._count(rendered.prompt, control_tokens=True)

    def _count(self, text: str, *, control_tokens: bool) -> int:
        encoded = text.encode("utf-8", errors="replace")
        # With no room for the tokens, llama.cpp answers with their negated number.
        return -self._tokenize(self._vocabulary, encoded, len(encoded), self._no_room, 0, False, control_tokens)
