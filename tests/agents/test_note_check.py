import pytest
from longreader.agents.note_check import ChunkText
from longreader.agents.replies import FACT_CHARS

TEXT = """Oskar Lind, who was born in Halmstad in 1831, built the harbour with forty-two men. It cost 9,200 crowns.

The harbour was opened by Greta Holm on 3 May 1874; one of its two
moles stands today."""


@pytest.fixture
def chunk() -> ChunkText:
    return ChunkText(TEXT)


@pytest.mark.parametrize(
    "fact",
    [
        "Oskar Lind was born in Halmstad in 1831.",
        "The harbour cost 9200 crowns.",
        "Oskar Lind built the harbour with 42 men.",
        "Greta Holm's opening of the harbour was on 3 May 1874.",
        "One mole stands today.",
        "Opening the harbour was Greta Holm.",
        "Additionally, Oskar Lind built the harbour.",
    ],
)
def test_what_the_chunk_says_is_borne_out(chunk: ChunkText, fact: str):
    assert chunk.bears_out(fact)


@pytest.mark.parametrize(
    "fact",
    [
        "Anna Lind built the harbour.",
        "Oskar Lund built the harbour.",
        "Oskar Lind was born in Halmstad in 1832.",
        "Oskar Lind built the harbour with 43 men.",
        "The harbour cost 920 crowns.",
        "Petrov built the harbour with men.",
        "The harbour was a great success for everyone who fished there.",
        "…",
        "The harbour was opened by Greta Holm on 3 May 1874 and one of its moles stands " * 4,
    ],
)
def test_what_it_does_not_say_is_refused(chunk: ChunkText, fact: str):
    assert not chunk.bears_out(fact[:FACT_CHARS])


def test_key_elements_stand_in_the_fact_or_the_chunk(chunk: ChunkText):
    fact = "Oskar Lind built the harbours."
    written = ["Oskar Lind", "oskar lind", "harbour", "Greta  Holm", "lighthouse", "the", "Lind Holm"]
    assert chunk.key_elements(fact, written) == ("Oskar Lind", "harbour", "Greta Holm")


def test_a_verbatim_fact_has_its_own_place(chunk: ChunkText):
    place = chunk.place("one of its two moles stands today.")
    assert place is not None
    assert place.of(TEXT) == "one of its two\nmoles stands today."


def test_another_has_the_sentence_that_bears_it_out(chunk: ChunkText):
    place = chunk.place("Greta Holm opened the harbour in May 1874.")
    assert place is not None
    assert place.of(TEXT).startswith("The harbour was opened")
    assert chunk.place("Nothing of this sort ever happened.") is None


def test_words_of_a_question_need_not_stand_in_the_chunk():
    chunk = ChunkText("The loss was 6.9 million. Charges came to 2.0 million.")
    question = "How did the loss of the young company compare to the same quarter of the year before?"
    told = "The young company compared to the same quarter a loss of 6.9 million to charges of 2.0 million."
    assert chunk.bears_out(told, question)
    assert not chunk.bears_out(told)
    assert not chunk.bears_out("The young company's loss of 6.9 million was a decrease of 2.0 million.", question)
    assert not chunk.bears_out("The loss of the young company compared to the year before.", question)


def test_many_short_sentences_of_a_conversation_count_as_one():
    told = "The remote has a rubber case. Mm-hmm. Yeah. Okay. Right. So we said yellow. Uh-huh. And a single button."
    assert ChunkText(told).bears_out("The remote has a rubber case, yellow, and a single button.")
    long = "Then the marketing team spoke for a long while of prices in other lands, and of what people may want there."
    apart = told.replace("Mm-hmm.", " ".join([long] * 3))
    assert not ChunkText(apart).bears_out("The remote has a rubber case, yellow, and a single button.")


def test_rows_of_a_table_stay_apart():
    rows = "| Net sales | 120 |\n| Costs | 82 |\n| Tax | 38 |\n| Selling | 24 |\n| Net profit | 26 |"
    assert not ChunkText(rows).bears_out("Net sales were 26.")
    assert ChunkText(rows).bears_out("Net profit was 26.")
