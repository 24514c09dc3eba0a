import pytest
from longreader.agents.wording import is_refusal


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "not in the document",
        "Not in the document.",
        "Not mentioned",
        "It is not stated in the passages",
        "The passages do not say.",
        "The document does not mention this.",
        "unknown",
        "N/A",
        "None of the passages tell",
    ],
)
def test_refusals(text: str):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text", ["Not in Lund but in Halmstad"[4:], "No", "Nothing", "the unknown soldier", "He did not answer", "Notwick"]
)
def test_answers(text: str):
    assert not is_refusal(text)
