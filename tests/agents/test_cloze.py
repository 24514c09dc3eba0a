import pytest
from longreader.agents.answer import Status
from longreader.agents.cloze import Cloze, cloze_of
from longreader.agents.llm import Expected, ScriptedModel

TEXT = "<mask-1> built the harbour of Varn in <mask-0>. Later <mask-1> married Greta Holm."


@pytest.mark.parametrize(
    ("question", "cloze"),
    [
        (
            "< mask-1> met <mask-0> and <mask-1>.",
            Cloze("(blank 1) met (blank 2) and (blank 1).", ("<mask-1>", "<mask-0>")),
        ),
        ("Built in ____ by ____.", Cloze("Built in (blank 1) by (blank 2).", ("____", "____"))),
        ("Who met <mask-2>?", Cloze("Who met (blank 1)?", ("<mask-2>",))),
        ("What does the <mask> token mean?", None),
        ('The price was left blank, as in "EUR ____".', None),
        ("Is the line Signature ____ signed by both?", None),
        ("Summarise the contract.\n___\nKeep it short.", None),
        ("What does get___value return?", None),
        ("Who built snake_case?", None),
        ("____", None),
        ("a ____ " * 13, None),
    ],
)
def test_blanks_are_read_from_the_question(question, cloze):
    assert cloze_of(question) == cloze


async def test_blanks_are_filled_and_cited(ask_town):
    model = ScriptedModel([Expected({"fillers": ["Oskar Lind", "1874"]})])
    trace = await ask_town(model, TEXT)
    assert trace.answer.text == "<mask-1>: Oskar Lind; <mask-0>: 1874"
    assert trace.answer.status is Status.ANSWERED
    assert "built by Oskar Lind in 1874" in trace.answer.citations[0].quote


async def test_what_does_not_stand_in_the_passages_fills_no_blank(ask_town):
    trace = await ask_town(ScriptedModel([Expected({"fillers": ["Oskar Lind", "1999"]})]), TEXT)
    assert trace.answer.text == "<mask-1>: Oskar Lind"
    assert trace.answer.status is Status.PARTLY_ANSWERED


async def test_a_piece_of_the_text_itself_fills_no_blank(ask_town):
    question = "A fire destroyed the sail loft on ____."
    copied = {"fillers": ["A fire destroyed the sail loft"]}
    trace = await ask_town(ScriptedModel([Expected(copied), Expected({"answer": "3 March 1888"})]), question)
    assert any("Nothing fills the blanks" in step.summary for step in trace.steps)


async def test_an_unusable_reply_is_asked_for_again_with_fewer_passages(ask_town):
    trace = await ask_town(ScriptedModel([Expected("{", times=2), Expected({"fillers": ["Oskar Lind", "1874"]})]), TEXT)
    assert trace.answer.status is Status.ANSWERED
