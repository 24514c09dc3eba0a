"""The contract of kept replies: found again by a request's key, forgotten with the documents they were made from."""

from collections.abc import Iterable
from typing import Protocol

from .model import ModelReply


class Replies(Protocol):
    """Kept replies. What fails in them is a reply that is not there, never a failed question."""

    def get(self, key: str) -> ModelReply | None:
        """Return the reply to the request with this key, if it is there."""
        ...

    def put(self, key: str, reply: ModelReply, document_ids: Iterable[str]) -> None:
        """Keep a reply, unless one of its documents is gone: a question under way may still hold its words."""
        ...

    def forget(self, *document_ids: str) -> int:
        """Delete every reply that was made from one of the documents, and return how many those were."""
        ...

    def document_ids(self) -> set[str]:
        """Return the documents that kept replies were made from."""
        ...

    def close(self) -> None:
        """Release what was opened."""
        ...
