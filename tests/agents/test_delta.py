from longreader.agents.answer import Status
from longreader.agents.ask import ask
from longreader.agents.delta import AnswerDelta, AnswerWatch
from longreader.agents.graph import build
from longreader.agents.llm import Expected, ScriptedModel
from longreader.agents.settings import ReadingSettings

LONG = "The harbour of Varn was built by Oskar Lind in 1874, with room for forty boats."


def told(*texts: str) -> list[AnswerDelta]:
    pieces: list[AnswerDelta] = []
    watch = AnswerWatch(pieces.append)
    for text in texts:
        watch({"thought": "x", "answer": text})
    return pieces


def joined(pieces: list[AnswerDelta]) -> str:
    text = ""
    for piece in pieces:
        text = text[: piece.start] + piece.text
    return text


def test_pieces_add_up_to_the_answer():
    pieces = told(*(LONG[:end] for end in range(len(LONG) + 1)))
    assert len(pieces) > 10
    assert joined(pieces) == LONG
    assert all(piece.text for piece in pieces)


def test_what_may_become_a_refusal_is_held_back():
    assert told("not", "not in the docu", "not in the document") == []
    assert told("The harbour is not mentioned", "The harbour is not mentioned in the text.") == []


def test_a_reply_that_begins_anew_takes_back_what_differs():
    pieces = told(LONG[:40], LONG[:30], LONG[:30] + "nobody but Oskar Lind")
    assert [piece.start for piece in pieces] == [0, 30]
    assert joined(pieces) == LONG[:30] + "nobody but Oskar Lind"


async def test_the_answer_comes_in_pieces_while_it_is_written(collection):
    model = ScriptedModel([Expected({"thought": "", "answer": LONG}, purpose="answer")])
    settings = ReadingSettings(mode="retrieve")
    events = [event async for event in ask(build(), collection, model, "Who built the harbour?", settings)]
    pieces = [event for event in events if isinstance(event, AnswerDelta)]
    assert len(pieces) > 3
    assert joined(pieces) == LONG == events[-1].answer.text
    assert events[-1].answer.status == Status.ANSWERED


async def test_a_repaired_reply_is_told_anew(collection):
    wrong = '{"answer": "The harbour of Varn was built by Per Dahl in 1874", "and": }'
    model = ScriptedModel(
        [Expected(wrong, purpose="answer"), Expected({"thought": "", "answer": LONG}, purpose="answer")]
    )
    settings = ReadingSettings(mode="retrieve")
    events = [event async for event in ask(build(), collection, model, "Who built the harbour?", settings)]
    pieces = [event for event in events if isinstance(event, AnswerDelta)]
    assert joined(pieces) == LONG
    assert any(0 < piece.start < later.start for piece, later in zip(pieces[1:], pieces, strict=False))
