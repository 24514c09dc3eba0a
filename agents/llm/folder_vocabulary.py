"""Exact token counts from a Hugging Face model folder: its tokenizer and its chat template, without its weights.

Owns the ``TokenCounter`` of a vLLM server that longreader starts itself: documents are cut without waiting for it.
"""

from pathlib import Path
from typing import Any, cast

from ...graph_store.errors import ConfigurationError
from .model import Message


class FolderVocabulary:
    """Counts tokens as vLLM does for one model folder. Safe to call from many threads at once."""

    def __init__(self, folder: Path) -> None:
        """Load the tokenizer.

        Raises:
            ConfigurationError: the folder has no fast tokenizer, or no chat template.
        """
        # Two seconds to import, and a server at a URL counts by itself.
        from transformers import PreTrainedTokenizerFast

        try:
            # The class that takes tokenizer.json as it is: a model's own class makes another from parts of it.
            loaded: Any = PreTrainedTokenizerFast.from_pretrained(str(folder), local_files_only=True)
            # Not the tokenizer around it, which changes its state with every call.
            self._tokenizer = loaded.backend_tokenizer
        except (OSError, ValueError, AttributeError) as error:
            raise ConfigurationError(
                f"{folder} has no tokenizer that can be loaded.", hint="Give a complete model folder of the hub."
            ) from error
        if not loaded.chat_template:
            raise ConfigurationError(
                f"{folder} has no chat template: it is not a model that follows instructions.",
                hint="Choose its “instruct” or “chat” version.",
            )
        self._loaded = loaded

    def count_text(self, text: str) -> int:
        """Return the number of tokens of ``text`` alone."""
        return self._count(text)

    def count_messages(self, messages: tuple[Message, ...]) -> int:
        """Return the number of prompt tokens, chat template and generation prompt included: what the server reports."""
        plain = [{"role": message.role, "content": message.content} for message in messages]
        rendered = self._loaded.apply_chat_template(
            plain, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
        return self._count(cast(str, rendered))

    def _count(self, text: str) -> int:
        # A lone surrogate, which a damaged file may bring along, is no text for the tokenizer.
        sound = text.encode("utf-8", errors="replace").decode()
        return len(self._tokenizer.encode(sound, add_special_tokens=False).ids)
