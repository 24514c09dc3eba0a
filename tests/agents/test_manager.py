from longreader.agents.answer import Status
from longreader.agents.llm import Expected, ScriptedModel


def answering(answer: str) -> ScriptedModel:
    """A model that is asked for answers only, and gives this one."""
    return ScriptedModel([Expected({"answer": answer}, purpose="answer", times=None)])


async def test_what_one_sentence_tells_is_read_again_alone_where_nothing_was_found(ask_town):
    def script(request):
        passages = request.messages[-1].content.count("\n[")
        return {"answer": "not in the document" if passages > 1 else "Greta Holm"}

    model = ScriptedModel(script)
    trace = await ask_town(model, "Who kept the harbour's books for thirty years?")
    assert (trace.answer.status, trace.answer.text, len(model.requests)) == (Status.ANSWERED, "Greta Holm", 2)


async def test_where_no_sentence_tells_it_nothing_is_read_again(ask_town):
    model = answering("not in the document")
    trace = await ask_town(model, "Who fed the whales at the southern lighthouse?")
    assert (trace.answer.status, len(model.requests)) == (Status.NOT_IN_DOCUMENT, 1)


async def test_an_answer_without_evidence_is_only_partly_answered(ask_town):
    trace = await ask_town(answering("Paris"), "What is the capital?", mode="retrieve")
    assert (trace.answer.status, trace.answer.confidence) == (Status.PARTLY_ANSWERED, 0.0)


async def test_an_answer_from_a_sentence_on_something_else_is_none(ask_town):
    model = answering("thirty years")
    trace = await ask_town(model, "How long did the plague rage among the weavers?")
    assert (trace.answer.status, trace.answer.citations) == (Status.NOT_IN_DOCUMENT, ())
    [told] = [step.summary for step in trace.steps if step.kind == "fallback"]
    assert "thirty years" in told
    kept = await ask_town(model, "How long did Greta Holm keep the books?")
    assert (kept.answer.status, kept.answer.text) == (Status.ANSWERED, "thirty years")


async def test_an_unusable_answer_is_asked_again_with_fewer_passages(ask_town):
    scripts = [
        Expected({"thought": "x", "answer": "y"}, purpose="answer", finish_reason="length"),
        Expected({"thought": "", "answer": "1874"}, purpose="answer"),
    ]
    with ScriptedModel(scripts) as model:
        trace = await ask_town(model, "When was the harbour built?", mode="retrieve")
    first, second = (request.messages[-1].content.count("\n[") for request in model.requests)
    assert second < first
    assert trace.answer.text == "1874"
