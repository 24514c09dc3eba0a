import pytest
from longreader.agents.wording import is_echo, is_refusal


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


def test_what_the_text_says_itself_is_no_refusal():
    said = "The log book was not found in the wreck of the Alma."
    assert not is_refusal(said, [f"They dived twice. {said}"])
    assert not is_refusal("No data was lost.", ["When the server stopped, no data was lost."])
    assert is_refusal("The price was not disclosed.", ["The price was disclosed in May."])
    assert is_refusal("not found", [said])


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The finance director.", "What was the trade of the finance director's uncle?"),
        ("2019", "In which year was the gauge built that the storm of November 2019 took?"),
        ("the inn", "What was the name of the inn where Ada and her husband stayed?"),
        ("Kestrel laboratory", "Where is the person who signed the contract with Kestrel laboratory?"),
    ],
)
def test_an_answer_that_repeats_the_question(text: str, question: str):
    assert is_echo(text, question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Ada", "Who was born first, Ada or Olaf?"),
        ("Ada", "Of Ada and Olaf, who was born first?"),
        ("yes", "Is yes the answer?"),
        ("no", "Was there no storm?"),
        ("Ingrid Channel", "What is the channel named after Ingrid?"),
        ("2.5 m", "How high was the wave of 2.54 m?"),
        ("the director's uncle", "Who signed for the director?"),
    ],
)
def test_an_answer_that_says_more_or_chooses(text: str, question: str):
    assert not is_echo(text, question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("12", "How many of the 12 members of the board voted for the motion?"),
        ("Monday", "Was the meeting held on a Monday?"),
    ],
)
def test_what_answers_with_words_of_the_question(text: str, question: str):
    assert not is_echo(text, question)
