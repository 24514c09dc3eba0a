import pytest
from longreader.agents.answer import Answer, Citation, Status
from longreader.app.cli import answers

CITATION = Citation(
    number=1,
    document_id="d1",
    title="The\x1b[2J Tessel",
    page=3,
    last_page=4,
    start=0,
    end=9,
    quote="212 km",
    passage_id="p",
)


def test_an_answer_its_status_its_citations_and_its_cost(capsys: pytest.CaptureFixture[str]) -> None:
    answers.print_answer(Answer(status=Status.ANSWERED, text="212 km [1]", citations=(CITATION,), trace_id="t1"))
    assert capsys.readouterr().out.splitlines() == [
        "212 km [1]",
        "answered",
        "[1] The [2J Tessel, pages 3–4: “212 km”",
        "0 tokens read, 0 written · 0 calls · 0.0 s · trace t1",
    ]


@pytest.mark.parametrize("text", ["not in the document", "Not in the document.", "not in the document (Read: page 1.)"])
def test_a_status_that_the_text_says_is_not_said_twice(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    answers.print_answer(Answer(status=Status.NOT_IN_DOCUMENT, text=text))
    assert capsys.readouterr().out.lower().count("not in the document") == 1


def test_every_status_has_words() -> None:
    for status in Status:
        for text in ("", "something"):
            words, style = answers.status_words(Answer(status=status, text=text))
            assert words
            assert style in ("green", "yellow")


def test_json_is_the_answer_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(status=Status.ANSWERED, text="212 km [1]", citations=(CITATION,))
    answers.print_answer(answer, json=True)
    assert Answer.model_validate_json(capsys.readouterr().out) == answer
