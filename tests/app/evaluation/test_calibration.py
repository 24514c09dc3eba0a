import pytest
from longreader.agents.errors import ModelUnavailable, ReplyMalformed
from longreader.agents.llm import ModelRequest, ScriptedModel
from longreader.agents.settings import ReadingSettings
from longreader.app.evaluation.calibration import Calibration, Haystack, Limit, Place, Trial, calibrate
from longreader.app.evaluation.needle import Needle
from longreader.graph_store.collection import Collection

# A passage of forty words of one token each, and the needle's: forty-nine tokens with the item's number.
OTHERS = tuple(f"{number} {'tar ' * 40}" for number in range(200))
NEEDLES = [Needle(f"What is the number of kiln {i}?", (str(i),), f"Kiln number: {i}.", OTHERS) for i in range(10, 22)]


def reader(attention_tokens: float, window_tokens: int = 8_192) -> ScriptedModel:
    """Return a model that sees a needle only where it stands within so many tokens before the question."""

    def reply(request: ModelRequest) -> dict[str, str]:
        passages, question = request.messages[-1].content.rsplit("Question:", 1)
        kiln = question.split("kiln ")[1].split("?")[0]
        after = passages.partition(f"Kiln number: {kiln}.")[2]
        seen = len(after.split()) <= attention_tokens
        return {"thought": "", "answer": kiln if seen else "not in the document"}

    return ScriptedModel(reply, window_tokens=window_tokens)


async def calibrated(
    collection: Collection, model: ScriptedModel, needles: list[Needle] = NEEDLES
) -> tuple[list[Trial], Calibration]:
    haystack = Haystack(collection, model, ReadingSettings())
    *trials, result = [event async for event in calibrate(haystack, needles, 50.0)]
    assert isinstance(result, Calibration)
    assert list(result.trials) == trials
    return list(result.trials), result


async def test_growth_ends_where_the_model_loses_answers(collection: Collection):
    trials, result = await calibrated(collection, reader(attention_tokens=1_000))
    assert [trial.evidence_tokens for trial in trials] == [400, 800, 1_600]
    assert trials[1].found == {Place.BEGIN: 1.0, Place.MIDDLE: 1.0, Place.END: 1.0}
    assert trials[2].found == {Place.BEGIN: 0.0, Place.MIDDLE: 1.0, Place.END: 1.0}
    assert (result.usable_tokens, result.limit, result.needle_count) == (800, Limit.MODEL, 4)
    assert result.places == {Place.BEGIN: pytest.approx(2 / 3), Place.MIDDLE: 1.0, Place.END: 1.0}


async def test_growth_ends_at_the_window(collection: Collection):
    model = reader(attention_tokens=100_000, window_tokens=3_000)
    trials, result = await calibrated(collection, model)
    assert result.limit is Limit.WINDOW
    assert result.usable_tokens == trials[-1].evidence_tokens < 3_000
    prompts = [model.counter.count_messages(request.messages) + request.max_tokens for request in model.requests]
    assert result.usable_tokens < max(prompts) <= 3_000


async def test_growth_ends_with_the_documents(collection: Collection):
    few = [Needle(n.question, n.answers, n.passage, OTHERS[:20]) for n in NEEDLES]
    _, result = await calibrated(collection, reader(attention_tokens=100_000), few)
    assert (result.usable_tokens, result.limit) == (800, Limit.DOCUMENTS)


async def test_needles_that_are_not_found_alone_do_not_count(collection: Collection):
    hard = [Needle("What is the number of kiln 5?", ("six",), "Kiln number: 5.", OTHERS)] * 3
    _, result = await calibrated(collection, reader(attention_tokens=500), [*hard, NEEDLES[0]])
    assert (result.needle_count, result.usable_tokens) == (1, 400)
    trials, result = await calibrated(collection, reader(attention_tokens=500), hard)
    assert (trials, result.needle_count, result.usable_tokens, result.places) == ([], 0, 0, {})


async def test_a_reply_that_is_no_use_is_a_needle_not_found(collection: Collection):
    def reply(request: ModelRequest) -> dict[str, str]:
        if len(request.messages[-1].content) > 2_000:
            raise ReplyMalformed("no JSON")
        return {"thought": "", "answer": request.messages[-1].content.rsplit("kiln ", 1)[1].split("?")[0]}

    trials, result = await calibrated(collection, ScriptedModel(reply))
    assert result.usable_tokens == 400
    assert trials[-1].share == 0.0


async def test_a_server_that_is_gone_ends_it(collection: Collection):
    def gone(request: ModelRequest) -> str:
        raise ModelUnavailable("gone")

    with pytest.raises(ModelUnavailable):
        await calibrated(collection, ScriptedModel(gone))


async def test_what_is_asked_is_forgotten_with_the_documents(collection: Collection):
    model = reader(attention_tokens=300)
    await calibrated(collection, model)
    (info,) = collection.documents()
    assert {request.document_ids for request in model.requests} == {frozenset({info.document_id})}
