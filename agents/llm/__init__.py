"""The model client: one contract, one stack for every server, structured replies, and a scripted double."""

from .cached import CachedModel
from .dialect import Server, discover
from .limited import BackgroundModel, LimitedModel
from .metered import Budget, Call, MeteredModel, Usage
from .model import ChatModel, Message, ModelReply, ModelRequest, Role, TokenCounter
from .prefix_cache import PrefixCache, prefix_cache
from .replies import Replies
from .reply_cache import ReplyCache
from .retrying import RetryingModel
from .schema import reply_schema
from .scripted import Expected, ScriptedCounter, ScriptedModel, UnplannedRequest, UnusedReply
from .server_counter import EstimatingCounter, ServerCounter, counter_for
from .shared_replies import SharedReplies
from .stack import build_stack
from .structured import ask_structured, fields_so_far
from .transport import OpenAITransport

__all__ = [
    "BackgroundModel",
    "Budget",
    "CachedModel",
    "Call",
    "ChatModel",
    "EstimatingCounter",
    "Expected",
    "LimitedModel",
    "Message",
    "MeteredModel",
    "ModelReply",
    "ModelRequest",
    "OpenAITransport",
    "PrefixCache",
    "Replies",
    "ReplyCache",
    "RetryingModel",
    "Role",
    "ScriptedCounter",
    "ScriptedModel",
    "Server",
    "ServerCounter",
    "SharedReplies",
    "TokenCounter",
    "UnplannedRequest",
    "UnusedReply",
    "Usage",
    "ask_structured",
    "build_stack",
    "counter_for",
    "discover",
    "fields_so_far",
    "prefix_cache",
    "reply_schema",
]
