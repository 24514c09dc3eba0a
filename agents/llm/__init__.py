"""The model client: one contract, one stack for every server, structured replies, and a scripted double."""

from .dialect import Server, discover
from .metered import Budget, Call, MeteredModel, Usage
from .model import ChatModel, Message, ModelReply, ModelRequest, TokenCounter
from .schema import reply_schema
from .scripted import Expected, ScriptedCounter, ScriptedModel, UnplannedRequest, UnusedReply
from .structured import ask_structured
from .transport import OpenAITransport

__all__ = [
    "Budget",
    "Call",
    "ChatModel",
    "Expected",
    "Message",
    "MeteredModel",
    "ModelReply",
    "ModelRequest",
    "OpenAITransport",
    "ScriptedCounter",
    "ScriptedModel",
    "Server",
    "TokenCounter",
    "UnplannedRequest",
    "UnusedReply",
    "Usage",
    "ask_structured",
    "discover",
    "reply_schema",
]
