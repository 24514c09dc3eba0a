import pytest
from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import Expected, Message, ScriptedCounter, ScriptedModel, UnplannedRequest, UnusedReply
from pydantic import BaseModel


class Reply(BaseModel):
    n: int


async def test_replies_by_purpose_and_content(request_for):
    script = [
        Expected("walk", purpose="walk"),
        Expected("river", contains="river"),
        Expected("long", contains=lambda request: request.max_tokens == 99),
        Expected({"n": 1}),
        Expected(Reply(n=2)),
    ]
    with ScriptedModel(script) as model:
        texts = [
            (await model.complete(request)).text
            for request in (
                request_for("the river"),
                request_for("x", 99),
                request_for("the river", purpose="walk"),
                request_for("y"),
                request_for("z"),
            )
        ]
    assert texts == ["river", "long", "walk", '{"n": 1}', '{"n":2}']
    assert [request.messages[-1].content for request in model.requests] == ["the river", "x", "the river", "y", "z"]


async def test_fails_on_an_unplanned_request(request_for):
    model = ScriptedModel([Expected("walk", purpose="walk")])
    with pytest.raises(UnplannedRequest, match="plan"):
        await model.complete(request_for(purpose="plan"))


async def test_fails_on_an_unused_reply(request_for):
    model = ScriptedModel([Expected("a"), Expected("b"), Expected("c", times=None)])
    await model.complete(request_for())
    with pytest.raises(UnusedReply, match="1 replies"):
        model.assert_done()
    await model.complete(request_for())
    model.assert_done()
    assert [(await model.complete(request_for())).text for _ in range(2)] == ["c", "c"]


async def test_an_error_in_the_block_is_not_hidden_by_unused_replies():
    with pytest.raises(ZeroDivisionError), ScriptedModel([Expected("a")]):
        raise ZeroDivisionError


async def test_raises_what_is_planned(request_for):
    model = ScriptedModel([Expected(ModelUnavailable("down")), Expected("up")])
    with pytest.raises(ModelUnavailable):
        await model.complete(request_for())
    assert (await model.complete(request_for())).text == "up"


async def test_a_function_can_be_the_script(request_for):
    model = ScriptedModel(lambda request: {"n": len(request.messages)})
    assert (await model.complete(request_for())).text == '{"n": 2}'
    model.assert_done()


async def test_cuts_like_a_server(request_for):
    model = ScriptedModel(lambda _: "one two three four")
    reply = await model.complete(request_for(max_tokens=3))
    assert reply.finish_reason == "length"
    assert reply.completion_tokens <= 3
    assert "one two three four".startswith(reply.text)


def test_counts():
    counter = ScriptedCounter()
    assert counter.count_text("") == 0
    assert counter.count_text("four letters") == 1 + 2
    assert counter.count_messages((Message("user", "four"), Message("user", ""))) == 1 + 4 + 4
