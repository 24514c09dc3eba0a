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
        "The price is not mentioned in the document.",
        "The information is not provided in the passages.",
        "There is no information about the price of the harbour.",
        "No information is given.",
        "I don't know",
        "It cannot be determined from the passages",
    ],
)
def test_refusals(text: str):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Not in 1968 but in 1971",
        "It is not available in Norway",
        "The document does not expire",
        "Documents older than ten years do not need to be kept",
        "The pier was not painted",
        "No",
        "Nothing",
        "the unknown soldier",
        "He did not answer",
        "Notwick",
    ],
)
def test_answers(text: str):
    assert not is_refusal(text)
