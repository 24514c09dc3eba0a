import json

import pytest
from longreader.agents.errors import ModelUnavailable, ReplyMalformed, ReplyTooLong
from longreader.agents.llm import Expected, Message, ScriptedModel, ask_structured
from pydantic import BaseModel, Field

GOOD = {"name": "Elbe", "miles": 724}
MESSAGES = [Message("system", "Answer."), Message("user", "How long is the Elbe?")]


class River(BaseModel):
    name: str
    miles: int = Field(ge=1)


async def ask(model: ScriptedModel, max_tokens: int = 100) -> River:
    return await ask_structured(
        model, MESSAGES, River, max_tokens=max_tokens, purpose="river", document_ids=frozenset({"d1"})
    )


async def test_returns_an_instance():
    with ScriptedModel([Expected(GOOD, purpose="river")]) as model:
        assert await ask(model) == River(name="Elbe", miles=724)
    (request,) = model.requests
    assert request.schema is not None
    assert request.schema["required"] == ["name", "miles"]
    assert (request.purpose, request.document_ids, request.max_tokens) == ("river", frozenset({"d1"}), 100)


@pytest.mark.parametrize("fence", ["```json\n%s\n```", "```\n%s```", "  \n```JSON\r\n%s\n```\n"])
async def test_takes_a_fence_off(fence):
    with ScriptedModel([Expected(fence % json.dumps(GOOD))]) as model:
        assert await ask(model) == River(**GOOD)


BAD = ["I think 724.", "", "null", "{", '{"name": "Elbe"}', '{"name": "Elbe", "miles": 0}', "[1]", 'Sure: {"miles": 1}']


@pytest.mark.parametrize("bad", BAD)
async def test_one_repair_turn_tells_what_was_wrong(bad):
    with ScriptedModel([Expected(bad), Expected(GOOD)]) as model:
        assert await ask(model) == River(**GOOD)
    first, second = model.requests
    assert second.messages[:2] == first.messages
    assert second.messages[2] == Message("assistant", bad)
    assert "not valid" in second.messages[3].content
    assert second.schema == first.schema
    assert second.document_ids == first.document_ids
    assert (first.is_repair, second.is_repair) == (False, True)


@pytest.mark.parametrize("bad", BAD)
async def test_not_more_than_one(bad):
    with ScriptedModel([Expected(bad), Expected(bad)]) as model, pytest.raises(ReplyMalformed) as caught:
        await ask(model)
    assert caught.value.fields == {"purpose": "river", "reply": bad}


async def test_no_repair_turn_that_does_not_fit():
    with ScriptedModel([Expected("I think 724. " * 10)], window_tokens=120) as model, pytest.raises(ReplyMalformed):
        await ask(model)


async def test_a_cut_reply_is_never_parsed():
    with ScriptedModel([Expected(GOOD, finish_reason="length")]) as model, pytest.raises(ReplyTooLong) as caught:
        await ask(model)
    assert caught.value.fields["max_tokens"] == 100


async def test_a_cut_repair_is_an_error_too():
    with ScriptedModel([Expected("no"), Expected(GOOD, finish_reason="length")]) as model, pytest.raises(ReplyTooLong):
        await ask(model)
    assert len(model.requests) == 2


async def test_other_errors_pass():
    with ScriptedModel([Expected(ModelUnavailable("down"))]) as model, pytest.raises(ModelUnavailable):
        await ask(model)
