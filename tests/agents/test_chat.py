import pytest
from longreader.agents.ask import ask
from longreader.agents.chat import TURN_COUNT, Chat, Turn, is_faithful, leans_on_earlier
from longreader.agents.graph import build
from longreader.agents.llm import Expected, ScriptedModel
from longreader.agents.settings import ReadingSettings
from longreader.agents.trace import Trace
from longreader.graph_store.collection import Collection

BUILT = Turn("Who built the harbour of Varn?", "Who built the harbour of Varn?", "Oskar Lind")


async def follow_up(collection: Collection, model: ScriptedModel, question: str, *turns: Turn) -> Trace:
    settings = ReadingSettings(mode="retrieve")
    *_, trace = [event async for event in ask(build(), collection, model, question, settings, turns)]
    assert isinstance(trace, Trace)
    return trace


def rewriting(question: str) -> ScriptedModel:
    answer = {"thought": "", "answer": "Halmstad"}
    return ScriptedModel([Expected({"question": question}, purpose="standalone"), Expected(answer, purpose="answer")])


async def test_a_follow_up_is_read_as_a_question_of_its_own(collection: Collection):
    model = rewriting("Where was Oskar Lind born?")
    trace = await follow_up(collection, model, "Where was he born?", BUILT)
    assert (trace.question, trace.standalone) == ("Where was he born?", "Where was Oskar Lind born?")
    assert trace.steps[0].kind == "rewrite"
    final = model.requests[-1].messages[-1].content
    assert "Question: Where was Oskar Lind born?" in final
    assert "Who built the harbour" not in final.split("Passages:")[-1].split("Question:")[-1]


@pytest.mark.parametrize("rewritten", ["What was Greta Holm's trade?", "Where was Oskar Lind born?"])
async def test_a_rewrite_that_asks_something_else_is_not_used(collection: Collection, rewritten: str):
    model = rewriting(rewritten)
    trace = await follow_up(collection, model, "And where was Signe born in 1870?", BUILT)
    assert trace.standalone == ""
    assert trace.steps[0].kind == "fallback"
    assert "And where was Signe born in 1870?" in model.requests[-1].messages[-1].content


async def test_a_question_that_stands_alone_costs_no_call(collection: Collection):
    model = ScriptedModel([Expected({"thought": "", "answer": "Per Dahl"}, purpose="answer")])
    trace = await follow_up(collection, model, "Who saw the fire of the sail loft?", BUILT)
    assert (trace.standalone, len(model.requests)) == ("", 1)


async def test_turns_of_a_document_that_is_gone_are_left_out(collection: Collection):
    gone = Turn("Who?", "Who?", "Oskar Lind", frozenset({"d-gone"}))
    model = ScriptedModel([Expected({"thought": "", "answer": "Halmstad"}, purpose="answer")])
    await follow_up(collection, model, "Where was he born?", gone)
    assert len(model.requests) == 1


async def test_the_trace_names_the_documents_of_earlier_turns(collection: Collection):
    [document] = collection.documents()
    turn = Turn(BUILT.question, BUILT.standalone, BUILT.answer, frozenset({document.document_id}))
    model = rewriting("Where was Oskar Lind born?")
    trace = await follow_up(collection, model, "Where was he born?", turn)
    assert model.requests[0].document_ids == {document.document_id}
    assert trace.quoted_document_ids == [document.document_id]


@pytest.mark.parametrize(
    "question",
    [
        "Where was he born?",
        "And in 1920?",
        "Why?",
        "What about Greta Holm?",
        "Who was after that?",
        "What did it cost?",
    ],
)
def test_what_leans_on_earlier_turns(question: str):
    assert leans_on_earlier(question)


@pytest.mark.parametrize(
    "question",
    [
        "When was the harbour of Varn built?",
        "Where did Oskar Lind meet his wife?",
        "Who was the man that built the harbour?",
        "What are the dues of a steamer in 1910?",
    ],
)
def test_what_stands_alone(question: str):
    assert not leans_on_earlier(question)


def test_a_faithful_rewrite_keeps_names_and_numbers_and_invents_none():
    said = ["Question: Who built the harbour of Varn?\nAnswer: Oskar Lind"]
    assert is_faithful("What did Oskar Lind earn in 1874?", "What did he earn in 1874?", said)
    assert is_faithful("What was Lind's trade?", "What was Lind's trade?", said)
    assert not is_faithful("What did Oskar Lind earn?", "What did he earn in 1874?", said)
    assert not is_faithful("What did Oskar Holm earn in 1874?", "What did he earn in 1874?", said)


def test_a_chat_forgets_its_oldest_turns():
    chat = Chat()
    for number in range(TURN_COUNT + 2):
        chat.add(Turn(str(number), str(number), ""))
    assert [turn.question for turn in chat.turns] == [str(number) for number in range(2, TURN_COUNT + 2)]
