"""Puts the layers of the model client in their order. The meter is added per question, on top."""

from .cached import CachedModel
from .limited import LimitedModel
from .model import ChatModel
from .replies import Replies
from .retrying import RetryingModel


def build_stack(transport: ChatModel, cache: Replies | None, slots: int) -> ChatModel:
    """Return cached → retrying → limited → transport. A call that waits before its next try holds no slot."""
    retrying = RetryingModel(LimitedModel(transport, slots))
    return retrying if cache is None else CachedModel(retrying, cache)
